/**
 * Every stable name of a cause, produced on the wire. The tables are typed by the names: one that is added without a scenario
 * does not compile. What a certificate lacks has its own table in certificates/peer-validation.test.ts.
 */
import { describe, expect, it } from '@jest/globals';

import type { PeerRefusal } from '../../../src/certificates/peer-validation.ts';
import type { DialCode } from '../../../src/gateway/xmpp/outbound-state.ts';
import type { RefusalCode } from '../../../src/gateway/xmpp/refusal-code.ts';
import type { StreamSecurity } from '../../../src/gateway/xmpp/stream-security.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { freePort } from '../../peers/free-port.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { createAuthority, selfSigned, type TestCertificate } from '../../support/pki.ts';
import {
  auth,
  bidi,
  enable,
  header,
  listenRaw,
  openAuthenticated,
  openRawStream,
  openSecured,
  proceed,
  type RawStream,
  startTls,
} from '../../support/raw-stream.ts';
import { chat, type Federation, type FederationOptions, row, startFederation } from '../../support/xmpp-federation.ts';

const authority = createAuthority('reasons-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });
const ends = { from: 'fabrikam.example', to: 'contoso.example' };

const strict = row('required', 'required', true);
const flexible = row('required', 'optional', true);
const plain = row('not-supported', 'not-supported', true);

interface Scene {
  readonly contoso: Federation;
  readonly dns: TestDnsServer;
  readonly partners: Record<string, StreamSecurity>;
}

async function scene(security: StreamSecurity = strict, options: Partial<FederationOptions> = {}): Promise<Scene> {
  const dns = await startDnsServer();
  const partners: Record<string, StreamSecurity> = { 'fabrikam.example': security, 'northwind.example': security };
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    partners,
    certificate: contosoCertificate,
    root: authority.rootPem,
    ...options,
  });
  return { contoso, dns, partners };
}

async function withoutCertificate(security: StreamSecurity): Promise<Scene> {
  const dns = await startDnsServer();
  const partners = { 'fabrikam.example': security };
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    partners,
    root: authority.rootPem,
  });
  return { contoso, dns, partners };
}

/** A stranger sends this in clear. */
const inClear = (text: string, security?: StreamSecurity) => async (): Promise<Scene> => {
  const there = await scene(security);
  (await openRawStream(there.contoso.port)).send(text);
  return there;
};

/** A partner sends this when it is encrypted, and not yet authenticated. */
const encrypted =
  (text: string, security: StreamSecurity = strict) =>
  async (): Promise<Scene> => {
    const there = await scene(security);
    const peer = await openSecured(there.contoso.port, ends, fabrikamCertificate);
    await peer.hears(/<\/stream:features>/);
    peer.send(text);
    return there;
  };

/** A partner sends this when it is authenticated. */
const authenticated = (text: string) => async (): Promise<Scene> => {
  const there = await scene();
  (await openAuthenticated(there.contoso.port, ends, fabrikamCertificate)).send(text);
  return there;
};

const dbResult = (from: string): string => `<db:result from='${from}' to='contoso.example'>key</db:result>`;
const opened = (id: string): string => header({ from: 'fabrikam.example', to: 'contoso.example', id });
const features = (inside = ''): string => `<stream:features>${inside}</stream:features>`;
const externalOffer =
  "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism></mechanisms>";
const dialbackOffer = "<dialback xmlns='urn:xmpp:features:dialback'/>";

describe('the reason why a stream of a peer is refused', () => {
  const scenarios: Readonly<Record<Exclude<RefusalCode, PeerRefusal>, () => Promise<Scene>>> = {
    'not-allowed': inClear(header({ ...ends, from: 'stranger.example' })),
    'not-served': inClear(header({ ...ends, to: 'adatum.example' })),
    'own-domain': inClear(header({ ...ends, from: 'contoso.example' })),
    'bad-header': inClear(header({ from: 'fabrikam.example' })),
    'unsupported-version': inClear(header(ends).replace(" version='1.0'>", '>').replace(" version='1.0' ", ' ')),
    'bad-xml': inClear(`${header(ends)}<!DOCTYPE x>`),
    'unsupported-element': authenticated('<something/>'),
    'tls-required': inClear(`${header(ends)}<message/>`),
    'tls-not-offered': inClear(`${header(ends)}${startTls}`, plain),
    async 'no-own-certificate'() {
      const there = await withoutCertificate(strict);
      (await openRawStream(there.contoso.port)).send(header(ends));
      return there;
    },
    async 'external-not-permitted'() {
      const there = await scene(row('required', 'not-supported', false));
      await openSecured(there.contoso.port, ends, fabrikamCertificate);
      return there;
    },
    'sasl-malformed': encrypted(auth(Buffer.from('northwind.example').toString('base64'))),
    'dialback-not-permitted': encrypted(dbResult('northwind.example')),
    'dialback-malformed': encrypted(dbResult('a b'), flexible),
    async 'dialback-key-refused'() {
      const there = await scene(plain);
      const port = await listenRaw(async (server) => {
        await server.hears(/<stream:stream [^>]*>/);
        server.send(opened('x') + features(dialbackOffer));
        const [, id] = await server.hears(/<db:verify [^>]*id="([^"]+)"/);
        server.send(`<db:verify from='fabrikam.example' to='contoso.example' id='${id}' type='invalid'/>`);
      });
      there.dns.xmppServer('fabrikam.example', port);
      (await openRawStream(there.contoso.port)).send(header(ends) + dbResult('fabrikam.example'));
      return there;
    },
    'dialback-unverified': inClear(header(ends) + dbResult('fabrikam.example'), plain),
    'key-not-ours': encrypted(
      "<db:verify from='fabrikam.example' to='contoso.example' id='x'>key</db:verify>",
      flexible,
    ),
    'not-authenticated': encrypted("<message from='bob@fabrikam.example' to='alice@contoso.example'/>"),
    async 'bad-acknowledgement'() {
      const there = await scene({ ...strict, bidi: true });
      const peer = await openAuthenticated(there.contoso.port, ends, fabrikamCertificate, bidi);
      peer.send(`${enable}<a xmlns='urn:xmpp:sm:3' h='1'/>`);
      return there;
    },
    'bad-address': authenticated("<message from='bob@fabrikam.example'/>"),
    'sender-not-authenticated': authenticated("<message from='bob@northwind.example' to='alice@contoso.example'/>"),
    async 'timed-out'() {
      const there = await scene(strict, { limits: { establishmentMs: 50 } });
      await openRawStream(there.contoso.port);
      return there;
    },
    'too-many-streams': encrypted(auth(), { ...strict, connectionLimit: 0 }),
    async 'too-many-domains'() {
      const there = await scene(plain);
      const many = Array.from({ length: 6 }, (_, index) => `partner${index}.example`);
      for (const domain of many) there.partners[domain] = plain;
      (await openRawStream(there.contoso.port)).send(header(ends) + many.map(dbResult).join(''));
      const unverified = (): number =>
        there.contoso.events.filter((event) => event.type === 'refused' && event.code === 'dialback-unverified').length;
      await there.contoso.waitForEvent('refused', () => unverified() === 5);
      return there;
    },
    async 'requirements-changed'() {
      const there = await authenticated('')();
      there.partners['fabrikam.example'] = flexible;
      there.contoso.s2s.reconsider();
      return there;
    },
  };

  it.each(Object.entries(scenarios))('is reported as %s', async (code, play) => {
    const { contoso } = await play();
    const { reason, condition } = await contoso.waitForEvent('refused', (refused) => refused.code === code);
    expect(reason).not.toBe('');
    expect(condition).not.toBe('');
  });

  it('is that of the certificate where that proves nothing, and names the domain that it does not prove', async () => {
    const { contoso } = await scene();
    await openSecured(contoso.port, ends, selfSigned({ names: ['fabrikam.example'] }));
    expect(await contoso.waitForEvent('refused')).toMatchObject({
      code: 'self-signed',
      stream: { remoteDomain: 'fabrikam.example' },
    });
  });

  it('comes with the domain that was claimed, so that the refusals of one domain can be found', async () => {
    const { contoso } = await inClear(header({ ...ends, from: 'stranger.example' }))();
    const { stream } = await contoso.waitForEvent('refused');
    expect(stream).toMatchObject({ direction: 'inbound', remoteDomain: 'stranger.example', authenticated: [] });
  });
});

describe('the reason why a dial fails', () => {
  const hello = chat('alice@contoso.example', 'bob@fabrikam.example', 'hello');
  const record = { priority: 0, weight: 0, target: 'xmpp.fabrikam.example' };
  const service = '_xmpp-server._tcp.fabrikam.example';

  /** A message is sent to a server that plays this. */
  const against =
    (script: (server: RawStream) => Promise<void>, security: StreamSecurity = strict) =>
    async (): Promise<Scene> => {
      const there = await scene(security);
      there.dns.xmppServer('fabrikam.example', await listenRaw((server) => script(server).catch(() => undefined)));
      await there.contoso.s2s.send(hello);
      return there;
    };
  /** To the features behind STARTTLS. */
  const offering = async (server: RawStream, offer: string, certificate: TestCertificate = fabrikamCertificate) => {
    await server.hears(/<stream:stream [^>]*>/);
    server.send(opened('one') + features(startTls));
    await server.hears(/<starttls [^>]*>/);
    server.send(proceed);
    await server.secure(certificate);
    await server.hears(/<stream:stream [^>]*>/);
    server.send(opened('two') + offer);
  };
  const elsewhere =
    "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:1024</see-other-host></stream:error>";
  const named = (prepare: (dns: TestDnsServer) => unknown, options?: Partial<FederationOptions>) => async () => {
    const there = await scene(strict, options);
    await prepare(there.dns);
    await there.contoso.s2s.send(hello);
    return there;
  };

  const scenarios: Readonly<Record<Exclude<DialCode, PeerRefusal | 'not-allowed'>, () => Promise<Scene>>> = {
    'no-server': named((dns) => dns.srv(service, { ...record, port: 0, target: '.' })),
    'dns-temporary': named((dns) => dns.breakName(service)),
    'address-refused': named((dns) => dns.xmppServer('fabrikam.example', 5269), { allowLoopback: false }),
    async 'private-address-refused'() {
      const there = await scene(plain, { allowLoopback: false });
      there.dns.a('xmpp.fabrikam.example', '10.1.2.3');
      there.dns.srv(service, { ...record, port: 5269 });
      (await openRawStream(there.contoso.port)).send(header(ends) + dbResult('fabrikam.example'));
      await there.contoso.waitForEvent('dial-failed');
      return there;
    },
    'port-refused': named((dns) => {
      dns.a('xmpp.fabrikam.example', '127.0.0.1');
      dns.srv(service, { ...record, port: 22 });
    }),
    unreachable: named(async (dns) => dns.xmppServer('fabrikam.example', await freePort())),
    async 'no-own-certificate'() {
      const there = await withoutCertificate(strict);
      const port = await listenRaw((server) => offering(server, features(externalOffer)).catch(() => undefined));
      there.dns.xmppServer('fabrikam.example', port);
      await there.contoso.s2s.send(hello);
      return there;
    },
    'peer-rejects-certificate': against(async (server) => {
      await offering(server, features(externalOffer));
      await server.hears(/<auth [^>]*>/);
      server.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
    }),
    'external-not-offered': against((server) => offering(server, features())),
    'tls-not-offered': against(
      async (server) => {
        await server.hears(/<stream:stream [^>]*>/);
        server.send(opened('one') + features());
      },
      row('optional', 'optional', false),
    ),
    'dialback-key-refused': against(async (server) => {
      await server.hears(/<stream:stream [^>]*>/);
      server.send(opened('one') + features(dialbackOffer));
      await server.hears(/<db:result [^>]*>/);
      server.send("<db:result from='fabrikam.example' to='contoso.example' type='invalid'/>");
    }, plain),
    redirected: against((server) => offering(server, elsewhere)),
    'redirect-refused': against(async (server) => {
      await server.hears(/<stream:stream [^>]*>/);
      server.send(opened('one') + elsewhere);
    }),
  };

  it.each(Object.entries(scenarios))('is kept as %s', async (code, play) => {
    const { contoso } = await play();
    const failures = contoso.s2s.failures();
    expect(failures.map((failure) => failure.code)).toContain(code);
    expect(failures.every(({ reason }) => reason !== '')).toBe(true);
  });

  it('is that of the certificate where that proves nothing', async () => {
    const imposter = selfSigned({ names: ['fabrikam.example'] });
    const { contoso } = await against((server) => offering(server, features(externalOffer), imposter))();
    expect(contoso.s2s.failures()).toMatchObject([{ step: 'certificate', code: 'self-signed' }]);
  });

  it('is not-allowed for a domain that is no partner, and nothing is looked up', async () => {
    const { contoso, dns } = await scene();
    const pair = { local: 'contoso.example' as DomainName, remote: 'stranger.example' as DomainName };
    const { failure } = await contoso.s2s.probe(pair, new AbortController().signal);
    expect(failure).toMatchObject({ step: 'policy', code: 'not-allowed' });
    expect(dns.questions).toEqual([]);
  });
});
