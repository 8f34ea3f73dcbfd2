/** A gateway that is stopped while messages are under way, with a real XMPP server that counts them [XEP-0198]: none is lost in silence. */
import path from 'node:path';

import { expect, it } from '@jest/globals';

import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import { type HoldingSipClient, startHoldingSipClient } from '../peers/holding-sip-client.ts';
import { type RunningProcess, startProcess } from '../peers/running-process.ts';
import { registerScenario, runSipp } from '../peers/sipp.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { cleanEnvironment } from '../support/xgw.ts';
import type { XmppClient } from '../support/xmpp-client.ts';
import { type Federation, federate, passwords } from './federation.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const alice = 'alice@contoso.example';

const counting = {
  peer: 'external',
  modulesEnabled: ['smacks'],
  partner: ['-SupportDialbackNegotiation', 'false'],
} as const;

async function register({ site }: Federation, client: HoldingSipClient): Promise<void> {
  const { exitCode, errors } = await runSipp({
    ...{ server: { host: '127.0.0.1', port: site.sipPort }, transport: 'udp', scenario: registerScenario() },
    ...{ user: 'alice', password: passwords.alice },
    keys: { domain: 'contoso.example', contact_port: String(client.port), expires: '600' },
  });
  if (exitCode !== 0) throw new Error(`alice is not registered: ${errors}`);
}

interface Scene {
  readonly federation: Federation;
  readonly bob: XmppClient;
  readonly client: HoldingSipClient;
}

async function scene(): Promise<Scene> {
  const federation = await federate(counting);
  const client = await startHoldingSipClient();
  await register(federation, client);
  return { federation, bob: await federation.bob(), client };
}

const isErrorOf =
  (id: string) =>
  ({ name, attributes }: Element): boolean =>
    name === 'message' && attributes['type'] === 'error' && attributes['id'] === id;

async function untilStopping({ site }: Federation): Promise<void> {
  for (;;) {
    const [service] = await site.run('get-service');
    if (service?.['Status'] === 'Draining') return;
  }
}

describeWithPeers('stop-service', [peers.prosody, peers.sipp], () => {
  it(
    '-Graceful finishes the message that is under way, refuses new ones, and ends then',
    async () => {
      const { federation, bob, client } = await scene();
      bob.sendMessage(alice, 'held', 'held');
      await client.arrived('held');
      const stopping = federation.site.type('stop-service', '-Graceful', '-DrainTimeout', '600');
      await untilStopping(federation);
      bob.sendMessage(alice, 'late', 'late');
      await bob.waitFor('the refusal', isErrorOf('late'));
      client.release();
      expect((await stopping).code).toBe(0);
      expect(client.bodies).toEqual(['held']);
      const events = await federation.site.run('get-eventlog', '-Level', 'debug', '-Filter', 'MessageDelivered');
      expect(events).toHaveLength(1);
      expect(bob.received.filter(isErrorOf('held'))).toEqual([]);
    },
    patience,
  );

  it(
    'said again without -Graceful ends the waiting, and the sender of what was under way is told',
    async () => {
      const { federation, bob, client } = await scene();
      bob.sendMessage(alice, 'held', 'held');
      await client.arrived('held');
      const graceful = federation.site.type('stop-service', '-Graceful', '-DrainTimeout', '3600');
      await untilStopping(federation);
      expect((await federation.site.type('stop-service')).code).toBe(0);
      expect((await graceful).code).toBe(0);
      await bob.waitFor('the refusal', isErrorOf('held'));
    },
    patience,
  );

  it(
    '-Graceful says at Ctrl-C what a second one does, and closes at the second: the sender is told',
    async () => {
      const { federation, bob, client } = await scene();
      bob.sendMessage(alice, 'held', 'held');
      await client.arrived('held');
      const stopping = typing(federation, 'stop-service', '-Graceful', '-DrainTimeout', '3600');
      await untilStopping(federation);
      process.kill(stopping.pid, 'SIGINT');
      await stopping.waitFor(/Ctrl-C once more closes it now/);
      process.kill(stopping.pid, 'SIGINT');
      await bob.waitFor('the refusal', isErrorOf('held'));
      expect(await stopping.finished).toBe(130);
      expect(await federation.site.run('get-service')).toMatchObject([{ Status: 'Stopped' }]);
    },
    patience,
  );

  it(
    'and start-service lose no message: each is seen by her, or he is told that it was not',
    async () => {
      const { federation, bob, client } = await scene();
      client.release();
      const ids: string[] = [];
      const say = (count: number): void => {
        for (let index = 0; index < count; index += 1) {
          const id = `m${ids.length}`;
          ids.push(id);
          bob.sendMessage(alice, id, id);
        }
      };
      say(1);
      await client.arrived('m0');
      const stopped = federation.site.type('stop-service');
      say(20);
      await untilGone(federation);
      say(20);
      expect((await stopped).code).toBe(0);
      await federation.site.run('start-service');
      await register(federation, client);
      say(5);
      // Prosody 0.12 sends what comes between its authentication and our features before what it had queued: no order here.
      await Promise.all(
        ids.map((id) => Promise.any([client.arrived(id), bob.waitFor(`news of ${id}`, isErrorOf(id), 60_000)])),
      );
    },
    patience,
  );
});

describeWithPeers('a gateway that gets SIGTERM or Ctrl-C', [peers.prosody, peers.sipp], () => {
  it(
    'finishes the message that is under way, refuses new ones, and ends then',
    async () => {
      const { federation, bob, client } = await scene();
      bob.sendMessage(alice, 'held', 'held');
      await client.arrived('held');
      await federation.site.run('wait-service', ...connected, '-Timeout', '0');
      process.kill(await processOf(federation), 'SIGTERM');
      await untilStopping(federation);
      bob.sendMessage(alice, 'late', 'late');
      await bob.waitFor('the refusal', isErrorOf('late'));
      client.release();
      await federation.site.run('wait-service', '-Condition', 'Stopped');
      expect(client.bodies).toEqual(['held']);
      expect(bob.received.filter(isErrorOf('held'))).toEqual([]);
      expect(await federation.site.run('get-service')).toMatchObject([{ Status: 'Stopped' }]);
    },
    patience,
  );

  it(
    'twice, closes at once, and the sender of what was under way is told',
    async () => {
      const { federation, bob, client } = await scene();
      bob.sendMessage(alice, 'held', 'held');
      await client.arrived('held');
      const gateway = await processOf(federation);
      process.kill(gateway, 'SIGINT');
      await untilStopping(federation);
      process.kill(gateway, 'SIGINT');
      await bob.waitFor('the refusal', isErrorOf('held'));
      await federation.site.run('wait-service', '-Condition', 'Stopped');
      expect(await federation.site.run('get-service')).toMatchObject([{ Status: 'Stopped' }]);
    },
    patience,
  );
});

const connected = ['-Condition', 'PartnerConnected', '-Partner', 'fabrikam.example'];

const processOf = async ({ site }: Federation): Promise<number> =>
  Number((await site.run('get-service'))[0]?.['ProcessId']);

const typing = ({ site }: Federation, ...words: readonly string[]): RunningProcess =>
  startProcess(process.execPath, [path.resolve('bin/xgw'), ...words], path.dirname(site.home), {
    env: cleanEnvironment({ XGW_HOME: site.home }),
  });

async function untilGone({ site }: Federation): Promise<void> {
  for (;;) {
    const [service] = await site.run('get-service');
    if (service?.['Status'] !== 'Running') return;
  }
}
