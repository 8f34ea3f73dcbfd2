import { createHash, X509Certificate } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import {
  distinctChains,
  peerCertificateObjects,
  peerChains,
} from '../../../src/operations/certificates/peer-certificates.ts';
import type { ShownChain } from '../../../src/operations/service/gateway-control.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { createAuthority } from '../../support/pki.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const authority = createAuthority('peer-root');
const leaf = new X509Certificate(authority.issue({ names: ['fabrikam.example'] }).chain).raw;
const shown = (stream: string, changes: Partial<ShownChain> = {}): ShownChain => ({
  stream,
  domain: 'fabrikam.example' as DomainName,
  chain: [leaf.toString('base64'), authority.rootDer.toString('base64')],
  verdict: { ok: true, identity: 'DNS:fabrikam.example' },
  ...changes,
});

describe('the chains that partners show', () => {
  it('are one where several streams show the same, and two where they differ', () => {
    const other = shown('c', { chain: [leaf.toString('base64')] });
    expect(distinctChains([shown('a'), shown('b'), other]).map(({ streams }) => streams)).toEqual([['a', 'b'], ['c']]);
    const expired = shown('d', { verdict: { ok: false, reason: 'expired', detail: 'yesterday' } });
    expect(distinctChains([shown('a'), expired])).toHaveLength(2);
  });

  it('cannot be asked for where no gateway runs', async () => {
    await expect(peerChains(temporaryFolder(), '*')).rejects.toMatchObject({ id: 'ServiceNotRunning' });
  });
});

describe('the objects of a chain', () => {
  const [chain] = distinctChains([shown('a'), shown('b')]);
  if (chain === undefined) throw new Error('there is one');

  it('are one a certificate, the leaf first, with the verdict on the leaf only', () => {
    expect(peerCertificateObjects(chain)).toMatchObject([
      {
        Position: 0,
        Domain: 'fabrikam.example',
        SubjectAlternativeNames: ['DNS:fabrikam.example'],
        Eku: ['serverAuth'],
        Verdict: 'Valid',
        MatchedIdentifier: 'DNS:fabrikam.example',
        Sessions: ['a', 'b'],
      },
      { Position: 1, Subject: 'CN=peer-root', Eku: [], Verdict: null, MatchedIdentifier: null },
    ]);
  });

  it('have the pin that the partner can be given, and the thumbprints that others show', () => {
    const [first] = peerCertificateObjects(chain);
    const spki = new X509Certificate(leaf).publicKey.export({ type: 'spki', format: 'der' });
    expect(first?.PinSha256).toBe(createHash('sha256').update(spki).digest('base64'));
    expect(first?.ThumbprintSha256).toBe(new X509Certificate(leaf).fingerprint256.replaceAll(':', ''));
    expect(first?.Thumbprint).toBe(new X509Certificate(leaf).fingerprint.replaceAll(':', ''));
  });

  it('say why the leaf proves nothing', () => {
    const verdict = { ok: false, reason: 'expired', detail: 'it expired' } as const;
    expect(peerCertificateObjects({ ...chain, verdict })[0]).toMatchObject({
      Verdict: 'expired',
      MatchedIdentifier: null,
      Detail: 'it expired',
    });
  });

  it('are there for bytes that are no certificate, so that somebody can look at them', () => {
    const [strange] = peerCertificateObjects({ ...chain, chain: [Buffer.from('hello').toString('base64')] });
    expect(strange).toMatchObject({ Subject: null, PinSha256: null });
    expect(strange?.ThumbprintSha256).toMatch(/^[0-9A-F]{64}$/);
  });
});
