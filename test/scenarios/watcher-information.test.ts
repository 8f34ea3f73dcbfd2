/** A user approves a contact by SIP alone: sees who asks, adds it, sees that it watches; and loses everything when removed. */
import { expect, it } from '@jest/globals';

import { runSipp, startSipp, subscribeScenario } from '../peers/sipp.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { until } from '../support/shown-certificate.ts';
import { federate, passwords } from './federation.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const alice = 'alice@contoso.example';
const bob = 'bob@fabrikam.example';

describeWithPeers('a user who asks for watcher information', [peers.prosody, peers.sipp], () => {
  it(
    'sees the request of a contact, approves it by adding the contact, and is let go when the user is removed',
    async () => {
      const { site, ...federation } = await federate({
        peer: 'external',
        partner: ['-SupportDialbackNegotiation', 'false'],
      });
      await site.run('set-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'PublicUnverified');
      const server = { host: '127.0.0.1', port: site.sipPort };
      const account = { server, transport: 'udp', user: 'alice', password: passwords.alice } as const;
      await federation.aliceReceives();
      const watching = await startSipp({
        ...account,
        // Nobody; who asks; the same one approved; the end.
        scenario: subscribeScenario(4, 'presence.winfo', 'application/watcherinfo+xml'),
        keys: { domain: 'contoso.example', to: `sip:${alice}` },
        timeoutSeconds: 60,
      });

      /** The gateway answers by SIP in its own time: asked until the NOTIFY is there. */
      const notified = async (version: number): Promise<string> => {
        const parts = (): string[] => watching.messages().split('NOTIFY sip:alice').slice(1);
        const ask = () => site.run('get-presencesubscription').then(parts);
        return (await until(ask, (all) => all.length > version))[version] ?? '';
      };
      expect(await notified(0)).toMatch(/Subscription-State: active;expires=\d+[^]*version="0" state="full"/);

      const client = await federation.bob();
      client.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
      client.sendPresence();
      const presence = (type: string) =>
        client.waitFor(
          `presence ${type}`,
          ({ name, attributes }) =>
            name === 'presence' && attributes['type'] === type && attributes['from']?.startsWith(alice) === true,
        );
      client.sendPresence({ to: alice, type: 'subscribe' });
      expect(await notified(1)).toMatch(
        /version="1"[^]*<watcher [^>]*status="pending" event="subscribe"[^>]*>sip:bob@/,
      );

      const keys = { domain: 'contoso.example', to: `sip:${bob}` };
      const adds = await runSipp({ ...account, scenario: subscribeScenario(1), keys });
      expect(adds.exitCode).toBe(0);
      await presence('subscribed');
      expect(await notified(2)).toMatch(/version="2"[^]*<watcher [^>]*status="active" event="approved"[^>]*>sip:bob@/);

      await site.run('remove-user', `sip:${alice}`, '-Force');

      expect((await watching.finished).exitCode).toBe(0);
      expect(await notified(3)).toMatch(/Subscription-State: terminated;reason=rejected/);
      expect(await site.run('get-service')).toMatchObject([{ Registrations: 0 }]);
    },
    patience,
  );
});
