import { describe, expect, it } from '@jest/globals';

import { type HopPresence, type HopPresenceOptions, hopPresence } from '../../src/gateway/hop-presence.ts';
import type { HeaderField } from '../../src/gateway/sip/headers.ts';
import type { SubscribedEvent } from '../../src/gateway/sip/home/notifier.ts';
import type { PresenceNews } from '../../src/gateway/sip/subscriber/subscriber.ts';
import { movableClock } from '../support/movable-clock.ts';
import {
  type Answer,
  incomingRequest,
  type RequestParts,
  responseWith,
  type Sent,
  scriptedEndpoint,
  settle,
  sipRequest,
  tcpSource,
} from './sip/home/request-script.ts';

const destination = { transport: 'tcp', host: 'pool.contoso.example', port: 5060 } as const;
const ends = { userAor: 'sip:alice@contoso.example', contactAor: 'sip:bob@fabrikam.example' };
const open =
  '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@contoso.example"><tuple id="t"><status><basic>open</basic></status></tuple></presence>';

function setUp(isConfigured = true, more: Partial<HopPresenceOptions> = {}) {
  const [endpoint, clock] = [scriptedEndpoint(), movableClock()];
  const news: PresenceNews[] = [];
  const subscribed: SubscribedEvent[] = [];
  let tokens = 0;
  const presence: HopPresence = hopPresence({
    clock,
    ids: { token: () => `t${(tokens += 1)}` },
    endpoint,
    destination: (_userAor, source) =>
      isConfigured ? { ...destination, ...(source && { connectionId: source.connectionId }) } : undefined,
    isLocalDomain: (domain) => domain === 'contoso.example',
    fraction: () => 0,
    refreshSeconds: () => 7200,
    onSubscribed: (event) => void subscribed.push(event),
    onNews: (_ends, told) => void news.push(told),
    ...more,
  });
  const last = (): Sent => {
    const sent = endpoint.sent.at(-1);
    if (sent === undefined) throw new Error('nothing was sent');
    return sent;
  };
  const header = (name: string, sent = last()): string => sent.request.headers.getAll(name).join(', ');

  /** A NOTIFY in answer to the last SUBSCRIBE. */
  function notify(
    state: string,
    body = '',
    more: RequestParts & { readonly type?: string; readonly fork?: string; readonly method?: string } = {},
  ): Answer[] {
    const { type = 'application/pidf+xml', fork = 'n1', method = 'NOTIFY', ...parts } = more;
    const incoming = incomingRequest(
      sipRequest(method, {
        uri: 'sip:bob@192.0.2.9',
        from: `<sip:alice@contoso.example>;tag=${fork}`,
        to: header('From'),
        callId: header('Call-ID'),
        headers: [
          ['Contact', '<sip:192.0.2.50:5060;transport=tcp>'],
          ['Event', 'presence'],
          ['Subscription-State', state],
          ...(body === '' ? [] : [['Content-Type', type] as const]),
        ],
        body,
        ...parts,
      }),
      tcpSource,
    );
    presence.notified(incoming);
    return incoming.answers;
  }

  function subscribe(uri: string, parts: RequestParts = {}): Promise<Answer[]> {
    const from = '<sip:alice@contoso.example>;tag=a1';
    const contact = ['Contact', '<sip:alice@192.0.2.1:5060>'] as const;
    const incoming = incomingRequest(
      sipRequest('SUBSCRIBE', { uri, from, headers: [contact, ['Event', 'presence']], ...parts }),
      tcpSource,
    );
    presence.subscribe(incoming, ends.userAor);
    return settle().then(() => incoming.answers);
  }
  return { presence, endpoint, clock, news, subscribed, last, header, notify, subscribe };
}

describe('a contact who may see a user behind the next hop', () => {
  it('watches the user there: a SUBSCRIBE in its name, for every document we can read', async () => {
    const { presence, last, header } = setUp();
    presence.follow(ends);
    await settle();
    expect(last()).toMatchObject({ destination, request: { method: 'SUBSCRIBE', requestUri: ends.userAor } });
    expect(header('From')).toMatch(/^<sip:bob@fabrikam\.example>;tag=/);
    expect([header('To'), header('Event'), header('Expires')]).toEqual([`<${ends.userAor}>`, 'presence', '7200']);
    expect(header('Accept')).toContain('application/msrtc-event-categories+xml');
    expect(header('Contact')).toBe('<sip:bob@192.0.2.9:5060;transport=tcp>');
  });

  it('is asked for once, however often it is followed', async () => {
    const { presence, endpoint } = setUp();
    presence.follow(ends);
    presence.follow(ends);
    await settle();
    expect(endpoint.sent).toHaveLength(1);
  });

  it('gets what the hop tells, and nothing is known before', async () => {
    const { presence, news, notify } = setUp();
    presence.follow(ends);
    await settle();
    expect(presence.presenceOf(ends)).toBeUndefined();
    expect(notify('pending;expires=600')).toMatchObject([{ status: 200 }]);
    expect(presence.presenceOf(ends)).toBeUndefined();
    expect(notify('active;expires=600', open, { cSeq: 2 })).toMatchObject([{ status: 200 }]);
    expect(presence.presenceOf(ends)?.tuples).toMatchObject([{ basic: 'open' }]);
    expect(news.map(({ what }) => what)).toEqual(['pending', 'active']);
    expect(presence.presenceOf({ ...ends, contactAor: 'sip:eve@fabrikam.example' })).toBeUndefined();
  });

  it.each<[string, number, Partial<RequestParts> & { type?: string; fork?: string; state?: string; body?: string }]>([
    ['of a dialog nobody knows', 481, { callId: 'other' }],
    ['with another To tag', 481, { to: '<sip:bob@fabrikam.example>;tag=other' }],
    ['of a fork that comes second', 481, { fork: 'n2', cSeq: 9 }],
    ['with an old CSeq', 481, { cSeq: 1 }],
    ['without Subscription-State', 400, { state: '', cSeq: 9 }],
    ['with a broken document', 415, { body: '<presence', cSeq: 9 }],
    ['with a document nobody reads', 415, { type: 'text/plain', body: 'open', cSeq: 9 }],
  ])('is not fooled by a NOTIFY %s: %i', async (_title, status, { state = 'active', body = '', ...more }) => {
    const { presence, news, notify } = setUp();
    presence.follow(ends);
    await settle();
    notify('active;expires=600', open, { cSeq: 5 });
    expect(notify(state, body, more)).toMatchObject([{ status }]);
    expect(news.map(({ what }) => what)).toEqual(['active']);
    expect(presence.presenceOf(ends)?.tuples).toHaveLength(1);
  });

  it('loses it when the hop says no, and is asked for no more', async () => {
    const { presence, endpoint, clock, news, notify } = setUp();
    presence.follow(ends);
    await settle();
    notify('active', open);
    notify('terminated;reason=rejected', '', { cSeq: 2 });
    expect(news.at(-1)).toEqual({ what: 'refused', reason: 'rejected' });
    expect(presence.presenceOf(ends)).toBeUndefined();
    clock.advance(86_400_000);
    await settle();
    expect(endpoint.sent).toHaveLength(1);
  });

  it('that cannot be asked for is asked for again later', async () => {
    const { presence, endpoint, clock, news, last } = setUp();
    presence.follow(ends);
    await settle();
    last().answer(503);
    await settle();
    expect(news).toEqual([{ what: 'unknown' }]);
    clock.advance(15_000);
    await settle();
    expect(endpoint.sent).toHaveLength(2);
  });

  it('is tried again where no next hop is configured', async () => {
    const { presence, endpoint, news } = setUp(false);
    presence.follow(ends);
    await settle();
    expect([endpoint.sent.length, news]).toEqual([0, [{ what: 'unknown' }]]);
  });

  it('may not see it any more: the subscription ends at the hop too', async () => {
    const { presence, notify, last, header } = setUp();
    presence.follow(ends);
    await settle();
    notify('active', open);
    last().answer(200);
    await settle();
    presence.unfollow(ends);
    await settle();
    expect([header('Expires'), header('To'), last().request.requestUri]).toEqual([
      '0',
      '<sip:alice@contoso.example>;tag=n1',
      'sip:192.0.2.50:5060;transport=tcp',
    ]);
    expect(presence.presenceOf(ends)).toBeUndefined();
  });
});

describe("Microsoft's shorter ways to notify [MS-SIP]", () => {
  /** The 2xx to the last SUBSCRIBE, with what it carries. */
  function accept({ header, last }: ReturnType<typeof setUp>, more: readonly HeaderField[], body = open): void {
    const { request } = last();
    const response = responseWith(200, [
      ...request.headers.fields.filter(([name]) => ['From', 'Call-ID', 'CSeq'].includes(name)),
      ['To', `${header('To').split(';', 1)[0]};tag=n1`],
      ['Contact', '<sip:192.0.2.50:5060;transport=tcp>'],
      ['Expires', '600'],
      ...more,
    ]);
    last().reply({ ...response, body: Buffer.from(body) });
  }
  const pidf: HeaderField = ['Content-Type', 'application/pidf+xml'];
  const piggybacked: readonly HeaderField[] = [['ms-piggyback-cseq', '1'], ['Event', 'presence'], pidf];
  const away = open.replace('</tuple>', '</tuple><note>away</note>');
  async function following() {
    const world = setUp();
    world.presence.follow(ends);
    await settle();
    return world;
  }
  const known = ({ presence }: ReturnType<typeof setUp>) => presence.presenceOf(ends);

  it('BENOTIFY says what a NOTIFY says', async () => {
    const world = await following();
    world.notify('active;expires=600', open, { method: 'BENOTIFY' });
    expect(known(world)?.tuples).toMatchObject([{ basic: 'open' }]);
    world.notify('terminated;reason=rejected', '', { method: 'BENOTIFY', cSeq: 2 });
    expect(world.news.at(-1)).toEqual({ what: 'refused', reason: 'rejected' });
  });

  it('a 2xx with ms-piggyback-cseq and a document is the first NOTIFY, and the next one goes on from there', async () => {
    const world = await following();
    accept(world, piggybacked);
    await settle();
    expect(known(world)?.tuples).toMatchObject([{ basic: 'open' }]);
    expect(world.notify('active;expires=600', away, { cSeq: 1 })).toMatchObject([{ status: 481 }]);
    expect(known(world)?.note).toBeUndefined();
    world.notify('active;expires=600', away, { cSeq: 2, method: 'BENOTIFY' });
    expect(known(world)?.note).toMatchObject({ text: 'away' });
    // It is no longer waited for another first one; the refresh comes inside of the dialog.
    world.clock.advance(540_000);
    await settle();
    expect(world.endpoint.sent).toHaveLength(2);
    expect(world.header('To')).toBe(`<${ends.userAor}>;tag=n1`);
  });

  it('the Subscription-State of such a 2xx counts', async () => {
    const world = await following();
    accept(world, [...piggybacked, ['Subscription-State', 'terminated;reason=noresource']]);
    await settle();
    expect(world.news).toEqual([{ what: 'refused', reason: 'noresource' }]);
  });

  it('does not put an older state in the place of a newer one that came first', async () => {
    const world = await following();
    world.notify('active;expires=600', away, { cSeq: 2 });
    accept(world, piggybacked);
    await settle();
    expect(known(world)?.note).toMatchObject({ text: 'away' });
  });

  it.each<[string, readonly HeaderField[], string]>([
    ['without the header', [pidf], open],
    ['with a number that is none', [['ms-piggyback-cseq', 'one'], pidf], open],
    ['with a broken document', piggybacked, '<presence'],
    [
      'with a document nobody reads',
      [
        ['ms-piggyback-cseq', '1'],
        ['Content-Type', 'text/plain'],
      ],
      'open',
    ],
    ['with a broken Subscription-State', [...piggybacked, ['Subscription-State', ';']], open],
    ['without a body', piggybacked, ''],
  ])('a 2xx %s is no NOTIFY: one must come within 32 s', async (_title, more, body) => {
    const world = await following();
    accept(world, more, body);
    await settle();
    expect([known(world), world.news]).toEqual([undefined, []]);
    world.clock.advance(32_000);
    expect(world.news).toEqual([{ what: 'unknown' }]);
  });

  it('a 2xx of a fork that came second is not listened to', async () => {
    const world = await following();
    world.notify('active;expires=600', open, { cSeq: 1, fork: 'n2' });
    accept(world, [['ms-piggyback-cseq', '7'], pidf], away);
    await settle();
    expect(known(world)?.note).toBeUndefined();
  });
});

describe('a user who moves to other servers', () => {
  it('is watched there anew: the subscription here is forgotten, and its NOTIFYs are none of ours', async () => {
    const { presence, endpoint, notify, clock, last } = setUp();
    presence.follow(ends);
    await settle();
    notify('active;expires=600', open);
    presence.forget((aor) => aor === 'sip:carol@contoso.example');
    expect(presence.presenceOf(ends)?.tuples).toHaveLength(1);
    presence.forget((aor) => aor === ends.userAor);
    expect(presence.presenceOf(ends)).toBeUndefined();
    expect(notify('active;expires=600', open, { cSeq: 2 })).toMatchObject([{ status: 481 }]);
    // What is still answered starts nothing again.
    last().answer(200);
    await settle();
    clock.advance(86_400_000);
    await settle();
    expect(endpoint.sent).toHaveLength(1);

    presence.follow(ends);
    await settle();
    expect(endpoint.sent).toHaveLength(2);
  });

  it('ends the subscriptions of his own devices, so that they ask where he is now', async () => {
    const { presence, subscribe, last, header } = setUp();
    await subscribe(ends.contactAor);
    last().answer(200);
    await settle();
    presence.forget((aor) => aor === ends.userAor);
    await settle();
    expect(header('Subscription-State')).toBe('terminated;reason=deactivated');
  });
});

describe('a device behind the next hop that watches a contact', () => {
  it('is told what is known, by way of the hop', async () => {
    const { presence, subscribe, subscribed, last, header } = setUp();
    expect(await subscribe(ends.contactAor)).toMatchObject([{ status: 200 }]);
    expect(subscribed).toMatchObject([{ watcherAor: ends.userAor, presentityUri: ends.contactAor }]);
    last().answer(200);
    await settle();
    presence.notify(ends.contactAor, ends.userAor, { state: 'active', document: open });
    await settle();
    expect(header('Subscription-State')).toMatch(/^active;expires=/);
    expect(last().destination).toEqual({ ...destination, connectionId: tcpSource.connectionId });
  });

  it.each([
    [false, 'application/pidf+xml', '<basic>open'],
    [true, 'application/msrtc-event-categories+xml', '<availability>3500<'],
  ])('of Lync gets PIDF, or categories when its Accept decides: %s', async (choosesByAccept, type, says) => {
    const { presence, subscribe, last, header } = setUp(true, { choosesByAccept: () => choosesByAccept });
    const accept = 'application/msrtc-event-categories+xml, application/xpidf+xml, application/pidf+xml';
    await subscribe(ends.contactAor, {
      headers: [
        ['Contact', '<sip:alice@192.0.2.1:5060>'],
        ['Event', 'presence'],
        ['Accept', accept],
      ],
    });
    last().answer(200);
    await settle();
    presence.notify(ends.contactAor, ends.userAor, { state: 'active', document: open });
    await settle();
    expect([header('Content-Type'), String(last().request.body)]).toEqual([type, expect.stringContaining(says)]);
  });

  it.each(['sip:carol@contoso.example', 'sip:fabrikam.example', 'tel:+15551234'])(
    'cannot watch %s here: 404',
    async (uri) => expect(await setUp().subscribe(uri)).toMatchObject([{ status: 404 }]),
  );

  it('has to subscribe anew to what nobody here remembers: 481', async () => {
    const to = '<sip:bob@fabrikam.example>;tag=gone';
    expect(await setUp().subscribe(ends.contactAor, { to })).toMatchObject([{ status: 481 }]);
  });
});
