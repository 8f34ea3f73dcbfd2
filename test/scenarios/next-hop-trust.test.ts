/** Real SIP proxies as the next hops of several SIP domains, over TLS: whom the gateway believes, who believes it, and what the administrator reads. */
import { expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { type Kamailio, type KamailioOptions, startKamailio } from '../peers/kamailio.ts';
import { receiveMessageScenario, runSipp, type SippOutcome, startSipp } from '../peers/sipp.ts';
import { messageThroughProxy, registerAtProxy } from '../peers/sipp-behind-proxy.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { createAuthority, type TestAuthority, type TestCertificate } from '../support/pki.ts';
import { until } from '../support/shown-certificate.ts';
import { loginXmpp } from '../support/xmpp-client.ts';
import { bothWays, hopSite } from './hop-site.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const host = '127.0.0.1';
const hopName = 'proxy.contoso.example';
const sound = 'contoso.example';

/** Its proxy believes nobody of ours, and says so in the handshake. */
const suspicious = 'suspicious.example';
const faulty = ['misnamed.example', 'expired.example', 'unknown.example', suspicious] as const;

interface Fault {
  readonly tls: Pick<KamailioOptions, 'certificate' | 'roots'>;
  /** What is said of it. */
  readonly reason: RegExp;
}

/** SIP domains by what is wrong with the proxy of each. */
function faultsOf(authority: TestAuthority): Readonly<Record<string, Fault>> {
  const nobody = createAuthority('Nobody');
  const right = { names: [hopName], extendedKeyUsage: bothWays };
  const past = { notBefore: '20240101000000Z', notAfter: '20250101000000Z' };
  const shows = (certificate: TestCertificate) => ({ certificate, roots: authority.rootPem });
  return {
    'misnamed.example': {
      tls: shows(authority.issue({ ...right, names: ['other.contoso.example'] })),
      reason: /name-mismatch: .*other\.contoso\.example.*proxy\.contoso\.example/,
    },
    'expired.example': { tls: shows(authority.issue({ ...right, ...past })), reason: /expired: / },
    'unknown.example': { tls: shows(nobody.issue(right)), reason: /incomplete-chain: / },
    [suspicious]: {
      tls: { certificate: authority.issue(right), roots: nobody.rootPem },
      reason: /the peer refuses our certificate: .*unknown ca/,
    },
  };
}

async function setUp() {
  const around = await hopSite([sound, ...faulty]);
  const { authority, site, dns, prosody, sipTlsPort } = around;
  const faults = faultsOf(authority);
  const domains = [sound, ...faulty];
  dns.a(hopName, host);

  const gateway = { host, port: sipTlsPort, transport: 'tls' } as const;
  const proxy = (domain: string, more: Partial<KamailioOptions> = {}): Promise<Kamailio> => {
    const certificate = (): TestCertificate => authority.issue({ names: [hopName], extendedKeyUsage: bothWays });
    const tls = faults[domain]?.tls ?? { certificate: certificate(), roots: authority.rootPem };
    return startKamailio({ domain, users: ['alice'], gateway, ...tls, ...more });
  };
  const proxies = new Map(await Promise.all(domains.map(async (domain) => [domain, await proxy(domain)] as const)));
  await around.configure(domains);
  const hops = new Map<string, string>();
  for (const [domain, { tlsPort }] of proxies) {
    hops.set(domain, `${hopName}:${tlsPort};transport=tls`);
    if (domain !== sound) await site.run('new-sipdomain', domain);
    await site.run('new-siproute', domain, '-NextHop', hops.get(domain) ?? '', '-SessionMode', 'Pager');
  }
  await site.run('start-service');
  const account = { domain: 'fabrikam.example', user: 'bob', password: 'battery-staple' };
  const bob = await loginXmpp({ port: prosody.c2sPort, ...account });
  bob.sendPresence();
  const through = (domain: string, scenario: string, keys: Readonly<Record<string, string>>): Promise<SippOutcome> => {
    const server = { host, port: proxies.get(domain)?.port ?? 0 };
    const all = { user: 'alice', domain, to: 'sip:bob@fabrikam.example', content_type: 'text/plain', ...keys };
    return runSipp({ server, transport: 'udp', scenario, keys: all, timeoutSeconds: 45 });
  };
  return { site, faults, bob, hops, proxies, proxy, through };
}

describeWithPeers(
  'Kamailios as next hops over mutual TLS',
  [peers.prosody, peers.kamailio, peers.sipp, peers.openssl],
  () => {
    it(
      'are refused for another name, a past date or an unknown authority [RFC 5922 §7.3]; sender and administrator hear why; one that restarts is used again',
      async () => {
        const { site, faults, bob, hops, proxies, proxy, through } = await setUp();
        const event = async (id: string): Promise<readonly string[]> =>
          (await site.run('get-eventlog', '-Tail', '1000'))
            .filter(({ Event }) => Event === id)
            .map(({ Facts }) => {
              const { nextHop = '', reason = '' } = Facts as Readonly<Record<string, string>>;
              return `${nextHop} ${reason}`;
            });
        const warnings = async (): Promise<readonly string[]> =>
          ((await site.run('get-service'))[0]?.['Warnings'] ?? []) as string[];

        // Each is asked at the start, before anybody sends.
        const known = await until(warnings, (all) =>
          Object.keys(faults).every((domain) => all.some((warning) => warning.includes(hops.get(domain) ?? ''))),
        );
        for (const [domain, { reason }] of Object.entries(faults)) {
          const warning = known.find((each) => each.includes(hops.get(domain) ?? ''));
          expect(warning).toMatch(reason);
          bob.sendMessage(`alice@${domain}`, 'Hello?', domain);
          const stanza = await bob.waitFor('error', ({ attributes }) => attributes['id'] === domain);
          expect(readStanzaError(stanza).condition).toBe('remote-server-timeout');
        }
        for (const [domain, { reason }] of Object.entries(faults)) {
          if (domain === suspicious) continue;
          expect(await through(domain, messageThroughProxy(403), { body: 'Hello?' })).toMatchObject({ exitCode: 0 });
          expect((await event('SipPeerNotTrusted')).at(-1)).toMatch(reason);
        }

        const receives = async (): Promise<() => Promise<string>> => {
          const receiver = await startSipp({
            scenario: receiveMessageScenario(),
            transport: 'udp',
            timeoutSeconds: 60,
          });
          const keys = { contact_port: String(receiver.port) };
          expect(await through(sound, registerAtProxy(), keys)).toMatchObject({ exitCode: 0 });
          return async () => (await receiver.finished).messages;
        };
        const before = await receives();
        bob.sendMessage(`alice@${sound}`, 'To the first process');
        expect(await before()).toContain('To the first process');

        const first = proxies.get(sound);
        await first?.process.kill();
        bob.sendMessage(`alice@${sound}`, 'To nobody', 'lost');
        const lost = await bob.waitFor('error', ({ attributes }) => attributes['id'] === 'lost', patience);
        expect(readStanzaError(lost).condition).toBe('remote-server-timeout');

        proxies.set(sound, await proxy(sound, first === undefined ? {} : { ports: first }));
        await until(
          () => event('NextHopUp'),
          (all) => all.filter((each) => each.startsWith(hops.get(sound) ?? '')).length > 1,
        );
        const after = await receives();
        bob.sendMessage(`alice@${sound}`, 'To the second process');
        expect(await after()).toContain('To the second process');
        expect(await through(sound, messageThroughProxy(202), { body: 'And back' })).toMatchObject({ exitCode: 0 });
        await bob.waitForMessage('And back');
      },
      patience,
    );
  },
);
