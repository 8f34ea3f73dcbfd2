import { describe, expect, it } from '@jest/globals';

import { type NextHopOptions, nextHop } from '../../../src/gateway/sip/next-hop.ts';
import type { Destination, Source } from '../../../src/gateway/sip/transport.ts';
import { ok, refuse } from '../../../src/primitives/result.ts';
import {
  type Answer,
  incomingRequest,
  type RequestParts,
  scriptedEndpoint,
  settle,
  sipRequest,
  tcpSource,
} from './home/request-script.ts';

const destination: Destination = { transport: 'tls', host: 'pool.contoso.example', port: 5061 };

function setUp(more: Partial<NextHopOptions> = {}) {
  const endpoint = scriptedEndpoint();
  const [outgoing, subscribed]: [string[], string[]] = [[], []];
  const untrusted: [Source, string][] = [];
  const hop = nextHop({
    endpoint,
    destination: () => destination,
    isLocalDomain: (domain) => domain === 'contoso.example',
    trust: async () => ok(undefined),
    onUntrusted: (source, reason) => void untrusted.push([source, reason]),
    accepts: 'text/plain',
    token: (bits) => `t${bits}`,
    onOutgoing(request) {
      outgoing.push(request.aor);
      request.respond(202);
    },
    onSession: () => false,
    onSubscribe(incoming, watcher) {
      subscribed.push(watcher);
      incoming.respond(200);
    },
    onNotify: (incoming) => incoming.respond(481),
    ...more,
  });
  async function ask(method: string, parts: RequestParts = {}): Promise<readonly Answer[]> {
    const from = 'sip:alice@contoso.example';
    const incoming = incomingRequest(
      sipRequest(method, { from, uri: 'sip:bob@fabrikam.example', ...parts }),
      tcpSource,
    );
    hop.handle(incoming);
    await settle();
    return incoming.answers;
  }
  return { hop, endpoint, outgoing, subscribed, untrusted, ask };
}

const inDialog = '<sip:bob@fabrikam.example>;tag=gone';

describe('a request of the next hop', () => {
  it('is for an XMPP contact when it is a MESSAGE: the sender is its From, in one spelling', async () => {
    const { ask, outgoing } = setUp();
    const answers = await ask('MESSAGE', { from: '"Alice" <sip:Alice%3B@Contoso.Example:5060;user=phone>;tag=1' });
    expect(answers).toMatchObject([{ status: 202 }]);
    expect(outgoing).toEqual(['sip:alice%3B@contoso.example']);
  });

  it.each<[string, RequestParts, Partial<Answer>]>([
    ['MESSAGE', { from: 'sip:eve@elsewhere.example' }, { status: 403, reason: 'From Is Not In A Domain Served Here' }],
    ['MESSAGE', { from: 'sip:eve@sub.contoso.example' }, { status: 403 }],
    ['MESSAGE', { from: 'sip:contoso.example' }, { status: 400 }],
    ['MESSAGE', { from: 'tel:+15551234' }, { status: 400 }],
    ['MESSAGE', { to: inDialog }, { status: 481 }],
    ['MESSAGE', { headers: [['Require', '100rel, timer']] }, { status: 420 }],
    ['OPTIONS', {}, { status: 200 }],
    ['INVITE', {}, { status: 481 }],
    ['INVITE', { from: 'sip:eve@elsewhere.example' }, { status: 403 }],
    ['BYE', {}, { status: 481 }],
    ['INVITE', { to: inDialog }, { status: 481 }],
    ['SUBSCRIBE', { headers: [['Require', '100rel']] }, { status: 420 }],
    ['SUBSCRIBE', { from: 'sip:eve@elsewhere.example' }, { status: 403 }],
    ['NOTIFY', {}, { status: 481 }],
    ['BYE', { to: inDialog }, { status: 481 }],
    ['INFO', { to: inDialog }, { status: 481 }],
    ['PUBLISH', {}, { status: 405 }],
    ['REGISTER', { from: 'sip:eve@elsewhere.example' }, { status: 405 }],
    ['REFER', {}, { status: 405 }],
    ['UPDATE', {}, { status: 481 }],
    ['PRACK', {}, { status: 481 }],
    ['SERVICE', {}, { status: 501 }],
    ['NEGOTIATE', {}, { status: 501 }],
  ])('%s %j is answered once, and crosses never: %j', async (method, parts, answer) => {
    const { ask, outgoing } = setUp();
    const answers = await ask(method, parts);
    expect(answers).toHaveLength(1);
    expect(answers).toMatchObject([answer]);
    expect(outgoing).toEqual([]);
  });

  it('is the matter of presence when it is a SUBSCRIBE, in a dialog or outside, by the sender in one spelling', async () => {
    const { ask, subscribed } = setUp();
    await ask('SUBSCRIBE', { from: 'sip:Alice@Contoso.Example' });
    await ask('SUBSCRIBE', { to: inDialog });
    expect(subscribed).toEqual(['sip:alice@contoso.example', 'sip:alice@contoso.example']);
  });

  it('says what is understood: Allow, Accept and a description of an IM session for OPTIONS, Allow with 405, Unsupported with 420', async () => {
    const { ask } = setUp();
    const [options] = await ask('OPTIONS');
    expect(options?.headers.getAll('Allow')).toContain('INVITE');
    expect(options?.headers.getAll('Accept')).toEqual(['text/plain', 'application/sdp']);
    expect(options?.body?.toString()).toContain('m=message 5060 sip null\r\na=accept-types:text/plain\r\n');
    const [plain] = await ask('OPTIONS', { headers: [['Accept', 'text/plain']] });
    expect(plain?.body).toBeUndefined();
    expect((await ask('PUBLISH'))[0]?.headers.getAll('Allow')).toEqual(options?.headers.getAll('Allow'));
    const [required] = await ask('MESSAGE', { headers: [['Require', '100rel, timer']] });
    expect(required?.headers.getAll('Unsupported')).toEqual(['100rel', 'timer']);
  });

  it('ACK is never answered [RFC 3261 §17]', async () => {
    const { ask, outgoing } = setUp();
    expect(await ask('ACK')).toEqual([]);
    expect(outgoing).toEqual([]);
  });

  it('is the matter of presence when it is a NOTIFY or a BENOTIFY, which alone is never answered [MS-SIP 4.4]', async () => {
    const notified: string[] = [];
    const { ask } = setUp({ onNotify: ({ request }) => void notified.push(request.method) });
    for (const method of ['NOTIFY', 'BENOTIFY']) await ask(method, { to: inDialog });
    expect(notified).toEqual(['NOTIFY', 'BENOTIFY']);
  });

  it.each(['MESSAGE', 'OPTIONS', 'REGISTER'])(
    '%s of anybody else is 403, and the reason stays here',
    async (method) => {
      const { ask, outgoing, untrusted } = setUp({ trust: async () => refuse('expired: yesterday') });
      expect(await ask(method)).toMatchObject([{ status: 403, reason: 'Not A Trusted Peer' }]);
      expect(untrusted).toEqual([[tcpSource, 'expired: yesterday']]);
      expect(outgoing).toEqual([]);
    },
  );

  it('keeps its place in the order while trust is being found out', async () => {
    const { ask, outgoing } = setUp({
      trust: () => new Promise((resolve) => void setImmediate(resolve, ok(undefined))),
    });
    await Promise.all(['a', 'b', 'c'].map((user) => ask('MESSAGE', { from: `sip:${user}@contoso.example` })));
    await settle();
    expect(outgoing).toEqual(['a', 'b', 'c'].map((user) => `sip:${user}@contoso.example`));
  });
});

describe('a request for a user of the next hop', () => {
  const message = {
    method: 'MESSAGE',
    from: 'sip:bob@fabrikam.example',
    to: 'sip:alice@contoso.example',
    headers: [['Content-Type', 'text/plain']] as const,
    body: Buffer.from('Grüße'),
  };

  it('goes to the hop, addressed to the user, and ends with what the hop says', async () => {
    const { hop, endpoint } = setUp();
    const final = hop.deliver(message);
    const [sent] = endpoint.sent;
    expect(sent?.destination).toEqual(destination);
    expect(sent?.request).toMatchObject({ method: 'MESSAGE', requestUri: message.to, body: message.body });
    const header = (name: string): string | undefined => sent?.request.headers.get(name);
    expect(['From', 'To', 'CSeq', 'Content-Type'].map(header)).toEqual([
      '<sip:bob@fabrikam.example>;tag=t64',
      '<sip:alice@contoso.example>',
      '1 MESSAGE',
      'text/plain',
    ]);
    sent?.answer(404);
    expect(await final).toMatchObject({ ok: true, response: { status: 404 } });
  });

  it('says which client of the contact it comes from, and asserts who he is, by name where one is known', async () => {
    const { hop, endpoint } = setUp();
    void hop.deliver({ ...message, speaker: { epid: '0123456789ab', name: 'Bob' } });
    void hop.deliver(message);
    const fields = endpoint.sent.map(({ request: { headers } }) => [
      headers.get('From'),
      headers.get('P-Asserted-Identity'),
    ]);
    expect(fields).toEqual([
      ['<sip:bob@fabrikam.example>;tag=t64;epid=0123456789ab', '"Bob" <sip:bob@fabrikam.example>'],
      ['<sip:bob@fabrikam.example>;tag=t64', '<sip:bob@fabrikam.example>'],
    ]);
  });

  it('fails at once when no hop is set', async () => {
    const { hop, endpoint } = setUp({ destination: () => undefined });
    expect(await hop.deliver(message)).toEqual({ ok: false, why: 'transport', detail: 'there is no next hop' });
    expect(endpoint.sent).toEqual([]);
  });
});
