import { afterAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { chainLimits } from '../../src/certificates/chain.ts';
import { type PeerRefusal, validatePeer } from '../../src/certificates/peer-validation.ts';
import { type DomainName, parseDomainName } from '../../src/primitives/domain-name.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { caExtensions, type Issued, OpensslPki } from './openssl-pki.ts';

interface Case {
  readonly title: string;
  readonly chain: readonly Issued[];
  readonly anchors?: readonly Issued[];
  readonly at?: Date;
  readonly domain?: string;
  readonly expected: PeerRefusal | 'ok';
  /** Where openssl is known to answer otherwise: it ignores the two XMPP names, and falls back to the common name. */
  readonly opensslDiffers?: 'weak keys' | 'CN fallback' | 'XMPP names';
}

describeWithPeers('the verdict on a peer', [peers.openssl], () => {
  const pki = new OpensslPki();
  afterAll(() => pki.remove());

  function domainOf(text: string): DomainName {
    const parsed = parseDomainName(text);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  }

  const peer = domainOf('peer.example');
  const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
  const tomorrow = inDays(1);
  const dns = 'subjectAltName=DNS:peer.example';
  const server = 'extendedKeyUsage=serverAuth';

  const root = pki.issue({ subject: '/O=Lab/CN=Root', extensions: caExtensions, days: 1000 });
  const otherRoot = pki.issue({ subject: '/O=Lab/CN=Other root', extensions: caExtensions, days: 1000 });
  const intermediate = pki.issue({
    subject: '/O=Lab/CN=Intermediate',
    issuer: root,
    extensions: caExtensions,
    days: 500,
  });
  const shortRoot = pki.issue({ subject: '/O=Lab/CN=Short root', extensions: caExtensions, days: 3 });
  const leafKey = pki.issue({ subject: '/CN=peer.example' });
  const caKey = pki.issue({ subject: '/O=Lab/CN=Authority' });
  const leafOf = (issuer: Issued, ...extensions: readonly string[]): Issued =>
    pki.issue({ subject: leafKey.subject, keyOf: leafKey, issuer, extensions });
  const caOf = (issuer: Issued, ...extensions: readonly string[]): Issued =>
    pki.issue({
      ...(extensions.length > 0 ? { subject: caKey.subject, keyOf: caKey } : {}),
      issuer,
      extensions: extensions.length > 0 ? extensions : caExtensions,
    });
  const good = leafOf(intermediate, dns, server);

  const below = (authority: Issued, ...extensions: readonly string[]): readonly Issued[] => [
    leafOf(authority, ...(extensions.length > 0 ? extensions : [dns, server])),
    authority,
  ];
  const srv = 'subjectAltName=otherName:1.3.6.1.5.5.7.8.7;IA5STRING:_xmpp-server.peer.example';
  const xmppAddr = 'subjectAltName=otherName:1.3.6.1.5.5.7.8.5;UTF8:peer.example';
  /** openssl.cnf has no way to write UTF-8 there. */
  const xmppAddrInUtf8 = (address: string): string => {
    const tlv = (tag: string, hex: string): string => tag + (hex.length / 2).toString(16).padStart(2, '0') + hex;
    const value = tlv('a0', tlv('0c', Buffer.from(address).toString('hex')));
    return `subjectAltName=DER:${tlv('30', tlv('a0', `06082b06010505070805${value}`))}`;
  };
  const constrained = (constraint: string): Issued =>
    caOf(root, ...caExtensions, `nameConstraints=critical,${constraint}`);

  const cases: readonly Case[] = [
    {
      title: 'a leaf for serverAuth only, as public authorities issue it',
      chain: [good, intermediate],
      expected: 'ok',
    },
    { title: 'a leaf without extended key usage', chain: [leafOf(intermediate, dns), intermediate], expected: 'ok' },
    {
      title: 'an intermediate that is for serverAuth only',
      chain: below(caOf(root, ...caExtensions, server)),
      expected: 'ok',
    },
    { title: 'both purposes', chain: [leafOf(root, dns, `${server},clientAuth`)], expected: 'ok' },
    { title: 'the root sent along', chain: [good, intermediate, root], expected: 'ok' },
    {
      title: 'certificates in the wrong order and strangers among them',
      chain: [good, otherRoot, root, intermediate],
      expected: 'ok',
    },
    { title: 'a leaf that is itself the anchor', chain: [good], anchors: [good], expected: 'ok' },
    {
      title: 'a critical policy extension',
      chain: [leafOf(root, dns, 'certificatePolicies=critical,1.2.3.4')],
      expected: 'ok',
    },
    {
      title: 'an RSA chain with an Ed25519 leaf',
      chain: (() => {
        const rsa = pki.issue({ issuer: root, key: 'rsa', extensions: caExtensions });
        return [pki.issue({ issuer: rsa, key: 'ed25519', extensions: [dns, server] }), rsa];
      })(),
      expected: 'ok',
    },
    {
      title: 'an RSASSA-PSS signature with SHA-256',
      chain: (() => {
        const rsa = pki.issue({ issuer: root, key: 'rsa', extensions: caExtensions });
        const sign = ['-sigopt', 'rsa_padding_mode:pss'];
        return [pki.issue({ issuer: rsa, sign, digest: 'sha256', extensions: [dns, server] }), rsa];
      })(),
      expected: 'ok',
    },
    { title: 'an expired leaf', chain: [good, intermediate], at: inDays(200), expected: 'expired' },
    {
      title: 'an expired intermediate',
      chain: below(pki.issue({ issuer: root, extensions: caExtensions, days: 10 })),
      at: inDays(50),
      expected: 'expired',
    },
    {
      title: 'an expired root',
      chain: [leafOf(shortRoot, dns, server)],
      anchors: [shortRoot],
      at: inDays(50),
      expected: 'expired',
    },
    { title: 'a leaf that is not yet valid', chain: [good, intermediate], at: inDays(-1), expected: 'not-yet-valid' },
    { title: 'an unknown root', chain: [good, intermediate, root], anchors: [otherRoot], expected: 'untrusted-root' },
    { title: 'a missing intermediate', chain: [good], expected: 'incomplete-chain' },
    { title: 'a self-signed leaf', chain: [pki.issue({ extensions: [dns, server] })], expected: 'self-signed' },
    {
      title: 'a leaf for clientAuth only',
      chain: [leafOf(root, dns, 'extendedKeyUsage=clientAuth')],
      expected: 'wrong-purpose',
    },
    {
      title: 'a leaf for e-mail',
      chain: [leafOf(root, dns, 'extendedKeyUsage=emailProtection')],
      expected: 'wrong-purpose',
    },
    {
      title: 'a leaf for any purpose',
      chain: [leafOf(root, dns, 'extendedKeyUsage=anyExtendedKeyUsage')],
      expected: 'wrong-purpose',
    },
    {
      title: 'an intermediate for e-mail',
      chain: below(caOf(root, ...caExtensions, 'extendedKeyUsage=emailProtection')),
      expected: 'wrong-purpose',
    },
    {
      title: 'a leaf whose key may not do TLS',
      chain: [leafOf(root, dns, 'keyUsage=critical,cRLSign')],
      expected: 'wrong-purpose',
    },
    { title: 'another host', chain: [good, intermediate], domain: 'other.example', expected: 'name-mismatch' },
    {
      title: 'a wildcard over a registry',
      chain: [leafOf(root, 'subjectAltName=DNS:*.example')],
      expected: 'name-mismatch',
    },
    {
      title: 'a wildcard over the parent',
      chain: [leafOf(root, 'subjectAltName=DNS:*.peer.example')],
      expected: 'name-mismatch',
    },
    {
      title: 'a wildcard one label up',
      chain: [leafOf(root, 'subjectAltName=DNS:*.peer.example')],
      domain: 'im.peer.example',
      expected: 'ok',
    },
    {
      title: 'a wildcard two labels up',
      chain: [leafOf(root, 'subjectAltName=DNS:*.peer.example')],
      domain: 'a.b.peer.example',
      expected: 'name-mismatch',
    },
    {
      title: 'a partial wildcard',
      chain: [leafOf(root, 'subjectAltName=DNS:i*.peer.example')],
      domain: 'im.peer.example',
      expected: 'name-mismatch',
      opensslDiffers: 'CN fallback',
    },
    { title: 'upper case in the name', chain: [leafOf(root, 'subjectAltName=DNS:PEER.Example')], expected: 'ok' },
    {
      title: 'a common name only',
      chain: [leafOf(root, 'keyUsage=digitalSignature')],
      expected: 'name-mismatch',
      opensslDiffers: 'CN fallback',
    },
    { title: 'an SRVName only', chain: [leafOf(root, srv)], expected: 'ok', opensslDiffers: 'XMPP names' },
    {
      title: 'an SRVName of another service',
      chain: [leafOf(root, srv.replace('-server', '-client'))],
      expected: 'name-mismatch',
      opensslDiffers: 'XMPP names',
    },
    { title: 'an XmppAddr only', chain: [leafOf(root, xmppAddr)], expected: 'ok', opensslDiffers: 'XMPP names' },
    {
      title: "an XmppAddr of one of the domain's users",
      chain: [leafOf(root, xmppAddr.replace('UTF8:', 'UTF8:eve@'))],
      expected: 'name-mismatch',
      opensslDiffers: 'XMPP names',
    },
    {
      title: 'an XmppAddr in U-labels',
      chain: [leafOf(root, xmppAddrInUtf8('bücher.example'))],
      domain: 'bücher.example',
      expected: 'ok',
      opensslDiffers: 'XMPP names',
    },
    {
      title: 'an RSA key of 1024 bits',
      chain: [pki.issue({ issuer: root, key: 'rsa1024', extensions: [dns] })],
      expected: 'weak-key',
      opensslDiffers: 'weak keys',
    },
    {
      title: 'an intermediate of 1024 bits',
      chain: below(pki.issue({ issuer: root, key: 'rsa1024', extensions: caExtensions })),
      expected: 'weak-key',
      opensslDiffers: 'weak keys',
    },
    {
      title: 'a SHA-1 signature',
      chain: [pki.issue({ issuer: root, digest: 'sha1', extensions: [dns] })],
      expected: 'weak-key',
      opensslDiffers: 'weak keys',
    },
    { title: 'a leaf as authority', chain: [leafOf(good, dns), good, intermediate], expected: 'not-a-ca' },
    {
      title: 'an authority without keyCertSign',
      chain: below(caOf(root, 'basicConstraints=critical,CA:TRUE', 'keyUsage=critical,cRLSign')),
      expected: 'not-a-ca',
    },
    {
      title: 'an authority without basic constraints',
      chain: below(caOf(root, 'keyUsage=critical,keyCertSign')),
      expected: 'not-a-ca',
    },
    {
      title: 'more authorities than the path length allows',
      chain: (() => {
        const upper = caOf(root, 'basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign');
        return [...below(caOf(upper)), upper];
      })(),
      expected: 'path-length',
    },
    {
      title: 'a path length of zero that is kept',
      chain: below(caOf(root, 'basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign')),
      expected: 'ok',
    },
    {
      title: 'a name outside of the permitted domain',
      chain: below(constrained('permitted;DNS:corp.example')),
      expected: 'name-constraint',
    },
    {
      title: 'a name inside the permitted domain',
      chain: below(constrained('permitted;DNS:peer.example')),
      expected: 'ok',
    },
    { title: 'an excluded domain', chain: below(constrained('excluded;DNS:example')), expected: 'name-constraint' },
    { title: 'another domain excluded', chain: below(constrained('excluded;DNS:corp.example')), expected: 'ok' },
    {
      title: 'an excluded domain inside an XmppAddr',
      chain: below(constrained('excluded;DNS:example'), xmppAddr),
      expected: 'name-constraint',
      opensslDiffers: 'XMPP names',
    },
    {
      title: 'an excluded domain inside an SRVName',
      chain: below(constrained('excluded;DNS:example'), srv),
      expected: 'name-constraint',
      opensslDiffers: 'XMPP names',
    },
    {
      title: 'an excluded host behind a wildcard',
      chain: below(constrained('excluded;DNS:im.peer.example'), 'subjectAltName=DNS:*.peer.example'),
      domain: 'im.peer.example',
      expected: 'name-constraint',
      opensslDiffers: 'XMPP names',
    },
    {
      title: 'a permitted network that the certificate does not use',
      chain: below(constrained('permitted;IP:10.0.0.0/255.0.0.0')),
      expected: 'ok',
    },
    {
      title: 'an address outside of the permitted network',
      chain: below(constrained('permitted;IP:10.0.0.0/255.0.0.0'), `${dns},IP:192.0.2.1`),
      expected: 'name-constraint',
    },
    {
      title: 'an address inside the permitted network',
      chain: below(constrained('permitted;IP:10.0.0.0/255.0.0.0'), `${dns},IP:10.1.2.3`),
      expected: 'ok',
    },
    {
      title: 'a mail constraint on a mail address, which is a kind not understood here',
      chain: below(constrained('excluded;email:evil.example'), `${dns},email:a@evil.example`),
      expected: 'name-constraint',
    },
    {
      title: 'a name outside of the permitted domain in a leaf that has the name of its issuer',
      chain: (() => {
        const authority = constrained('permitted;DNS:peer.example');
        const extensions = ['subjectAltName=DNS:peer.example,DNS:other.test'];
        return [pki.issue({ subject: authority.subject, keyOf: leafKey, issuer: authority, extensions }), authority];
      })(),
      expected: 'name-constraint',
    },
    {
      title: 'an SRVName outside of the permitted domain beside a good name',
      chain: below(
        constrained('permitted;DNS:peer.example'),
        `${dns},otherName:1.3.6.1.5.5.7.8.7;IA5STRING:_xmpp-server.other.test`,
      ),
      expected: 'name-constraint',
      opensslDiffers: 'XMPP names',
    },
    {
      title: 'an issuer of the right name and key that the leaf says is another one',
      chain: (() => {
        const named = (key: string) => caOf(root, ...caExtensions, `subjectKeyIdentifier=${key}`);
        const leaf = leafOf(named('01:02:03:04'), dns, 'authorityKeyIdentifier=keyid:always');
        return [leaf, named('05:06:07:08')];
      })(),
      expected: 'incomplete-chain',
    },
    {
      title: 'a subject outside of the permitted directory',
      chain: below(
        pki.issue({
          issuer: root,
          extensions: [...caExtensions, 'nameConstraints=critical,permitted;dirName:dn'],
          sections: '[dn]\nO=Corp',
        }),
      ),
      expected: 'name-constraint',
    },
    {
      title: 'an unknown critical extension',
      chain: [leafOf(root, dns, '1.2.3.4.5=critical,DER:0500')],
      expected: 'unknown-critical',
    },
    {
      title: 'an unknown critical extension of an authority',
      chain: below(caOf(root, ...caExtensions, '1.2.3.4.5=critical,DER:0500')),
      expected: 'unknown-critical',
    },
  ];

  const ask = (one: Case) =>
    validatePeer({
      chain: one.chain.map((issued) => issued.der),
      anchors: (one.anchors ?? [root]).map((issued) => issued.der),
      domain: domainOf(one.domain ?? 'peer.example'),
      now: one.at ?? tomorrow,
      pinnedSpkiSha256: [],
    });

  describe('the verdict on a peer, as xmpp.md and RFC 5280 want it', () => {
    it.each(cases)('$title: $expected', (one) => {
      const verdict = ask(one);
      expect(verdict.ok ? 'ok' : `${verdict.reason}: ${verdict.detail}`).toMatch(new RegExp(`^${one.expected}`));
    });

    it.each(cases.filter((one) => one.opensslDiffers === undefined))('agrees with openssl verify on $title', (one) => {
      const ders = { chain: one.chain.map((issued) => issued.der), anchors: (one.anchors ?? [root]).map((i) => i.der) };
      const theirs = pki.accepts(ders.chain, ders.anchors, one.domain ?? 'peer.example', one.at ?? tomorrow);
      expect(theirs).toMatchObject({ ok: ask(one).ok });
    });
  });

  it('has a case for each of its reasons', () => {
    // Typed by the reasons: a new one does not compile until it stands here. `true`: a test of its own below.
    const ownTest: Readonly<Record<PeerRefusal, boolean>> = {
      'no-certificate': true,
      'bad-signature': true,
      policy: true,
      unreadable: true,
      expired: false,
      'not-yet-valid': false,
      'wrong-purpose': false,
      'weak-key': false,
      'not-a-ca': false,
      'path-length': false,
      'name-constraint': false,
      'name-mismatch': false,
      'pin-mismatch': true,
      'unknown-critical': false,
      'untrusted-root': false,
      'self-signed': false,
      'incomplete-chain': false,
    };
    const shown = new Set(cases.map(({ expected }) => expected));
    const missing = Object.entries(ownTest).filter(([reason, own]) => !own && !shown.has(reason as PeerRefusal));
    expect(missing).toEqual([]);
  });

  describe('what openssl has no case for', () => {
    const plain = { anchors: [root.der], domain: peer, now: tomorrow, pinnedSpkiSha256: [] };

    it('refuses a peer without a certificate', () => {
      expect(validatePeer({ ...plain, chain: [] })).toMatchObject({ ok: false, reason: 'no-certificate' });
    });

    it('names the identifier and the path it believed', () => {
      const verdict = validatePeer({ ...plain, chain: [good.der, intermediate.der] });
      const path = ['CN=peer.example', 'CN=Intermediate, O=Lab', 'CN=Root, O=Lab'];
      expect(verdict).toEqual({ ok: true, identity: 'DNS:peer.example', path });
    });

    it('refuses a signature with one bit flipped', () => {
      const tampered = Buffer.from(good.der);
      tampered.writeUInt8(tampered.readUInt8(tampered.length - 1) ^ 1, tampered.length - 1);
      const verdict = validatePeer({ ...plain, chain: [tampered, intermediate.der] });
      expect(verdict).toMatchObject({ ok: false, reason: 'bad-signature' });
      expect(pki.accepts([tampered, intermediate.der], [root.der], 'peer.example', tomorrow).ok).toBe(false);
    });

    it('refuses a forged authority with the right name and the wrong key', () => {
      const forged = pki.issue({ subject: '/O=Lab/CN=Root', extensions: caExtensions });
      const verdict = validatePeer({ ...plain, chain: [leafOf(forged, dns, server).der, forged.der] });
      expect(verdict.ok).toBe(false);
    });

    it('refuses a key that is not pinned, and takes the one that is', () => {
      const chain = [good.der, intermediate.der];
      const refusal = validatePeer({ ...plain, chain, pinnedSpkiSha256: ['AAAA'] });
      expect(refusal).toMatchObject({ ok: false, reason: 'pin-mismatch' });
      const pin = /SHA-256 (\S+)\)/.exec(refusal.ok ? '' : refusal.detail)?.[1] ?? '';
      expect(validatePeer({ ...plain, chain, pinnedSpkiSha256: ['AAAA', pin] }).ok).toBe(true);
    });

    it('does not let a pin replace the chain', () => {
      const own = pki.issue({ extensions: [dns, server] });
      const verdict = validatePeer({ ...plain, chain: [own.der], pinnedSpkiSha256: ['AAAA'] });
      expect(verdict).toMatchObject({ ok: false, reason: 'self-signed' });
    });

    it(`refuses more than ${chainLimits.maxSent} certificates`, () => {
      const chain = Array.from({ length: chainLimits.maxSent + 1 }, () => good.der);
      expect(validatePeer({ ...plain, chain })).toMatchObject({ ok: false, reason: 'policy' });
    });

    it('refuses a certificate of more than 1000 names before it looks at one', () => {
      const names = Array.from({ length: 1001 }, (_, index) => `DNS:a${index}.b`).join(',');
      const verdict = validatePeer({ ...plain, chain: [leafOf(root, `subjectAltName=DNS:peer.example,${names}`).der] });
      expect(verdict).toMatchObject({ ok: false, reason: 'policy' });
    });

    it('gives up on authorities that certify each other without end, within its budget', () => {
      const keys = Array.from({ length: 9 }, (_, index) =>
        pki.issue({ subject: `/CN=loop${index % 3}`, extensions: caExtensions }),
      );
      const [first] = keys;
      const tangle = keys.map((of, index) =>
        pki.issue({
          subject: `/CN=loop${index % 3}`,
          keyOf: first ?? of,
          issuer: first ?? of,
          extensions: caExtensions,
        }),
      );
      const leaf = leafOf(first ?? root, dns);
      const verdict = validatePeer({ ...plain, chain: [leaf.der, ...tangle.map((of) => of.der)] });
      expect(verdict.ok).toBe(false);
    });

    it('refuses bytes that are no certificate', () => {
      const notDer = [
        Buffer.alloc(0),
        Buffer.from('hello'),
        Buffer.from(good.pem),
        Buffer.concat([good.der, Buffer.from('00', 'hex')]),
      ];
      for (const der of notDer)
        expect(validatePeer({ ...plain, chain: [der, intermediate.der] })).toMatchObject({
          ok: false,
          reason: 'unreadable',
        });
    });

    it('refuses any change of any byte of the leaf', () => {
      const chain = (leaf: Buffer) => validatePeer({ ...plain, chain: [leaf, intermediate.der] });
      expect(chain(good.der).ok).toBe(true);
      fc.assert(
        fc.property(fc.nat(good.der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
          const changed = Buffer.from(good.der);
          changed.writeUInt8(changed.readUInt8(at) ^ flip, at);
          expect(chain(changed).ok).toBe(false);
        }),
        { numRuns: 500 },
      );
    });

    it('accepts no generated chain that openssl refuses', () => {
      const extension = (name: string, ...values: readonly string[]) =>
        fc
          .constantFrom(values[0] ?? '', values[0] ?? '', ...values)
          .map((value) => (value === '' ? [] : [`${name}=${value}`]));
      const authority = fc.tuple(
        extension('basicConstraints', 'critical,CA:TRUE', 'CA:TRUE', 'critical,CA:TRUE,pathlen:0', ''),
        extension('keyUsage', 'critical,keyCertSign', 'keyCertSign,cRLSign', 'digitalSignature', ''),
        extension('extendedKeyUsage', 'serverAuth', 'clientAuth', 'anyExtendedKeyUsage', '', ''),
        extension('nameConstraints', 'permitted;DNS:example', 'excluded;DNS:peer.example', ''),
      );
      const leaf = fc.tuple(
        extension(
          'subjectAltName',
          'DNS:peer.example',
          'DNS:*.example',
          'DNS:other.example,DNS:Peer.Example',
          'IP:10.0.0.1',
        ),
        extension('keyUsage', 'digitalSignature', 'critical,keyEncipherment', 'nonRepudiation', ''),
        extension('extendedKeyUsage', 'serverAuth', 'clientAuth,serverAuth', 'clientAuth', ''),
      );
      let accepted = 0;
      fc.assert(
        fc.property(authority, leaf, fc.boolean(), (upper, lower, isDeep) => {
          const first = pki.issue({
            issuer: root,
            extensions: upper.flat().length > 0 ? upper.flat() : ['1.2.3.4=DER:0500'],
          });
          const second = isDeep ? [caOf(first)] : [];
          const end = leafOf(second[0] ?? first, ...lower.flat());
          const chain = [end, ...second, first].map((issued) => issued.der);
          const ours = validatePeer({ ...plain, chain });
          if (!ours.ok) return;
          accepted += 1;
          expect(pki.accepts(chain, [root.der], 'peer.example', tomorrow)).toMatchObject({ ok: true });
        }),
        {
          numRuns: 20,
          seed: 20,
          examples: [
            [[['basicConstraints=critical,CA:TRUE'], [], [], []], [['subjectAltName=DNS:peer.example'], [], []], true],
          ],
        },
      );
      expect(accepted).toBeGreaterThan(5);
    });
  });
});
