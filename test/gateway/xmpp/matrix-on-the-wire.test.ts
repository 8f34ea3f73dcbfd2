/**
 * The negotiation matrix on real connections: each of the 18 rows against each kind of peer, whoever connects. What
 * authenticates must be the strongest method of the row's closed form that the peer has, and nothing where there is none.
 */
import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import { type Negotiation, negotiations } from '../../../src/config/federated-partner.ts';
import { type AuthenticationMethod, effectiveMethods, negotiationOutcome } from '../../../src/config/negotiation.ts';
import { streamSecurityFor } from '../../../src/gateway/policy/stream-security.ts';
import type { StreamSecurity } from '../../../src/gateway/xmpp/stream-security.ts';
import { parseDomainName } from '../../../src/primitives/domain-name.ts';
import { fabrikam, openConfiguration } from '../../support/crossing.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { createAuthority, selfSigned, type TestCertificate } from '../../support/pki.ts';
import { type Rewriting, startWireProxy } from '../../support/wire-proxy.ts';
import { bodyOf, chat, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const rows = negotiations.flatMap((tlsNegotiation) =>
  negotiations.flatMap((saslNegotiation) =>
    [true, false].map((supportDialbackNegotiation) => ({
      tlsNegotiation,
      saslNegotiation,
      supportDialbackNegotiation,
    })),
  ),
);

const word: Readonly<Record<Negotiation, string>> = {
  Required: 'required',
  Optional: 'optional',
  NotSupported: 'none',
};

/** `tls-required.sasl-optional.dialback-true.example`: the row is legible in every result. */
const domainOf = (settings: (typeof rows)[number]): string =>
  `tls-${word[settings.tlsNegotiation]}.sasl-${word[settings.saslNegotiation]}.dialback-${settings.supportDialbackNegotiation}.example`;

const configuration: Configuration = {
  ...openConfiguration,
  federatedPartners: Object.fromEntries(
    rows.map((settings) => {
      const identity = parseDomainName(domainOf(settings));
      if (!identity.ok) throw new Error(identity.error);
      return [identity.value, { ...fabrikam, ...settings, identity: identity.value, additionalDomains: [] }];
    }),
  ),
};

const domains = rows.map(domainOf);

/** Each partner by its row, mapped to the stream layer as the running gateway maps it. */
const partners = Object.fromEntries(
  Object.keys(configuration.federatedPartners).map((domain): [string, StreamSecurity] => {
    const identity = parseDomainName(domain);
    const security = identity.ok ? streamSecurityFor(configuration, identity.value, () => []) : undefined;
    if (security === undefined) throw new Error(`${domain} is not admitted`);
    return [domain, security];
  }),
);

const authority = createAuthority('matrix-root');
const ours = { certificate: authority.issue({ names: ['contoso.example'] }), root: authority.rootPem };
const trusted = authority.issue({ names: domains });
const untrusted = selfSigned({ names: domains });

interface Offer {
  readonly title: string;
  /** What the peer can do, by what it demands of us in turn. */
  readonly security: StreamSecurity;
  readonly certificate?: TestCertificate;
  readonly methods: readonly AuthenticationMethod[];
}

const offers: readonly Offer[] = [
  {
    title: 'TLS and SASL EXTERNAL',
    security: row('required', 'required', false),
    certificate: trusted,
    methods: ['SASL over TLS'],
  },
  {
    title: 'TLS and dialback only',
    security: row('required', 'not-supported', true),
    certificate: untrusted,
    methods: ['TLS Dialback'],
  },
  {
    title: 'TLS and dialback only, with a good certificate',
    security: row('required', 'not-supported', true),
    certificate: trusted,
    methods: ['TLS Dialback'],
  },
  { title: 'plain dialback only', security: row('not-supported', 'not-supported', true), methods: ['TCP Dialback'] },
  { title: 'nothing', security: row('not-supported', 'not-supported', false), methods: [] },
  {
    title: 'everything',
    security: row('optional', 'optional', true),
    certificate: trusted,
    methods: ['SASL over TLS', 'TLS Dialback', 'TCP Dialback'],
  },
];

const everything = offers.at(-1) as Offer;

type Results = Readonly<Record<string, AuthenticationMethod | 'nothing'>>;

/** What the closed form says of every row, against a peer with these methods. */
const expected = (methodsFor: (settings: (typeof rows)[number]) => readonly AuthenticationMethod[]): Results =>
  Object.fromEntries(
    rows.map((settings) => {
      const method = effectiveMethods(settings).find((permitted) => methodsFor(settings).includes(permitted));
      return [domainOf(settings), method ?? 'nothing'];
    }),
  );

interface Stage {
  readonly contoso: Federation;
  readonly peer: Federation;
  readonly dns: TestDnsServer;
}

async function stage(offer: Offer): Promise<Stage> {
  const dns = await startDnsServer();
  const contoso = await startFederation({ domains: ['contoso.example'], dns: dns.address, partners, ...ours });
  const peer = await startFederation({
    domains,
    dns: dns.address,
    root: authority.rootPem,
    partners: { 'contoso.example': { ...offer.security, connectionLimit: 100 } },
    ...(offer.certificate && { certificate: offer.certificate }),
  });
  dns.xmppServer('contoso.example', contoso.port);
  for (const domain of domains) dns.xmppServer(domain, peer.port);
  return { contoso, peer, dns };
}

/** One message to every row's domain, all at once: what authenticated, as our side and the sender's answer agree on it. */
async function weConnect({ contoso, peer }: Stage): Promise<Results> {
  return resultsOf(domains, { from: contoso, to: peer, ours: contoso }, (domain) =>
    chat('alice@contoso.example', `bob@${domain}`, domain),
  );
}

async function theyConnect({ contoso, peer }: Stage): Promise<Results> {
  return resultsOf(domains, { from: peer, to: contoso, ours: contoso }, (domain) =>
    chat(`bob@${domain}`, 'alice@contoso.example', domain),
  );
}

interface Ends {
  readonly from: Federation;
  readonly to: Federation;
  readonly ours: Federation;
}

async function resultsOf(
  names: readonly string[],
  { from, to, ours: observed }: Ends,
  messageFor: (domain: string) => ReturnType<typeof chat>,
): Promise<Results> {
  const results = await Promise.all(
    names.map(async (domain) => {
      const delivery = await from.s2s.send(messageFor(domain));
      if (delivery.ok) await to.waitForStanza(domain, (stanza) => bodyOf(stanza) === domain);
      return [domain, delivery.ok ? delivery.method : 'nothing'] as const;
    }),
  );
  const said = Object.fromEntries(results);
  const authenticated = observed.events.filter((event) => event.type === 'authenticated');
  const seen = Object.fromEntries(authenticated.map(({ remoteDomain, method }) => [remoteDomain, method]));
  expect(seen).toEqual(Object.fromEntries(results.filter(([, method]) => method !== 'nothing')));
  expect(to.received).toHaveLength(authenticated.length);
  return said;
}

describe('the 18 rows', () => {
  it('are all there', () => expect(new Set(domains).size).toBe(18));

  describe.each(offers)('against a peer that offers $title', (offer) => {
    it('authenticate by the closed form when we connect', async () => {
      expect(await weConnect(await stage(offer))).toEqual(expected(() => offer.methods));
    });

    it('authenticate by the closed form when the peer connects', async () => {
      expect(await theyConnect(await stage(offer))).toEqual(expected(() => offer.methods));
    });
  });

  it('authenticate nothing where they are invalid, by certificate neither', async () => {
    const invalid = rows.filter((settings) => negotiationOutcome(settings).class === 'Invalid').map(domainOf);
    expect(invalid).toHaveLength(5);
    const played = await stage(everything);
    const [there, back] = [await weConnect(played), await theyConnect(await stage(everything))];
    for (const domain of invalid) expect([there[domain], back[domain]]).toEqual(['nothing', 'nothing']);
  });
});

const withoutOffer = (chunk: string): string => chunk.replace(/<starttls [^>]*(?:\/>|>.*?<\/starttls>)/, '');

/** Hides the offer of TLS, which the server still keeps. */
const hiding: Rewriting = { toClient: withoutOffer };

/** Hides it and answers in the server's place when TLS is asked for all the same. */
const refusing: Rewriting = {
  toClient: withoutOffer,
  toServer: (chunk) =>
    chunk.includes('<starttls')
      ? { forward: '', answer: "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>" }
      : { forward: chunk },
};

/** What the opener of a connection said in clear: everything before the first TLS record. */
const inClear = (recorded: string): string => recorded.replace(/[\x16]\x03[\s\S]*$/, '');

describe('somebody on the path who takes STARTTLS away [RFC 7590 §3.1]', () => {
  const stripped = (methods: readonly AuthenticationMethod[]) =>
    expected(({ tlsNegotiation }) => (tlsNegotiation === 'Required' ? methods : ['TCP Dialback']));

  it('gains nothing where TLS is required and the server still has it', async () => {
    const played = await stage(everything);
    const proxy = await startWireProxy(played.peer.port, hiding);
    for (const domain of domains) played.dns.xmppServer(domain, proxy.port);
    expect(await weConnect(played)).toEqual(stripped(everything.methods));
  });

  it('prevents the stream where TLS is required, and never turns it into clear text', async () => {
    const played = await stage(everything);
    const proxy = await startWireProxy(played.peer.port, refusing);
    for (const domain of domains) played.dns.xmppServer(domain, proxy.port);
    expect(await weConnect(played)).toEqual(stripped([]));
    const underRequired = proxy.opened.filter((recorded) => / to="tls-required\./.test(recorded)).map(inClear);
    expect(underRequired).toHaveLength(6);
    for (const said of underRequired)
      expect(said).toMatch(/^<\?xml version="1.0"\?><stream:stream [^>]*><starttls [^>]*\/>(<\/stream:stream>)?$/);
  });

  it('prevents the stream when the peer connects', async () => {
    const played = await stage(everything);
    const proxy = await startWireProxy(played.contoso.port, hiding);
    played.dns.xmppServer('contoso.example', proxy.port);
    expect(await theyConnect(played)).toEqual(stripped([]));
  });

  it('reads nothing but the header and the request for TLS where TLS is required', async () => {
    const played = await stage(everything);
    const proxy = await startWireProxy(played.peer.port);
    for (const domain of domains) played.dns.xmppServer(domain, proxy.port);
    await weConnect(played);
    const clear = proxy.opened.filter((recorded) => / to="tls-required\./.test(recorded)).map(inClear);
    expect(clear.length).toBeGreaterThanOrEqual(4);
    for (const said of clear) expect(said).toMatch(/^<\?xml version="1.0"\?><stream:stream [^>]*><starttls [^>]*\/>$/);
  });
});
