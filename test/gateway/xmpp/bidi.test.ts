/** One stream for both directions [XEP-0288]: two gateways with a wire between them that breaks, and peers who take more than they are given. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import { maxUnacknowledged, type S2sLimits } from '../../../src/gateway/xmpp/s2s-limits.ts';
import type { StreamSecurity } from '../../../src/gateway/xmpp/stream-security.ts';
import type { Element } from '../../../src/gateway/xmpp/xml/element.ts';
import { startDnsServer } from '../../support/dns-server.ts';
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
import { startTcpRelay, type TcpRelay } from '../../support/tcp-relay.ts';
import {
  bodyOf,
  chat,
  type Federation,
  type FederationOptions,
  row,
  startFederation,
} from '../../support/xmpp-federation.ts';

const authority = createAuthority('bidi-root');
const root = authority.rootPem;
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });
const worthless = selfSigned({ names: ['fabrikam.example'] });

const strict: StreamSecurity = { ...row('required', 'required', false), bidi: true };
const dialbackOnly: StreamSecurity = { ...row('required', 'not-supported', true), bidi: true };
const oneWay: StreamSecurity = { ...strict, bidi: false };

interface Scene {
  readonly contoso: Federation;
  readonly fabrikam: Federation;
  readonly partners: {
    readonly contoso: Record<string, StreamSecurity>;
    readonly fabrikam: Record<string, StreamSecurity>;
  };
  /** To fabrikam. */
  readonly wire: TcpRelay;
}

interface Sides {
  readonly contoso?: StreamSecurity;
  readonly fabrikam?: StreamSecurity;
  readonly limits?: Partial<S2sLimits>;
  readonly handle?: FederationOptions['handle'];
  /** Of contoso. */
  readonly certificate?: TestCertificate;
}

async function scene({ contoso = strict, fabrikam = strict, limits = {}, handle, ...own }: Sides = {}): Promise<Scene> {
  const dns = await startDnsServer();
  const partners = { contoso: { 'fabrikam.example': contoso }, fabrikam: { 'contoso.example': fabrikam } };
  const common = { dns: dns.address, root, limits, ...(handle && { handle }) };
  const there = {
    contoso: await startFederation({
      ...common,
      domains: ['contoso.example'],
      partners: partners.contoso,
      certificate: own.certificate ?? contosoCertificate,
    }),
    fabrikam: await startFederation({
      ...common,
      domains: ['fabrikam.example'],
      partners: partners.fabrikam,
      certificate: fabrikamCertificate,
    }),
  };
  const wire = await startTcpRelay(there.fabrikam.port);
  dns.xmppServer('fabrikam.example', wire.port);
  dns.xmppServer('contoso.example', there.contoso.port);
  return { ...there, partners, wire };
}

const there = (body: string): Element => chat('alice@contoso.example/desk', 'bob@fabrikam.example', body);
const back = (body: string): Element => chat('bob@fabrikam.example/desk', 'alice@contoso.example', body);
const saying = (body: string) => (stanza: Element) => bodyOf(stanza) === body;
const bodies = ({ received }: Federation): readonly string[] => received.map(({ stanza }) => bodyOf(stanza));
const authentications = ({ events }: Federation): number =>
  events.filter(({ type }) => type === 'authenticated').length;

/** contoso has opened a stream, and both have sent on it. */
async function talking(sides?: Sides): Promise<Scene> {
  const all = await scene(sides);
  expect(await all.contoso.s2s.send(there('hello'))).toMatchObject({ ok: true, acknowledged: true });
  expect(await all.fabrikam.s2s.send(back('welcome'))).toMatchObject({ ok: true, acknowledged: true });
  await all.contoso.waitForStanza('welcome', saying('welcome'));
  return all;
}

describe('a stream for both directions', () => {
  it('takes the answer back, acknowledged, and nothing is dialled for it', async () => {
    const { contoso, fabrikam } = await talking();
    expect(contoso.s2s.sessions()).toMatchObject([
      { direction: 'outbound', bidirectional: true, stanzasIn: 1, stanzasOut: 1, unacknowledged: 0 },
    ]);
    expect(fabrikam.s2s.sessions()).toMatchObject([
      { direction: 'inbound', bidirectional: true, stanzasIn: 1, stanzasOut: 1, unacknowledged: 0 },
    ]);
  });

  it('is used for dialback over TLS too, and the key is verified on a connection of its own', async () => {
    // Only the key says who contoso is; fabrikam's certificate is good, so contoso may take stanzas from there.
    const certificate = selfSigned({ names: ['contoso.example'] });
    const { contoso, fabrikam } = await scene({ contoso: dialbackOnly, fabrikam: dialbackOnly, certificate });
    await contoso.s2s.send(there('hello'));
    const { stream } = await fabrikam.waitForEvent('closed', ({ reason }) => reason === 'the key was verified');
    expect(stream).toMatchObject({ direction: 'outbound', bidirectional: false });
    expect(await fabrikam.s2s.send(back('welcome'))).toMatchObject({ ok: true, method: 'TLS Dialback' });
    await contoso.waitForStanza('welcome', saying('welcome'));
    expect(contoso.s2s.sessions()).toMatchObject([{ direction: 'outbound', bidirectional: true, stanzasIn: 1 }]);
  });

  it('may be opened by both at the same time, and neither loses anything', async () => {
    const { contoso, fabrikam } = await scene();
    const many = Array.from({ length: 20 }, (_, index) => `m${index}`);
    const deliveries = many.flatMap((body) => [contoso.s2s.send(there(body)), fabrikam.s2s.send(back(body))]);
    for (const delivery of await Promise.all(deliveries)) expect(delivery).toMatchObject({ ok: true });
    expect([bodies(contoso), bodies(fabrikam)]).toEqual([many, many]);
  });

  it.each(['a server', 'a name server'])(
    'is used while %s says nothing to a dial: a firewall may let connections out only',
    async (silent) => {
      const dns = await startDnsServer();
      const names = createSocket('udp4').bind(0, '127.0.0.1').unref();
      await once(names, 'listening');
      const partners = { 'contoso.example': strict, 'fabrikam.example': strict };
      const common = { partners, root };
      const contoso = await startFederation({
        ...common,
        dns: dns.address,
        domains: ['contoso.example'],
        certificate: contosoCertificate,
      });
      const fabrikam = await startFederation({
        ...common,
        dns: silent === 'a server' ? dns.address : `127.0.0.1:${names.address().port}`,
        domains: ['fabrikam.example'],
        certificate: fabrikamCertificate,
      });
      dns.xmppServer('fabrikam.example', fabrikam.port);
      dns.xmppServer('contoso.example', await listenRaw(() => undefined));
      const delivery = fabrikam.s2s.send(back('from inside'));
      await contoso.s2s.send(there('hello'));
      expect(await delivery).toMatchObject({ ok: true });
      await contoso.waitForStanza('from inside', saying('from inside'));
      expect(fabrikam.events.filter(({ type }) => type === 'dial-failed')).toEqual([]);
      names.close();
    },
  );

  it.each<[string, Sides]>([
    ['the one who opens it does not allow it', { contoso: oneWay }],
    ['the one who accepts it does not allow it', { fabrikam: oneWay }],
  ])('is not there when %s: each opens its own', async (_, sides) => {
    const { contoso, fabrikam } = await talking(sides);
    const directions = ({ s2s }: Federation) => s2s.sessions().map(({ direction }) => direction);
    expect(directions(contoso).toSorted()).toEqual(['inbound', 'outbound']);
    expect([...contoso.s2s.sessions(), ...fabrikam.s2s.sessions()].some((stream) => stream.bidirectional)).toBe(false);
  });

  it('counts once against the connection limit', async () => {
    await talking({ contoso: { ...strict, connectionLimit: 1 }, fabrikam: { ...strict, connectionLimit: 1 } });
    const { fabrikam } = await talking({ fabrikam: { ...strict, connectionLimit: 2 } });
    await openAuthenticated(
      fabrikam.port,
      { from: 'contoso.example', to: 'fabrikam.example' },
      contosoCertificate,
      bidi,
    );
    expect(fabrikam.s2s.sessions()).toHaveLength(2);
  });

  it('keeps the order of a pair, whoever opened it', async () => {
    const { contoso, fabrikam } = await talking();
    const many = Array.from({ length: 200 }, (_, index) => `m${index}`);
    const deliveries = await Promise.all(many.map((body) => fabrikam.s2s.send(back(body))));
    expect(deliveries.every(({ ok }) => ok)).toBe(true);
    expect(bodies(contoso)).toEqual(['welcome', ...many]);
  });

  it('takes more than the peer acknowledges at a time', async () => {
    const { contoso, fabrikam } = await talking();
    const many = Array.from({ length: 900 }, (_, index) => `m${index}`);
    const deliveries = await Promise.all(many.map((body) => fabrikam.s2s.send(back(body))));
    expect(deliveries.every((delivery) => delivery.ok && delivery.acknowledged)).toBe(true);
    expect(bodies(contoso)).toHaveLength(901);
  });

  it('is acknowledged when the consumer is done with the stanza, and not before', async () => {
    let finish = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { contoso, fabrikam } = await talking({ handle: (stanza) => (bodyOf(stanza) === 'slow' ? done : undefined) });
    let settled = false;
    const delivery = fabrikam.s2s.send(back('slow')).finally(() => {
      settled = true;
    });
    await contoso.waitForStanza('slow', saying('slow'));
    await contoso.s2s.send(there('meanwhile'));
    expect(settled).toBe(false);
    finish();
    expect(await delivery).toMatchObject({ ok: true, acknowledged: true });
  });
});

describe('when a stream for both directions is lost', () => {
  it('what the peer did not acknowledge goes out again on a stream that we open, and is seen once', async () => {
    let isFirst = true;
    const never = new Promise<void>(() => undefined);
    const handle = (stanza: Element): Promise<void> | undefined => {
      if (bodyOf(stanza) !== 'lost' || !isFirst) return undefined;
      isFirst = false;
      return never;
    };
    const { contoso, fabrikam, wire } = await talking({ handle });
    const delivery = fabrikam.s2s.send(back('lost'));
    await contoso.waitForStanza('lost', saying('lost'));
    wire.cut();
    await contoso.waitForEvent('ignored', ({ reason }) => reason.includes('another stream'));
    expect(bodies(contoso)).toEqual(['welcome', 'lost']);
    expect(fabrikam.s2s.sessions()).toMatchObject([{ direction: 'outbound', bidirectional: true }]);
    fabrikam.s2s.disconnect('contoso.example', 'the test is over');
    await delivery;
  });

  it('a peer that falls silent is left after the time of an acknowledgement', async () => {
    const { fabrikam, contoso, wire } = await talking({ limits: { acknowledgementMs: 100, closeMs: 50 } });
    wire.fallSilent();
    expect(await fabrikam.s2s.send(back('still there?'))).toMatchObject({ ok: true, acknowledged: true });
    expect(bodies(contoso)).toEqual(['welcome', 'still there?']);
    const closed = await fabrikam.waitForEvent('closed', ({ stream }) => stream.direction === 'inbound');
    expect(closed.reason).toMatch(/acknowledges nothing/);
  });

  it('nothing of either side is lost by a goodbye', async () => {
    const { contoso, fabrikam } = await talking();
    const many = Array.from({ length: 50 }, (_, index) => `m${index}`);
    const deliveries = many.map((body) => fabrikam.s2s.send(back(body)));
    const [stream] = contoso.s2s.sessions();
    contoso.s2s.disconnectStream(stream?.id ?? '', 'maintenance');
    for (const delivery of await Promise.all(deliveries)) expect(delivery).toMatchObject({ ok: true });
    await contoso.waitForStanza('the last', saying('m49'));
    expect(bodies(contoso)).toEqual(['welcome', ...many]);
  });
});

describe('a stream for both directions ends', () => {
  it.each<[string, (all: Scene) => Federation, string]>([
    [
      'when the opener does not allow it any more',
      ({ partners, contoso }) => {
        partners.contoso['fabrikam.example'] = oneWay;
        return contoso;
      },
      'reset',
    ],
    [
      'when the other one does not allow it any more',
      ({ partners, fabrikam }) => {
        partners.fabrikam['contoso.example'] = oneWay;
        return fabrikam;
      },
      'reset',
    ],
    [
      'when the partner is suspended',
      ({ partners, fabrikam }) => {
        delete partners.fabrikam['contoso.example'];
        return fabrikam;
      },
      'policy-violation',
    ],
    [
      'when a key is pinned that the server does not have',
      ({ partners, contoso }) => {
        partners.contoso['fabrikam.example'] = { ...strict, pinnedSpkiSha256: ['x'] };
        return contoso;
      },
      'reset',
    ],
  ])('%s', async (_, change, condition) => {
    const all = await talking();
    const changed = change(all);
    changed.s2s.reconsider();
    const other = changed === all.contoso ? all.fabrikam : all.contoso;
    await changed.waitForEvent('closed');
    await other.waitForEvent('closed');
    expect(changed.events.filter((event) => event.type === 'refused')).toMatchObject([{ condition }]);
    expect(changed.s2s.sessions()).toEqual([]);
  });

  it('when the operator disconnects the partner', async () => {
    const { contoso, fabrikam } = await talking();
    fabrikam.s2s.disconnect('contoso.example', 'maintenance');
    await contoso.waitForEvent('closed');
    expect(contoso.s2s.sessions()).toEqual([]);
  });
});

const ends = { from: 'fabrikam.example', to: 'contoso.example' };
const offer = /<bidi xmlns="urn:xmpp:features:bidi"\/>/;
const message = (from: string, body: string): string =>
  `<message from='bob@${from}' to='alice@contoso.example'><body>${body}</body></message>`;

/** contoso.example, with partners who are raw. */
async function alone(security: StreamSecurity = strict, serve?: (peer: RawStream) => unknown): Promise<Federation> {
  const dns = await startDnsServer();
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    partners: {
      'fabrikam.example': { ...security, partner: 'fabrikam.example' },
      'northwind.example': { ...security, partner: 'northwind.example' },
    },
    certificate: contosoCertificate,
    root,
  });
  if (serve !== undefined) dns.xmppServer('fabrikam.example', await listenRaw(serve));
  dns.xmppServer('contoso.example', contoso.port);
  return contoso;
}

describe('a peer that opens a stream for both directions', () => {
  it('is offered it under TLS and before it authenticates only', async () => {
    const contoso = await alone();
    const clear = await openRawStream(contoso.port);
    clear.send(header(ends));
    await clear.hears(/<\/stream:features>/);
    expect(clear.heard()).not.toMatch(offer);
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate, bidi);
    await peer.hears(/<\/stream:features>/);
    expect(peer.heard().match(new RegExp(offer, 'g'))).toHaveLength(1);
  });

  it('is not offered it where its partner does not have it, and loses the stream for asking', async () => {
    const contoso = await alone(oneWay);
    const peer = await openSecured(contoso.port, ends, fabrikamCertificate);
    await peer.hears(/<\/stream:features>/);
    expect(peer.heard()).not.toMatch(offer);
    peer.send(bidi + auth());
    expect(await peer.ended).toMatch(/<stream:error><unsupported-stanza-type /);
    expect(authentications(contoso)).toBe(0);
  });

  it('is sent nothing before it is authenticated', async () => {
    const contoso = await alone();
    const peer = await openSecured(contoso.port, ends, fabrikamCertificate);
    await peer.hears(/<\/stream:features>/);
    peer.send(bidi);
    expect(await contoso.s2s.send(there('secret'))).toMatchObject({ ok: false });
    expect(peer.heard()).not.toContain('secret');
    peer.send(message('fabrikam.example', 'early'));
    expect(await peer.ended).toMatch(/<stream:error><not-authorized /);
    expect(contoso.received).toEqual([]);
  });

  it('is sent nothing without a certificate of its own, whatever it asked for', async () => {
    const contoso = await alone();
    const peer = await openSecured(contoso.port, ends, worthless);
    expect(await contoso.s2s.send(there('secret'))).toMatchObject({ ok: false });
    expect(await peer.ended).not.toContain('secret');
  });

  it('is sent what is meant for the pair it authenticated, and for no other', async () => {
    const contoso = await alone();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate, bidi);
    await peer.hears(/<\/stream:features>/);
    expect(await contoso.s2s.send(there('for fabrikam'))).toMatchObject({ ok: true, acknowledged: false });
    await peer.hears(/for fabrikam/);
    const other = chat('alice@contoso.example', 'eve@northwind.example', 'for northwind');
    expect(await contoso.s2s.send(other)).toMatchObject({ ok: false });
    expect(peer.heard()).not.toContain('for northwind');
  });

  it.each([true, false])(
    'is sent what is meant for a further pair that it authenticated, where that partner has it: %s',
    async (allowed) => {
      const dns = await startDnsServer();
      const contoso = await startFederation({
        domains: ['contoso.example'],
        dns: dns.address,
        partners: {
          'fabrikam.example': strict,
          'northwind.example': { ...strict, partner: 'northwind', bidi: allowed },
        },
        certificate: contosoCertificate,
        root,
      });
      const both = authority.issue({ names: ['fabrikam.example', 'northwind.example'] });
      const peer = await openAuthenticated(contoso.port, ends, both, bidi);
      peer.send("<db:result from='northwind.example' to='contoso.example'>any</db:result>");
      await peer.hears(/<db:result [^>]*type="valid"/);
      const other = chat('alice@contoso.example', 'eve@northwind.example', 'for northwind');
      expect(await contoso.s2s.send(other)).toMatchObject({ ok: allowed });
      expect(await contoso.s2s.send(there('for fabrikam'))).toMatchObject({ ok: true });
    },
  );

  it('is sent what waits for one of its pairs when another has made room', async () => {
    const contoso = await alone();
    const both = authority.issue({ names: ['fabrikam.example', 'northwind.example'] });
    const peer = await openAuthenticated(contoso.port, ends, both, bidi);
    peer.send("<db:result from='northwind.example' to='contoso.example'>any</db:result>");
    await peer.hears(/<db:result [^>]*type="valid"/);
    peer.send(enable);
    await peer.hears(/<enabled /);
    const many = Array.from({ length: maxUnacknowledged }, (_, index) => contoso.s2s.send(there(`m${index}`)));
    const other = contoso.s2s.send(chat('alice@contoso.example', 'eve@northwind.example', 'for northwind'));
    await peer.hears(/m499/);
    expect(peer.heard()).not.toContain('for northwind');
    peer.send(`<a xmlns='urn:xmpp:sm:3' h='${maxUnacknowledged}'/>`);
    await peer.hears(/for northwind/);
    await Promise.all(many);
    peer.send(`<a xmlns='urn:xmpp:sm:3' h='${maxUnacknowledged + 1}'/>`);
    expect(await other).toMatchObject({ ok: true, acknowledged: true });
  });

  it('speaks for the pair it authenticated, and for no other', async () => {
    const contoso = await alone();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate, bidi);
    peer.send(message('northwind.example', 'forged'));
    expect(await peer.ended).toMatch(/<stream:error><invalid-from /);
    expect(contoso.received).toEqual([]);
  });

  it('may ask in the namespace of the offer, which asks for nothing and costs nothing', async () => {
    const contoso = await alone();
    const mistaken = "<bidi xmlns='urn:xmpp:features:bidi'/>";
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate, mistaken);
    await peer.hears(/<\/stream:features>/);
    expect(contoso.s2s.sessions()).toMatchObject([{ state: 'established', bidirectional: false }]);
  });

  it('gains nothing by asking when it is authenticated already', async () => {
    const contoso = await alone();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate);
    peer.send(`${bidi}${message('fabrikam.example', 'one')}`);
    await contoso.waitForStanza('one', saying('one'));
    expect(contoso.s2s.sessions()).toMatchObject([{ bidirectional: false }]);
    expect(await contoso.s2s.send(there('secret'))).toMatchObject({ ok: false });
    expect(peer.heard()).not.toContain('secret');
  });

  it('that takes small stanzas only is sent small ones only [XEP-0478]', async () => {
    const contoso = await alone();
    const limited = `<bidi xmlns='urn:xmpp:bidi'><limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>10000</max-bytes></limits></bidi>`;
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate, limited);
    await peer.hears(/<\/stream:features>/);
    const large = await contoso.s2s.send(there('x'.repeat(10_000)));
    expect(large).toMatchObject({ ok: false, error: { condition: 'policy-violation' } });
    expect(await contoso.s2s.send(there('small'))).toMatchObject({ ok: true });
  });

  it('loses the stream when it acknowledges what it was not sent', async () => {
    const contoso = await alone();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate, bidi);
    peer.send(`${enable}<a xmlns='urn:xmpp:sm:3' h='7'/>`);
    expect(await peer.ended).toMatch(/<stream:error><undefined-condition /);
  });
});

const features = (inside: string): string => `<stream:features>${inside}</stream:features>`;
const opened = (id: string): string => header({ from: 'fabrikam.example', to: 'contoso.example', id });
const external = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism></mechanisms>";
const offered = "<bidi xmlns='urn:xmpp:features:bidi'/>";
const dialback = "<dialback xmlns='urn:xmpp:features:dialback'/>";
const success = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

/** fabrikam.example up to TLS; then it offers this, and plays on. */
const serving =
  (certificate: typeof fabrikamCertificate, offer: string, play: (peer: RawStream) => Promise<unknown>) =>
  async (peer: RawStream): Promise<void> => {
    await peer.hears(/<stream:stream [^>]*>/);
    peer.send(opened('one') + features(startTls));
    await peer.hears(/<starttls [^>]*>/);
    peer.send(proceed);
    await peer.secure(certificate);
    await peer.hears(/<stream:stream [^>]*>/);
    peer.send(opened('two') + features(offer));
    await play(peer).catch(() => undefined);
  };

const accept = async (peer: RawStream, offer = ''): Promise<void> => {
  await peer.hears(/<auth [^>]*>[^<]*<\/auth>/);
  peer.send(success);
  await peer.hears(/<stream:stream [^>]*>/);
  peer.send(opened('three') + features(offer));
};

describe('a server that we open a stream to', () => {
  const started = (play: (peer: RawStream) => Promise<unknown>, offer = external + offered) =>
    alone(strict, serving(fabrikamCertificate, offer, play));

  it('may send once it has accepted us, large stanzas too, and before acknowledgements are agreed on', async () => {
    const contoso = await started(async (peer) => {
      await accept(peer, "<sm xmlns='urn:xmpp:sm:3'/>");
      await peer.hears(/<enable [^>]*>/);
      peer.send(message('fabrikam.example', 'x'.repeat(50_000)));
      peer.send("<failed xmlns='urn:xmpp:sm:3'/>");
    });
    expect(await contoso.s2s.send(there('hello'))).toMatchObject({ ok: true });
    await contoso.waitForStanza('a large one', (stanza) => bodyOf(stanza).length === 50_000);
  });

  it('is told what we take [XEP-0478]', async () => {
    let heard = '';
    const contoso = await started(async (peer) => {
      [heard] = await peer.hears(/<bidi xmlns="urn:xmpp:bidi">.*<\/bidi>/);
      await accept(peer);
    });
    await contoso.s2s.send(there('hello'));
    expect(heard).toMatch(/<max-bytes>262144<\/max-bytes>/);
  });

  it.each<[string, string, string]>([
    ['in the name of another domain', message('northwind.example', 'forged'), 'invalid-from'],
    [
      'to a domain that is not ours',
      "<message from='bob@fabrikam.example' to='x@adatum.example'><body>forged</body></message>",
      'host-unknown',
    ],
    ['without an address', "<message from='bob@fabrikam.example'><body>forged</body></message>", 'improper-addressing'],
  ])('loses the stream by a stanza %s', async (_, stanza, condition) => {
    const contoso = await started(async (peer) => {
      await accept(peer);
      peer.send(stanza);
    });
    await contoso.s2s.send(there('hello'));
    expect(await contoso.waitForEvent('refused')).toMatchObject({ condition });
    await contoso.waitForEvent('closed');
    expect(contoso.received).toEqual([]);
  });

  it('loses the stream by a stanza before it has accepted us', async () => {
    const contoso = await started(async (peer) => {
      await peer.hears(/<auth [^>]*>[^<]*<\/auth>/);
      peer.send(message('fabrikam.example', 'early'));
    });
    expect(await contoso.s2s.send(there('hello'))).toMatchObject({ ok: false });
    expect(await contoso.waitForEvent('refused')).toMatchObject({ code: 'not-authenticated' });
    expect(contoso.received).toEqual([]);
  });

  it.each<[string, StreamSecurity, typeof fabrikamCertificate, string]>([
    ['has not offered it', strict, fabrikamCertificate, external],
    ['proves its domain by DNS alone', dialbackOnly, worthless, dialback + offered],
  ])('that %s is not asked to send, and is ignored when it does', async (_, security, certificate, offer) => {
    let heard = '';
    const play = async (peer: RawStream): Promise<void> => {
      if (offer.includes('mechanisms')) await accept(peer);
      else {
        await peer.hears(/<db:result [^>]*>[^<]*<\/db:result>/);
        peer.send("<db:result from='fabrikam.example' to='contoso.example' type='valid'/>");
      }
      peer.send(message('fabrikam.example', 'uninvited'));
      await peer.hears(/hello/);
      heard = peer.heard();
    };
    const contoso = await alone(security, serving(certificate, offer, play));
    expect(await contoso.s2s.send(there('hello'))).toMatchObject({ ok: true });
    await contoso.waitForEvent('ignored', ({ reason }) => reason.includes('a message on a stream that we opened'));
    await contoso.s2s.send(there('again'));
    expect(heard).not.toContain('urn:xmpp:bidi');
    expect(contoso.received).toEqual([]);
    expect(contoso.s2s.sessions()).toMatchObject([{ bidirectional: false }]);
  });

  it('has no further domain taken, and no key verified, on it', async () => {
    let answer = '';
    const contoso = await started(async (peer) => {
      await accept(peer);
      peer.send("<db:result from='northwind.example' to='contoso.example'>key</db:result>");
      [answer] = await peer.hears(/<db:result [^>]*>.*<\/db:result>/);
      peer.send(message('fabrikam.example', 'still here'));
    });
    await contoso.s2s.send(there('hello'));
    await contoso.waitForStanza('still here', saying('still here'));
    expect(answer).toMatch(/type="error".*<resource-constraint /);
    expect(contoso.events.filter(({ type }) => type === 'dial-failed')).toEqual([]);
  });
});
