/** Two real SIP proxies as the next hops of one domain, one over TLS with certificates on both sides and one over TCP: what happens when one of them ends, and when it is there again. */
import { expect, it } from '@jest/globals';

import { type Kamailio, startKamailio } from '../peers/kamailio.ts';
import { receiveMessageScenario, runSipp, startSipp } from '../peers/sipp.ts';
import { messageThroughProxy, registerAtProxy } from '../peers/sipp-behind-proxy.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { until } from '../support/shown-certificate.ts';
import { loginXmpp } from '../support/xmpp-client.ts';
import { bothWays, hopSite } from './hop-site.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const alice = { user: 'alice', domain: 'contoso.example' };
const aliceJid = 'alice@contoso.example';
const host = '127.0.0.1';

async function setUp() {
  const around = await hopSite([alice.domain]);
  const { authority, site, dns, prosody, sipTlsPort } = around;
  const proxy = { domain: alice.domain, users: [alice.user], roots: authority.rootPem };
  // The pool has one name, which each of its servers shows.
  const certificate = authority.issue({ names: ['pool.contoso.example'], extendedKeyUsage: bothWays });
  const overTls = { ...proxy, certificate, gateway: { host, port: sipTlsPort, transport: 'tls' } } as const;
  const overTcp = { ...proxy, certificate, gateway: { host, port: site.sipPort, transport: 'tcp' } } as const;
  const [first, second] = [await startKamailio(overTls), await startKamailio(overTcp)];
  dns.a('fe01.contoso.example', host);
  dns.a('fe02.contoso.example', host);

  const names = ['fe01.contoso.example', 'fe02.contoso.example'];
  const hops = [`${names[0]}:${first.tlsPort};transport=tls`, `${names[1]}:${second.port};transport=tcp`] as const;
  await around.configure(['contoso.example']);
  const route = ['-NextHop', hops.join(','), '-TlsName', 'pool.contoso.example', '-SessionMode', 'Pager'];
  await site.run('new-siproute', alice.domain, ...route);
  await site.run('start-service');
  const bob = await loginXmpp({
    port: prosody.c2sPort,
    domain: 'fabrikam.example',
    user: 'bob',
    password: 'battery-staple',
  });
  bob.sendPresence();

  const sipp = (kamailio: Kamailio, scenario: string, keys: Readonly<Record<string, string>>) =>
    runSipp({ server: { host, port: kamailio.port }, transport: 'udp', scenario, keys, timeoutSeconds: 45 });
  return {
    bob,
    hops,
    first,
    second,
    restartFirst: () => startKamailio({ ...overTls, ports: first }),
    /** Registers alice at one of the two, and gives the next message that comes to her there. */
    async receivesAt(kamailio: Kamailio): Promise<() => Promise<string>> {
      const receiver = await startSipp({ scenario: receiveMessageScenario(), transport: 'udp', timeoutSeconds: 60 });
      const keys = { ...alice, contact_port: String(receiver.port) };
      expect(await sipp(kamailio, registerAtProxy(), keys)).toMatchObject({ exitCode: 0 });
      return async () => (await receiver.finished).messages;
    },
    async sendsThrough(kamailio: Kamailio, body: string): Promise<void> {
      const keys = { ...alice, to: 'sip:bob@fabrikam.example', body, content_type: 'text/plain;charset=UTF-8' };
      expect(await sipp(kamailio, messageThroughProxy(202), keys)).toMatchObject({ exitCode: 0 });
      await bob.waitForMessage(body);
    },
    /** What get-service says, once an event of this kind has been logged so many times for the hop. */
    async serviceAfter(event: string, hop: string, times: number) {
      const found = async () => {
        const logged = await site.run('get-eventlog', '-Tail', '1000');
        return logged.filter(({ Event, Facts }) => {
          return Event === event && (Facts as { readonly nextHop?: string } | undefined)?.nextHop === hop;
        });
      };
      await until(found, ({ length }) => length >= times, patience);
      const [service] = await site.run('get-service');
      return service ?? {};
    },
  };
}

describeWithPeers('two Kamailios as the next hops of one domain', [peers.prosody, peers.kamailio, peers.sipp], () => {
  it(
    'when one ends, messages go by the other and get-service says which is down and why; when it is there again, it is used',
    async () => {
      const site = await setUp();
      const [tls, tcp] = site.hops;
      expect(await site.serviceAfter('NextHopUp', tls, 1)).toMatchObject({
        Hops: expect.arrayContaining([`${tls} Up`]),
      });
      const [atFirst, atSecond] = [await site.receivesAt(site.first), await site.receivesAt(site.second)];
      site.bob.sendMessage(aliceJid, 'By the first');
      expect(await atFirst()).toContain('By the first');

      await site.first.process.kill();
      site.bob.sendMessage(aliceJid, 'By the second');
      expect(await atSecond()).toContain('By the second');
      const down = await site.serviceAfter('NextHopDown', tls, 1);
      expect(down).toMatchObject({ Status: 'Running', Hops: [`${tls} Down`, `${tcp} Up`] });
      expect(down['Warnings']).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^The next hop fe01\.contoso\.example:.* is down since .*: .*ECONNREFUSED/),
        ]),
      );
      await site.sendsThrough(site.second, 'Back by the second');

      const again = await site.restartFirst();
      expect(await site.serviceAfter('NextHopUp', tls, 2)).toMatchObject({ Hops: [`${tls} Up`, `${tcp} Up`] });
      const atFirstAgain = await site.receivesAt(again);
      site.bob.sendMessage(aliceJid, 'By the first again');
      expect(await atFirstAgain()).toContain('By the first again');
      await site.sendsThrough(again, 'Back by the first');
    },
    patience,
  );
});
