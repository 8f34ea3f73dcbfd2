import { X509Certificate } from 'node:crypto';

import { expect, it } from '@jest/globals';

import { validateChain } from '../../src/certificates/peer-validation.ts';
import { createAuthority } from '../support/pki.ts';

it('judges the certificate at the head of the chain, and no other in its place', () => {
  const authority = createAuthority('Root');
  const leaf = new X509Certificate(authority.issue({ names: ['contoso.example'] }).chain).raw;
  const question = { anchors: [authority.rootDer], now: new Date() };
  expect(validateChain({ ...question, chain: [leaf] })).toMatchObject({ ok: true });
  expect(validateChain({ ...question, chain: [Buffer.from('no certificate'), leaf] })).toMatchObject({
    reason: 'unreadable',
  });
  expect(validateChain({ ...question, chain: [] })).toMatchObject({ reason: 'unreadable' });
  expect(validateChain({ ...question, anchors: [], chain: [leaf] })).toMatchObject({ ok: false });
});
