import { describe, expect, it } from '@jest/globals';

import { maxWatcherInfoOctets, type Watcher } from '../../../../src/gateway/sip/bodies/watcher-info.ts';
import { childrenNamed, parseXmlBody } from '../../../../src/gateway/sip/bodies/xml-body.ts';
import { notifyBurst, notifyIntervalMs } from '../../../../src/gateway/sip/home/subscription-machine.ts';
import { alice, bob, type HomeScene, homeScene, statusOf, trusted } from './home-scene.ts';
import { type RequestParts, settle, udpSource } from './request-script.ts';

const aliceAor = 'sip:alice@sip.example';
const winfo = ['Event', 'presence.winfo'] as const;
const contact = ['Contact', '<sip:alice@192.0.2.1:5060>'] as const;
const watching = (parts: Partial<RequestParts> = {}, headers: RequestParts['headers'] = []): RequestParts => ({
  uri: aliceAor,
  callId: 'winfo-1',
  headers: [winfo, contact, ['Expires', '600'], ...headers],
  ...parts,
});
const juliet: Watcher = {
  id: 'link-1',
  uri: 'sip:juliet@xmpp.example',
  displayName: 'juliet@xmpp.example',
  status: 'pending',
  event: 'subscribe',
  duration: 30,
};
const gone: Watcher = { id: juliet.id, uri: juliet.uri, status: 'terminated', event: 'rejected' };

/** The NOTIFYs of one subscription, each as its version, its state and `status event uri` of its watchers. */
const told = ({ endpoint }: HomeScene, callId = 'winfo-1') =>
  endpoint.sent
    .filter(({ request }) => request.method === 'NOTIFY' && request.headers.get('Call-ID') === callId)
    .map(({ request }) => {
      const root = parseXmlBody(request.body ?? Buffer.alloc(0));
      if (!root.ok) throw new Error(root.error);
      const [list] = childrenNamed(root.value, 'watcher-list', 'urn:ietf:params:xml:ns:watcherinfo');
      const watchers = list?.children.map(({ attributes, text }) =>
        [attributes.get('status'), attributes.get('event'), text].join(' '),
      );
      const { attributes } = root.value;
      return [
        attributes.get('version'),
        attributes.get('state'),
        list?.attributes.get('resource'),
        ...(watchers ?? []),
      ];
    });

/** Whatever has been sent is answered, so that the next NOTIFY may leave. */
async function goOn({ endpoint, clock }: HomeScene): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const { answer } of endpoint.sent) answer(200);
    await settle();
    clock.advance(0);
    await settle();
  }
}

async function subscribed(): Promise<HomeScene> {
  const scene = homeScene();
  scene.handleAs(alice, 'SUBSCRIBE', watching());
  await settle();
  await goOn(scene);
  return scene;
}

describe('watcher information [RFC 3857, RFC 3858]', () => {
  it('tells a user at once who watches him: the full state, version 0', async () => {
    const scene = homeScene();
    scene.watchers.push(juliet);
    scene.handleAs(bob, 'SUBSCRIBE', {
      uri: aliceAor,
      callId: 'bob-1',
      headers: [
        ['Event', 'presence'],
        ['Contact', '<sip:bob@192.0.2.1:5070>'],
        ['Expires', '600'],
      ],
    });
    const subscribe = scene.handleAs(alice, 'SUBSCRIBE', watching());
    await settle();
    expect(statusOf(subscribe)).toEqual([200]);
    expect(told(scene)).toEqual([
      ['0', 'full', aliceAor, 'pending subscribe sip:juliet@xmpp.example', 'active subscribe sip:bob@sip.example'],
    ]);
    const { request } = scene.endpoint.sent.at(-1) ?? {};
    expect(request?.headers.get('Event')).toBe('presence.winfo');
    expect(request?.headers.get('Content-Type')).toBe('application/watcherinfo+xml');
    expect(request?.headers.get('Subscription-State')).toBe('active;expires=600');
    const body = String(request?.body);
    expect(body).toContain(
      '<watcher id="link-1" status="pending" event="subscribe" display-name="juliet@xmpp.example"',
    );
    expect(body).toContain(' duration-subscribed="30">');
    expect(body).toMatch(/status="active" event="subscribe" expiration="600" duration-subscribed="0">sip:bob/);
  });

  it('MUST count the version up by one for each document of a subscription, and by itself in each [RFC 3858 §3]', async () => {
    const scene = await subscribed();
    scene.watchers.push(juliet);
    scene.server.presence.watchersChanged(aliceAor);
    await goOn(scene);
    scene.handleAs(alice, 'SUBSCRIBE', watching({ callId: 'winfo-2' }));
    await settle();
    scene.watchers[0] = { ...juliet, status: 'active', event: 'approved' };
    scene.server.presence.watchersChanged(aliceAor);
    await goOn(scene);
    expect(told(scene).map(([version]) => version)).toEqual(['0', '1', '2']);
    expect(told(scene).at(-1)).toEqual(['2', 'full', aliceAor, 'active approved sip:juliet@xmpp.example']);
    expect(told(scene, 'winfo-2').map(([version]) => version)).toEqual(['0', '1']);
  });

  it('tells of an ended watcher once to each subscription that knew of it, whatever came together', async () => {
    const scene = homeScene();
    scene.watchers.push(juliet);
    scene.handleAs(alice, 'SUBSCRIBE', watching());
    await settle();
    // The first NOTIFY is still on its way: both changes wait for the next.
    scene.watchers.pop();
    scene.server.presence.watchersChanged(aliceAor, gone);
    scene.watchers.push({ ...juliet, id: 'link-2', uri: 'sip:romeo@xmpp.example' });
    scene.server.presence.watchersChanged(aliceAor);
    await goOn(scene);
    scene.handleAs(alice, 'SUBSCRIBE', watching({ callId: 'winfo-2' }));
    await settle();
    scene.server.presence.watchersChanged(aliceAor);
    await goOn(scene);
    const romeo = 'pending subscribe sip:romeo@xmpp.example';
    expect(told(scene)).toEqual([
      ['0', 'full', aliceAor, 'pending subscribe sip:juliet@xmpp.example'],
      ['1', 'full', aliceAor, romeo, 'terminated rejected sip:juliet@xmpp.example'],
      ['2', 'full', aliceAor, romeo],
    ]);
    expect(told(scene, 'winfo-2')[0]).toEqual(['0', 'full', aliceAor, romeo]);
  });

  it('SHOULD NOT tell of a state that is over at once: what changes together is one NOTIFY [RFC 3857 §4.7.2]', async () => {
    const scene = await subscribed();
    scene.watchers.push(juliet);
    scene.server.presence.watchersChanged(aliceAor);
    scene.watchers[0] = { ...juliet, status: 'active', event: 'approved' };
    scene.server.presence.watchersChanged(aliceAor);
    await goOn(scene);
    expect(told(scene).slice(1)).toEqual([['1', 'full', aliceAor, 'active approved sip:juliet@xmpp.example']]);
  });

  it('tells of no watcher that came and went before it could be told', async () => {
    const scene = await subscribed();
    scene.server.presence.watchersChanged(aliceAor, gone);
    await goOn(scene);
    expect(told(scene).at(-1)).toEqual(['1', 'full', aliceAor]);
  });

  it('tells of a watcher that is back as it is now', async () => {
    const scene = homeScene();
    scene.watchers.push(juliet);
    scene.handleAs(alice, 'SUBSCRIBE', watching());
    await goOn(scene);
    scene.server.presence.watchersChanged(aliceAor, gone);
    await goOn(scene);
    expect(told(scene).at(-1)).toEqual(['1', 'full', aliceAor, 'pending subscribe sip:juliet@xmpp.example']);
  });

  it('follows the local watchers as well, and keeps their ids', async () => {
    const scene = await subscribed();
    const subscribe = (cSeq: number, expires: string, tag = ''): RequestParts => ({
      uri: aliceAor,
      to: `<${aliceAor}>${tag}`,
      callId: 'bob-1',
      cSeq,
      headers: [
        ['Event', 'presence'],
        ['Contact', '<sip:bob@192.0.2.1:5070>'],
        ['Expires', expires],
      ],
    });
    scene.handleAs(bob, 'SUBSCRIBE', subscribe(1, '600'));
    await goOn(scene);
    scene.watchers.push(juliet);
    scene.server.presence.watchersChanged(aliceAor);
    await goOn(scene);
    scene.handleAs(bob, 'SUBSCRIBE', subscribe(5, '0', ';tag=t1'));
    await goOn(scene);
    const ids = scene.endpoint.sent.flatMap(
      ({ request }) => /<watcher id="([^"]+)"[^>]*>sip:bob/.exec(String(request.body))?.[1] ?? [],
    );
    expect(told(scene).map((document) => document.filter((part) => part?.endsWith('sip:bob@sip.example')))).toEqual([
      [],
      ['active subscribe sip:bob@sip.example'],
      ['active subscribe sip:bob@sip.example'],
      ['terminated timeout sip:bob@sip.example'],
    ]);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[\w-]{43}$/);
  });

  it('shows no fetch of a watcher: its states are over at once [RFC 3857 §4.7.2]', async () => {
    const scene = await subscribed();
    scene.handleAs(bob, 'SUBSCRIBE', {
      uri: aliceAor,
      callId: 'bob-1',
      headers: [
        ['Event', 'presence'],
        ['Contact', '<sip:bob@192.0.2.1:5070>'],
        ['Expires', '0'],
      ],
    });
    await goOn(scene);
    expect(told(scene)).toHaveLength(1);
  });

  it('answers a fetch with the full state in one NOTIFY', async () => {
    const scene = homeScene();
    scene.watchers.push(juliet);
    scene.handleAs(alice, 'SUBSCRIBE', watching({ headers: [winfo, contact, ['Expires', '0']] }));
    await settle();
    expect(told(scene)).toEqual([['0', 'full', aliceAor, 'pending subscribe sip:juliet@xmpp.example']]);
    expect(scene.endpoint.sent[0]?.request.headers.get('Subscription-State')).toBe('terminated;reason=timeout');
  });

  it('SHOULD NOT notify faster than every 5 s on average [RFC 3857 §4.10]', async () => {
    const scene = await subscribed();
    for (let change = 0; change < notifyBurst + 3; change += 1) {
      scene.server.presence.watchersChanged(aliceAor);
      await goOn(scene);
    }
    expect(told(scene)).toHaveLength(notifyBurst);
    scene.clock.advance(notifyIntervalMs);
    await goOn(scene);
    expect(told(scene)).toHaveLength(notifyBurst + 1);
  });

  it('is for the user himself alone', async () => {
    const scene = homeScene();
    const other = { uri: aliceAor, headers: [winfo, contact] };
    expect(statusOf(scene.handleAs(bob, 'SUBSCRIBE', other))).toEqual([403]);
    expect(statusOf(scene.handleAs(bob, 'SUBSCRIBE', { ...other, uri: 'sip:juliet@xmpp.example' }))).toEqual([403]);
    expect(statusOf(scene.handle('SUBSCRIBE', { ...other, from: 'sip:eve@elsewhere.example' }, trusted))).toEqual([
      403,
    ]);
    await settle();
    expect(scene.endpoint.sent).toEqual([]);
  });

  it('lets nobody else refresh it, and nobody refresh it as presence', async () => {
    const scene = await subscribed();
    const inDialog = { to: `<${aliceAor}>;tag=t1`, cSeq: 5 };
    const asBob = { ...watching(inDialog), from: '<sip:bob@sip.example>;tag=f1' };
    expect(statusOf(scene.handleAs(bob, 'SUBSCRIBE', asBob))).toEqual([481]);
    const asPresence = watching({ ...inDialog, headers: [['Event', 'presence'], contact, ['Expires', '900']] });
    expect(statusOf(scene.handleAs(alice, 'SUBSCRIBE', asPresence))).toEqual([481]);
    expect(statusOf(scene.handleAs(alice, 'SUBSCRIBE', watching({ ...inDialog, cSeq: 7 })))).toEqual([200]);
    await settle();
    expect(told(scene).map(([version]) => version)).toEqual(['0', '1']);
  });

  it.each([
    ['watcher information of watcher information with 489', [['Event', 'presence.winfo.winfo']], 489],
    ['a client that reads no watcherinfo with 406', [winfo, ['Accept', 'application/pidf+xml']], 406],
    ['less than a minute with 423', [winfo, contact, ['Expires', '5']], 423],
  ] as const)('refuses %s', async (_, headers, status) => {
    const scene = homeScene();
    const { answers } = scene.handleAs(alice, 'SUBSCRIBE', { uri: aliceAor, headers });
    await settle();
    expect(answers).toMatchObject([{ status }]);
    const [answer] = answers;
    if (status === 489) expect(answer?.headers.getAll('Allow-Events')).toEqual(['presence', 'presence.winfo']);
    if (status === 406) expect(answer?.headers.get('Accept')).toBe('application/watcherinfo+xml');
  });

  it('names the undecided first, then those who came last, and no more than fit in a datagram', async () => {
    const scene = homeScene();
    for (let index = 0; index < 1000; index += 1) {
      const status = index % 10 === 0 ? 'pending' : 'active';
      const uri = `sip:u${index}@${'x'.repeat(100)}.example`;
      scene.watchers.push({ id: `w${index}`, uri, status, event: 'subscribe', duration: index });
    }
    scene.handleAs(alice, 'SUBSCRIBE', watching());
    await settle();
    const [, , , ...watchers] = told(scene)[0] ?? [];
    const names = watchers.map((watcher) =>
      /^(\w+) subscribe sip:(u\d+)@/
        .exec(watcher ?? '')
        ?.slice(1)
        .join(' '),
    );
    expect(names.slice(0, 2)).toEqual(['pending u0', 'pending u10']);
    expect(names.slice(99, 103)).toEqual(['pending u990', 'active u1', 'active u2', 'active u3']);
    const octets = Number(scene.endpoint.sent[0]?.request.body?.length);
    expect(octets).toBeGreaterThan(maxWatcherInfoOctets - 1000);
    expect(octets).toBeLessThan(maxWatcherInfoOctets + 1000);
  });

  it('escapes what came from others', async () => {
    const scene = homeScene();
    scene.watchers.push({ ...juliet, uri: 'sip:a&b@x.example', displayName: '"><evil/>' });
    scene.handleAs(alice, 'SUBSCRIBE', watching());
    await settle();
    expect(told(scene)).toEqual([['0', 'full', aliceAor, 'pending subscribe sip:a&b@x.example']]);
    expect(String(scene.endpoint.sent[0]?.request.body)).not.toContain('<evil');
  });

  it('leaves no timer behind when the server is closed, and keeps nothing for those who do not ask', async () => {
    const idle = homeScene();
    idle.server.presence.watchersChanged(aliceAor, gone);
    expect(idle.clock.pending()).toBe(0);
    const scene = await subscribed();
    scene.server.presence.watchersChanged(aliceAor);
    scene.server.close();
    expect(scene.clock.pending()).toBe(0);
  });

  it('comes to the connection of the user', async () => {
    const scene = homeScene();
    scene.handleAs(alice, 'SUBSCRIBE', watching(), { ...udpSource, port: 7070 });
    await settle();
    expect(scene.endpoint.sent[0]?.destination).toMatchObject({ host: '192.0.2.1', port: 7070 });
  });
});
