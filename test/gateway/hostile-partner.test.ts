/** Attacks of an authenticated partner on what lies behind the streams: SIP headers, the event log, our users' names, and our patience. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { afterEach, describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { Headers } from '../../src/gateway/sip/headers.ts';
import { subscriptionsPerMinute } from '../../src/gateway/subscription-rate.ts';
import { stanza } from '../../src/gateway/xmpp/stanza.ts';
import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import { realClock } from '../../src/primitives/clock.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { randomIds } from '../../src/primitives/ids.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { Secret } from '../../src/primitives/secret.ts';
import type { TraceNote } from '../../src/primitives/trace-step.ts';
import { openEventLog } from '../../src/store/event-log.ts';
import { eventLogFile } from '../../src/store/event-log-reader.ts';
import { freePort } from '../peers/free-port.ts';
import { fabrikam, openConfiguration } from '../support/crossing.ts';
import { startDnsServer, type TestDnsServer } from '../support/dns-server.ts';
import { createAuthority } from '../support/pki.ts';
import { openAuthenticated, type RawStream } from '../support/raw-stream.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Federation, row, startFederation } from '../support/xmpp-federation.ts';

const authority = createAuthority('hostile-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
});

interface Started {
  readonly gateway: Gateway;
  readonly xmppPort: number;
  readonly events: readonly LogEvent[];
  readonly notes: readonly TraceNote[];
  waitForEvent(id: string): Promise<void>;
}

async function startOf(
  configuration: Configuration,
  certificate: typeof contosoCertificate,
  onEvent: (event: LogEvent) => void = () => undefined,
): Promise<Started> {
  const events: LogEvent[] = [];
  const notes: TraceNote[] = [];
  const waiting = new Set<() => void>();
  const gateway = await startGateway(configuration, {
    clock: realClock,
    ids: randomIds,
    onEvent: (event) => {
      events.push(event);
      onEvent(event);
      for (const look of waiting) look();
    },
    onTrace: (note) => void notes.push(note),
    certificate: () => ({
      key: new Secret(certificate.key),
      chain: certificate.chain,
      notAfter: new Date('2100-01-01'),
      thumbprint: '',
      localTestCa: false,
    }),
    anchors: () => [authority.rootDer],
    readAnchors: () => [],
    digestSecrets: () => undefined,
    dialbackSecret: () => secret,
  });
  running.push(() => gateway.stop(0));
  const xmppPort = gateway.listeners().find(({ protocol }) => protocol === 'xmpp')?.port ?? 0;
  const waitForEvent = (id: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (events.some((event) => event.id === id)) resolve();
      };
      waiting.add(look);
      look();
    });
  return { gateway, xmppPort, events, notes, waitForEvent };
}

const secret = new Secret(randomIds.token(256));

async function configured(dns: TestDnsServer, gateway: Partial<Configuration['gateway']>): Promise<Configuration> {
  const { gateway: defaults } = openConfiguration;
  const listening = {
    xmppListenAddress: '127.0.0.1',
    xmppPort: 0,
    xmppDirectTlsPort: 0,
    sipListenAddress: '127.0.0.1',
  };
  const ports = { sipPort: await freePort(), sipTlsPort: 0, dnsServers: [dns.address], allowLoopbackPeers: true };
  return { ...openConfiguration, gateway: { ...defaults, ...listening, ...ports, ...gateway } };
}

interface Hop {
  readonly address: string;
  readonly requests: readonly string[];
  waitForRequest(fits: (request: string) => boolean): Promise<string>;
}

/** The users' SIP server: takes everything. */
async function sipHop(): Promise<Hop> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  running.push(async () => void socket.close());
  await once(socket, 'listening');
  const requests: string[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (datagram, { port }) => {
    const request = datagram.toString('utf8');
    requests.push(request);
    const kept = request.split('\r\n').filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/i.test(line));
    const answer = kept.map((line) => (/^To:/i.test(line) ? `${line};tag=hop` : line)).join('\r\n');
    socket.send(`SIP/2.0 200 OK\r\n${answer}\r\nContent-Length: 0\r\n\r\n`, port, '127.0.0.1');
    for (const look of waiting) look();
  });
  return {
    address: `127.0.0.1:${socket.address().port};transport=udp`,
    requests,
    waitForRequest: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = requests.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

interface Scene extends Started {
  readonly hop: Hop;
  /** Where the gateway's answers arrive. */
  readonly answers: Federation;
  readonly partner: RawStream;
}

async function scene(onEvent?: (event: LogEvent) => void): Promise<Scene> {
  const dns = await startDnsServer();
  const hop = await sipHop();
  const configuration = await configured(dns, { sipMode: 'NextHop', sipNextHop: hop.address });
  const started = await startOf(configuration, contosoCertificate, onEvent);
  const answers = await startFederation({
    domains: ['fabrikam.example'],
    dns: dns.address,
    certificate: fabrikamCertificate,
    root: authority.rootPem,
    partners: { 'contoso.example': row('required', 'required', true) },
  });
  dns.xmppServer('fabrikam.example', answers.port);
  dns.xmppServer('contoso.example', started.xmppPort);
  const ends = { from: 'fabrikam.example', to: 'contoso.example' };
  const partner = await openAuthenticated(started.xmppPort, ends, fabrikamCertificate);
  return { ...started, hop, answers, partner };
}

const idOf = ({ attributes }: Element): string => attributes['id'] ?? '';
const headOf = (request: string): readonly string[] => request.slice(0, request.indexOf('\r\n\r\n')).split('\r\n');

describe('names and texts of a partner on their way to SIP', () => {
  it('add no header and no request to a MESSAGE', async () => {
    const { hop, partner } = await scene();
    const evil = '&#13;&#10;Route: &lt;sip:evil.example&gt;&#13;&#10;&#13;&#10;MESSAGE sip:x SIP/2.0';
    partner.send(
      `<message from='erin@fabrikam.example/x' to='alice@contoso.example/y' id='a${evil}' type='chat${evil}' xml:lang='en${evil}'><subject>s${evil}</subject><thread>t${evil}</thread><body>hello${evil}</body></message>` +
        "<message from='bob%0d%0aroute@fabrikam.example' to='alice@contoso.example' id='p'><body>percent</body></message>" +
        `<message from='carol@fabrikam.example/x${evil}' to='alice@contoso.example' id='b'><body>refused</body></message>` +
        "<message from='dave@fabrikam.example' to='alice@contoso.example' id='c'><body>the last</body></message>",
    );
    await hop.waitForRequest((request) => request.endsWith('the last'));
    for (const request of hop.requests) {
      expect(headOf(request)[0]).toBe('MESSAGE sip:alice@contoso.example SIP/2.0');
      const names = headOf(request)
        .slice(1)
        .map((line) => /^([A-Za-z-]+): /.exec(line)?.[1]?.toLowerCase());
      expect(names).not.toContain(undefined);
      expect(names).not.toContain('route');
    }
    for (const sender of ['erin@', 'bob%250d%250aroute@', 'dave@'])
      expect(hop.requests.filter((request) => request.includes(`<sip:${sender}`))).toHaveLength(1);
  });

  it('are read as text, and written as new XML or SIP: what a message wraps does not cross', async () => {
    const { hop, partner } = await scene();
    const forwarded =
      "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='boss@contoso.example' to='alice@contoso.example'><body>forged</body></message></forwarded>";
    const from = "from='bob@fabrikam.example' to='alice@contoso.example'";
    for (const wrapped of [
      `<sent xmlns='urn:xmpp:carbons:2'>${forwarded}</sent>`,
      `<received xmlns='urn:xmpp:carbons:2'>${forwarded}</received>`,
      `<result xmlns='urn:xmpp:mam:2' id='1'>${forwarded}</result>`,
    ])
      partner.send(`<message ${from}>${wrapped}</message><message ${from}><body>around</body>${wrapped}</message>`);
    partner.send(
      `<message ${from}><body>the last</body><stanza-id xmlns='urn:xmpp:sid:0' by='contoso.example' id='forged'/></message>`,
    );
    const last = await hop.waitForRequest((request) => request.endsWith('the last'));
    expect(hop.requests).toEqual([last]);
    expect(last).not.toContain('forged');
  });
});

describe('the event log', () => {
  it('shows control characters of a partner and obeys none', async () => {
    const folder = temporaryFolder();
    const log = openEventLog(folder);
    const { partner, hop } = await scene((event) => log.write(event));
    const evil = '&#10;{"level":"error","event":"Forged"}\u009b2J\u202etxt&#9;';
    partner.send(
      `<message from='bob@fabrikam.example/${evil}' to='alice@contoso.example' id='${evil}' type='groupchat'><body>x</body></message>` +
        "<message from='bob@fabrikam.example' to='alice@contoso.example'><body>the last</body></message>" +
        `<stream:error><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${evil}</text></stream:error></stream:stream>`,
    );
    await hop.waitForRequest((request) => request.endsWith('the last'));
    await partner.ended;
    await Promise.all(running.splice(0).map((stop) => stop()));
    log.close();
    const text = readFileSync(eventLogFile(folder), 'utf8');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(lines.map(({ event }) => event)).not.toContain('Forged');
    expect(text).toContain('u{9b}');
    expect(text).toContain('u{a}');
  });
});

describe('errors', () => {
  it('end where they arrive: two gateways answer each other no error with an error', async () => {
    const dns = await startDnsServer();
    const own = await configured(dns, {});
    const contoso = await startOf(own, contosoCertificate);
    const other = await configured(dns, {});
    const domain = (name: string): DomainName => name as DomainName;
    const sipDomains = { 'fabrikam.example': { identity: domain('fabrikam.example'), isDefault: true } };
    const partner = { ...fabrikam, additionalDomains: [], identity: domain('contoso.example') };
    const there = await startOf(
      { ...other, sipDomains, users: {}, federatedPartners: { 'contoso.example': partner } },
      fabrikamCertificate,
    );
    dns.xmppServer('contoso.example', contoso.xmppPort);
    dns.xmppServer('fabrikam.example', there.xmppPort);
    const answered = new Promise<number>((resolve) => {
      contoso.gateway.receiveFromUser({
        aor: 'sip:alice@contoso.example',
        request: {
          kind: 'request',
          method: 'MESSAGE',
          requestUri: 'sip:nobody@fabrikam.example',
          headers: Headers.of([['Call-ID', 'c']]),
          body: Buffer.from('Hi'),
        },
        respond: resolve,
      });
    });
    expect(await answered).toBe(202);
    await contoso.waitForEvent('MessageBounced');
    // Every stream ends with its closing tag: nothing can come after it.
    await Promise.all(running.splice(0).map((stop) => stop()));
    const stanzas = (notes: readonly TraceNote[]): number =>
      notes.filter(({ kind, component }) => kind === 'Wire' && component === 'xmpp').length;
    expect([stanzas(contoso.notes), stanzas(there.notes)]).toEqual([2, 2]);
  });

  it('and results are answered by nothing', async () => {
    const { partner, answers } = await scene();
    const ends = "from='bob@fabrikam.example/x' to='contoso.example'";
    partner.send(
      `<iq type='error' id='e' ${ends}/><iq type='result' id='r' ${ends}/><message type='error' id='m' ${ends}/><presence type='error' id='p' ${ends}/>` +
        `<iq type='get' id='last' ${ends}><ping xmlns='urn:xmpp:ping'/></iq>`,
    );
    await answers.waitForStanza('the ping', (answer) => idOf(answer) === 'last');
    expect(answers.received.map(({ stanza: answer }) => idOf(answer))).toEqual(['last']);
  });
});

describe('our users', () => {
  it('are not told apart from nobody by a probe', async () => {
    const dns = await startDnsServer();
    const base = await configured(dns, {});
    const unverified = { ...fabrikam, partnerType: 'PublicUnverified' as const };
    const started = await startOf(
      { ...base, federatedPartners: { 'fabrikam.example': unverified } },
      contosoCertificate,
    );
    const answers = await startFederation({
      domains: ['fabrikam.example'],
      dns: dns.address,
      certificate: fabrikamCertificate,
      root: authority.rootPem,
      partners: { 'contoso.example': row('required', 'required', true) },
    });
    dns.xmppServer('fabrikam.example', answers.port);
    const ends = { from: 'fabrikam.example', to: 'contoso.example' };
    const partner = await openAuthenticated(started.xmppPort, ends, fabrikamCertificate);
    const answerTo = async (user: string, type: string): Promise<unknown> => {
      const from = `${user}@contoso.example`;
      partner.send(`<presence from='bob@fabrikam.example/x' to='${from}' type='${type}'/>`);
      partner.send(
        `<iq type='get' id='${user}-${type}' from='bob@fabrikam.example/x' to='contoso.example'><ping xmlns='urn:xmpp:ping'/></iq>`,
      );
      await answers.waitForStanza('ping', (answer) => idOf(answer) === `${user}-${type}`);
      const about = answers.received.map((each) => each.stanza).filter(({ attributes }) => attributes['from'] === from);
      return about.map((answer) => stanza('presence', { ...answer.attributes, from: 'user' }, ...answer.children));
    };
    for (const type of ['probe', 'subscribe'])
      expect(await answerTo('alice', type)).toEqual(await answerTo('nobody', type));
  });
});

describe('a flood of queries', () => {
  it('is answered within bounds, and a message still crosses', async () => {
    const { partner, hop, answers, gateway, events } = await scene();
    const ends = "from='bob@fabrikam.example/x' to='contoso.example'";
    const query = (id: number): string => `<iq type='get' id='${id}' ${ends}><ping xmlns='urn:xmpp:ping'/></iq>`;
    const before = process.memoryUsage().heapUsed;
    for (let id = 0; id < 2000; id += 1) partner.send(query(id));
    partner.send("<message from='carol@fabrikam.example' to='alice@contoso.example'><body>the last</body></message>");
    await hop.waitForRequest((request) => request.endsWith('the last'));
    await answers.waitForStanza('a refusal', ({ attributes }) => attributes['type'] === 'error');
    expect(answers.received.length).toBeLessThanOrEqual(2000);
    const met = events.filter(({ id }) => id === 'LimitReached');
    expect(met.map(({ facts }) => [facts?.['limit'], facts?.['subject']])).toContainEqual([
      'stanzasPerSecond',
      'bob@fabrikam.example',
    ]);
    expect(met.length).toBeLessThanOrEqual(3);
    expect(Math.max(...gateway.sessions().map(({ queued }) => queued))).toBeLessThanOrEqual(1000);
    expect(process.memoryUsage().heapUsed).toBeLessThan(before + 256 * 1024 * 1024);
  });
});

describe('a flood of subscriptions', () => {
  it('ends at the limit: the rest may ask again later, and who is known may ask at any time', async () => {
    const { partner, answers, events } = await scene();
    const ask = (user: string): string =>
      `<presence type='subscribe' id='${user}' from='${user}@fabrikam.example' to='alice@contoso.example'/>`;
    const users = Array.from({ length: subscriptionsPerMinute + 5 }, (_each, index) => `bob${index}`);
    for (const user of users) partner.send(ask(user));
    const refused = users.slice(subscriptionsPerMinute);
    for (const user of refused) {
      const answer = await answers.waitForStanza('error', (each) => idOf(each) === user);
      expect(readStanzaError(answer)).toMatchObject({ type: 'wait', condition: 'resource-constraint' });
    }
    const met = events.filter(({ id }) => id === 'LimitReached');
    expect(met).toMatchObject([{ facts: { limit: 'subscriptionsPerMinute', subject: 'fabrikam.example' } }]);
    const from = (user: string) => answers.received.filter((each) => each.stanza.attributes['to']?.startsWith(user));
    const before = from('bob0@').length;
    partner.send(ask('bob0'));
    await answers.waitForStanza('an answer', () => from('bob0@').length > before);
    expect(from('bob0@').map((each) => each.stanza.attributes['type'])).not.toContain('error');
  });
});

describe('DNS of a partner', () => {
  it.each(['sip-udp', 'xmpp', 'metrics'])('does not make the gateway dial itself: %s', async (protocol) => {
    const dns = await startDnsServer();
    const metricsPort = await freePort();
    const started = await startOf(await configured(dns, { metricsPort }), contosoCertificate);
    const listening = [...started.gateway.listeners(), { protocol: 'metrics', port: metricsPort }];
    dns.xmppServer('fabrikam.example', listening.find((each) => each.protocol === protocol)?.port ?? 0);
    const answered = new Promise<number>((resolve) => {
      started.gateway.receiveFromUser({
        aor: 'sip:alice@contoso.example',
        request: {
          kind: 'request',
          method: 'MESSAGE',
          requestUri: 'sip:bob@fabrikam.example',
          headers: Headers.of([['Call-ID', 'c']]),
          body: Buffer.from('Hi'),
        },
        respond: resolve,
      });
    });
    expect(await answered).toBeGreaterThanOrEqual(400);
    const unreachable = started.events.find(({ id }) => id === 'PartnerUnreachable');
    expect(unreachable?.facts).toMatchObject({
      code: 'address-refused',
      reason: expect.stringContaining('this gateway itself'),
    });
  });
});
