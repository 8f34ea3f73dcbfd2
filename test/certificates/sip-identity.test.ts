import { afterAll, describe, expect, it } from '@jest/globals';

import type { GeneralName } from '../../src/certificates/general-name.ts';
import { sipIdentities } from '../../src/certificates/sip-identity.ts';
import { validateSipPeer } from '../../src/certificates/sip-peer-validation.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { caExtensions, OpensslPki } from './openssl-pki.ts';

const dns = (name: string): GeneralName => ({ kind: 'dns', name });
const uri = (text: string): GeneralName => ({ kind: 'uri', uri: text });
const pool = 'pool.contoso.example' as DomainName;

describe('the SIP domains of a certificate [RFC 5922 §7.1]', () => {
  it.each<[string, readonly GeneralName[], readonly string[]]>([
    ['its DNS names', [dns('Pool.Contoso.Example'), dns('contoso.example')], [pool, 'contoso.example']],
    ['its sip URIs, and then no DNS name', [dns(pool), uri('SIP:contoso.example')], ['contoso.example']],
    ['the host of a URI alone', [uri('sip:contoso.example:5061;transport=tls')], ['contoso.example']],
    ['no person: a URI with a user', [dns(pool), uri('sip:alice@contoso.example')], [pool]],
    ['no other scheme', [dns(pool), uri('sips:contoso.example'), uri('https://contoso.example')], [pool]],
    [
      'no name of another kind',
      [
        { kind: 'srv', name: `_xmpp-server.${pool}` },
        { kind: 'xmpp', address: pool },
      ],
      [],
    ],
  ])('are %s', (_, names, expected) => {
    expect(sipIdentities(names)).toEqual(expected);
  });
});

describeWithPeers('a SIP peer is believed by its certificate', [peers.openssl], () => {
  const pki = new OpensslPki();
  afterAll(() => pki.remove());
  const root = pki.issue({ subject: '/CN=Root', extensions: caExtensions });
  const now = new Date(Date.now() + 86_400_000);
  const leaf = (names: string, ...more: string[]) =>
    pki.issue({ issuer: root, extensions: [`subjectAltName=${names}`, ...more] }).der;
  const ask = (chain: readonly Buffer[], anchors = [root.der]) => {
    const verdict = validateSipPeer({ chain, anchors, domain: pool, now });
    return verdict.ok ? 'believed' : verdict.reason;
  };

  it.each<[string, string]>([
    ['believed', `DNS:other.example,DNS:${pool}`],
    ['believed', `DNS:other.example,URI:sip:${pool}`],
    ['name-mismatch', `DNS:${pool},URI:sip:contoso.example`],
    ['name-mismatch', 'DNS:*.contoso.example'],
    ['name-mismatch', 'DNS:contoso.example'],
    ['name-mismatch', `DNS:evil${pool}`],
    ['name-mismatch', `URI:sip:alice@${pool}`],
  ])('%s: %s', (expected, names) => {
    expect(ask([leaf(names)])).toBe(expected);
  });

  it('not by a common name, not for another purpose, not from another root', () => {
    const named = pki.issue({ issuer: root, subject: `/CN=${pool}`, extensions: ['basicConstraints=CA:FALSE'] });
    expect(ask([named.der])).toBe('name-mismatch');
    expect(ask([leaf(`DNS:${pool}`, 'extendedKeyUsage=codeSigning')])).toBe('wrong-purpose');
    const stranger = pki.issue({ extensions: [`subjectAltName=DNS:${pool}`] });
    expect(ask([stranger.der])).toBe('self-signed');
    expect(ask([])).toBe('no-certificate');
  });

  it('not by the certificate behind one that cannot be read', () => {
    expect(ask([Buffer.from('no certificate'), leaf(`DNS:${pool}`)])).toBe('unreadable');
  });

  it('not where its authority may not speak for the domain, though a URI hides it', () => {
    const constraint = 'nameConstraints=critical,permitted;DNS:fabrikam.example';
    const authority = pki.issue({ issuer: root, subject: '/CN=Sub', extensions: [...caExtensions, constraint] });
    const inside = pki.issue({ issuer: authority, extensions: [`subjectAltName=URI:sip:${pool}`] });
    expect(ask([inside.der, authority.der])).toBe('name-constraint');
  });

  it('and the refusal shows the names that are there, a few of them', () => {
    const many = Array.from({ length: 9 }, (_, index) => `DNS:h${index}.example`).join(',');
    const verdict = validateSipPeer({ chain: [leaf(many)], anchors: [root.der], domain: pool, now });
    expect(verdict).toMatchObject({
      detail: `The certificate is for h0.example, h1.example, h2.example, h3.example, h4.example and 4 more, not for ${pool}.`,
    });
  });
});
