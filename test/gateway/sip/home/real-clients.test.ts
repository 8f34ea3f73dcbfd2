import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { createHomeServer, type HomeServer } from '../../../../src/gateway/sip/home/home-server.ts';
import { createSipEndpoint, type SipEndpoint } from '../../../../src/gateway/sip/sip-endpoint.ts';
import { realClock } from '../../../../src/primitives/clock.ts';
import { randomIds } from '../../../../src/primitives/ids.ts';
import { Secret } from '../../../../src/primitives/secret.ts';
import { startBaresip } from '../../../peers/baresip.ts';
import {
  publishScenario,
  receiveMessageScenario,
  registerScenario,
  runSipp,
  type SippOptions,
  sendMessageScenario,
  startSipp,
  subscribeScenario,
} from '../../../peers/sipp.ts';
import { describeWithPeers, peers } from '../../../support/needs-peer.ts';
import { md5 } from './request-script.ts';

const domain = 'sip.example';
const users = new Map(['alice', 'bob', 'carol'].map((name) => [`sip:${name}@${domain}`, `${name}pw`]));

let endpoint: SipEndpoint;
let home: HomeServer;
let server: { host: string; port: number };
let presence: string[];
/** Resolves when the server has sent its first NOTIFY. */
let firstNotify: Promise<void>;

beforeEach(async () => {
  presence = [];
  let notified = (): void => undefined;
  firstNotify = new Promise((resolve) => {
    notified = resolve;
  });
  endpoint = createSipEndpoint({
    clock: realClock,
    ids: randomIds,
    listen: { address: '127.0.0.1', port: 0, tlsPort: 0 },
    onRequest: (request) => home.handle(request),
    onEvent(event) {
      if (event.type === 'sent' && event.message.kind === 'request') notified();
    },
  });
  home = createHomeServer({
    clock: realClock,
    ids: randomIds,
    endpoint,
    isLocalDomain: (name) => name === domain,
    user(aor) {
      const password = users.get(aor);
      const name = /^sip:(.*)@/.exec(aor)?.[1] ?? '';
      return password === undefined
        ? undefined
        : { credentials: { md5: new Secret(md5(`${name}:${domain}:${password}`)) } };
    },
    isTrustedPeer: () => false,
    realm: (name) => name,
    offerSha256: () => false,
    onOutgoing: ({ respond }) => respond(404),
    onPresenceChange: (aor, { tuples, person }) =>
      void presence.push([aor, tuples[0]?.basic, ...(person?.activities ?? [])].join(' ')),
    onSubscribed: () => undefined,
    onUnsubscribed: () => undefined,
    watchersElsewhere: () => [],
  });
  const [listener] = await endpoint.listen();
  server = { host: '127.0.0.1', port: listener?.port ?? 0 };
});

afterEach(async () => {
  home.close();
  await endpoint.close();
});

type Transport = SippOptions['transport'];

function sippAs(name: string, transport: Transport, scenario: string, keys: SippOptions['keys'] = {}) {
  return runSipp({
    server,
    transport,
    scenario,
    user: name,
    password: `${name}pw`,
    keys: { domain, ...keys },
  });
}

const register = (name: string, transport: Transport, port: number, more: Partial<SippOptions> = {}) =>
  runSipp({
    server,
    transport,
    scenario: registerScenario(),
    user: name,
    password: `${name}pw`,
    keys: { domain, contact_port: String(port), expires: '600' },
    ...more,
  });

describeWithPeers('the home server with sipp', [peers.sipp], () => {
  it.each(['udp', 'tcp'] as const)('registers a user with digest over %s', async (transport) => {
    const { exitCode, messages } = await register('bob', transport, 5099);
    expect(exitCode).toBe(0);
    expect(messages).toMatch(/SIP\/2\.0 200 OK[^]*Expires: 600/);
    expect(home.registrations()).toMatchObject([{ aor: 'sip:bob@sip.example', transport, port: 5099 }]);
  });

  it.each(['udp', 'tcp'] as const)('refuses a wrong password over %s with another challenge', async (transport) => {
    const { exitCode } = await register('bob', transport, 5099, { password: 'guess', scenario: registerScenario(401) });
    expect(exitCode).toBe(0);
    expect(home.registrations()).toEqual([]);
  });

  it.each(['udp', 'tcp'] as const)('brings a message from one user to another over %s', async (transport) => {
    const bob = await startSipp({ scenario: receiveMessageScenario(), transport });
    await register('bob', transport, bob.port);
    const keys = { to: 'sip:bob@sip.example', body: 'Wherefore art thou Romeo?' };
    const alice = await sippAs('alice', transport, sendMessageScenario(), keys);
    expect({ ...alice, messages: '' }).toEqual({ exitCode: 0, messages: '', errors: '' });
    const { exitCode, messages } = await bob.finished;
    expect(exitCode).toBe(0);
    expect(messages).toContain('Wherefore art thou Romeo?');
    expect(messages).not.toContain('Proxy-Authorization');
  });

  it('answers 480 for a user who is offline and 404 for nobody', async () => {
    const toBob = { to: 'sip:bob@sip.example', body: 'hi' };
    expect((await sippAs('alice', 'udp', sendMessageScenario(480), toBob)).exitCode).toBe(0);
    const toNobody = { to: 'sip:nobody@sip.example', body: 'hi' };
    expect((await sippAs('alice', 'udp', sendMessageScenario(404), toNobody)).exitCode).toBe(0);
  });

  it.each(['udp', 'tcp'] as const)('tells a watcher over %s what a user publishes', async (transport) => {
    const watcher = await startSipp({
      server,
      transport,
      scenario: subscribeScenario(2),
      user: 'alice',
      password: 'alicepw',
      keys: { domain, to: 'sip:bob@sip.example' },
    });
    await firstNotify;
    const published = await sippAs('bob', transport, publishScenario(), { activity: 'busy', note: 'in a review' });
    expect(published.exitCode).toBe(0);
    expect(published.messages).toMatch(/SIP-ETag: [0-9a-f]{32}/);
    expect(presence).toEqual(['sip:bob@sip.example open busy']);
    const { exitCode, messages } = await watcher.finished;
    expect(exitCode).toBe(0);
    const notified = messages.split('NOTIFY sip:alice').slice(1);
    expect(notified[0]).toMatch(/Subscription-State: active;expires=\d+[^]*<basic>closed<\/basic>/);
    expect(notified[1]).toMatch(/<basic>open<\/basic>[^]*<rpid:busy\/>/);
    expect(notified[1]).toContain('in a review');
  });
});

describeWithPeers('the home server with baresip 1.0', [peers.baresip, peers.script, peers.sipp], () => {
  const start = (name: string, transport: Transport, more: Partial<Parameters<typeof startBaresip>[0]> = {}) =>
    startBaresip({ server, transport, user: name, password: `${name}pw`, domain, ...more });

  it.each(['udp', 'tcp'] as const)('registers it over %s, and shows its presence', async (transport) => {
    const carol = await start('carol', transport);
    await carol.registered();
    expect(home.registrations()).toMatchObject([{ aor: 'sip:carol@sip.example', transport }]);
    await carol.stop();
    expect(home.registrations()).toEqual([]);
    expect(presence.at(-1)).toBe('sip:carol@sip.example closed');
  });

  it('refuses it with a wrong password', async () => {
    const carol = await start('carol', 'udp', { password: 'guess' });
    await carol.waitFor(/401 Unauthorized/);
    expect(home.registrations()).toEqual([]);
    await carol.stop();
  });

  it.each(['udp', 'tcp'] as const)('carries messages between it and sipp over %s', async (transport) => {
    const bob = await startSipp({ scenario: receiveMessageScenario(), transport });
    await register('bob', transport, bob.port);
    const carol = await start('carol', transport, { contacts: ['sip:bob@sip.example'] });
    await carol.registered();

    await carol.send('sip:bob@sip.example', 'hello bob');
    expect((await bob.finished).messages).toContain('hello bob');

    const keys = { to: 'sip:carol@sip.example', body: 'hello carol' };
    const alice = await sippAs('alice', transport, sendMessageScenario(), keys);
    expect(alice.exitCode).toBe(0);
    expect(await carol.message('sip:alice@sip.example')).toBe('hello carol');
    await carol.stop();
  });

  it('shows it what a contact publishes', async () => {
    const carol = await start('carol', 'udp', { contacts: ['sip:bob@sip.example'], watches: true });
    await carol.registered();
    await firstNotify;
    const published = await sippAs('bob', 'udp', publishScenario(), { activity: 'busy', note: 'x' });
    expect(published.exitCode).toBe(0);
    await carol.waitFor(/NOTIFY sip:carol[^]*<rpid:busy\/>/);
    await carol.command('contacts');
    await carol.waitFor(/Busy/);
    await carol.stop();
  });
});
