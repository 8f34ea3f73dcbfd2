/** The operator's cmdlets against a running gateway and a real XMPP server: what is shown, what is ended, what is found broken. */
import { expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { freePort } from '../peers/free-port.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { type Federation, federate } from './federation.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const partner = 'fabrikam.example';
const bobAor = `sip:bob@${partner}`;
const external = { peer: 'external', partner: ['-SupportDialbackNegotiation', 'false'] } as const;

type Row = Readonly<Record<string, unknown>>;
type Site = Federation['site'];

const hopNames = [
  ...['Configuration', 'Policy', 'Certificate', 'Service', 'DNS', 'TCP', 'Stream', 'PeerCertificate'],
  ...['Authentication', 'Ping', 'Inbound', 'NextHop'],
];

interface RouteTest {
  readonly code: number | null;
  readonly stderr: string;
  readonly hops: readonly Row[];
}

/** Whatever the answer is. */
async function testRoute(site: Site, ...words: readonly string[]): Promise<RouteTest> {
  const { code, stdout, stderr } = await site.type('test-federationroute', partner, ...words);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return { code, stderr, hops: lines.map((line) => JSON.parse(line) as Row) };
}

/** `5 DNS Failure`, and nothing of what succeeded before. */
const end = ({ hops }: RouteTest): string => {
  const failed = hops.find(({ Result }) => Result === 'Failure') ?? {};
  return `${String(failed['Order'])} ${String(failed['Name'])}`;
};
const hopOf = ({ hops }: RouteTest, name: string): Row => hops.find(({ Name }) => Name === name) ?? {};
const results = ({ hops }: RouteTest): readonly unknown[] => hops.map(({ Result }) => Result);
const repeated = (result: string, count: number): readonly string[] => Array.from({ length: count }, () => result);

describeWithPeers('an operator', [peers.prosody, peers.sipp], () => {
  it(
    'sees every hop of a good route, the streams it has opened, and the certificate the partner shows on both',
    async () => {
      const { site } = await federate(external);
      const test = await testRoute(site);
      expect([test.code, test.stderr]).toEqual([0, '']);
      expect(test.hops.map(({ Order, Name }) => [Order, Name])).toEqual(
        hopNames.map((name, index) => [index + 1, name]),
      );
      expect(results(test)).toEqual(repeated('Success', 12));
      expect(hopOf(test, 'Authentication')['Detail']).toBe('SASL over TLS');

      const sessions = await site.run('get-xmppsession', partner);
      expect(
        sessions.map(({ Direction, State, Auth, Tls, Certificate, Partner }) => [
          ...[Direction, State, Auth, Tls, Certificate, Partner],
        ]),
      ).toEqual([
        ['Outbound', 'Established', 'SASL over TLS', 'TLSv1.3', `DNS:${partner}`, partner],
        ['Inbound', 'Established', 'SASL over TLS', 'TLSv1.3', `DNS:${partner}`, partner],
      ]);
      expect(sessions.map(({ InMessages, OutMessages }) => [InMessages, OutMessages])).toEqual([
        [0, 1],
        [1, 0],
      ]);
      const inbound = await site.run('get-xmppsession', '-Direction', 'Inbound');
      expect(inbound.map(({ Id }) => Id)).toEqual([sessions[1]?.['Id']]);

      const [leaf] = await site.run('get-xmpppeercertificate', partner);
      expect(leaf).toMatchObject({
        Position: 0,
        SubjectAlternativeNames: [`DNS:${partner}`],
        Eku: ['serverAuth'],
        Verdict: 'Valid',
        MatchedIdentifier: `DNS:${partner}`,
        Sessions: expect.arrayContaining(sessions.map(({ Id }) => Id)),
      });
    },
    patience,
  );

  it(
    'ends one stream by its id or all of a domain; -WhatIf ends none, and the next message opens a new one',
    async () => {
      const { site, xmppServer } = await federate(external);
      await testRoute(site);
      const before = await site.run('get-xmppsession');
      const [outbound, inbound] = before.map(({ Id }) => String(Id));
      await site.run('disconnect-xmppsession', partner, '-WhatIf');
      expect(await site.run('get-xmppsession')).toHaveLength(2);

      const closed = await site.run(
        'disconnect-xmppsession',
        '-Id',
        outbound ?? '',
        '-Reason',
        'for a test',
        '-PassThru',
      );
      expect(closed).toMatchObject([{ Id: outbound, Direction: 'Outbound', Changed: true }]);
      await xmppServer.process.waitFor(
        /s2sin.*contoso\.example.*closed|[Dd]estroying incoming session contoso\.example/,
      );
      expect((await site.run('get-xmppsession')).map(({ Id }) => Id)).toEqual([inbound]);
      const again = await site.type('disconnect-xmppsession', '-Id', outbound ?? '');
      expect([again.code, /Id: +(\w+)/.exec(again.stderr)?.[1]]).toEqual([3, 'ObjectNotFound']);

      const unasked = await site.type('disconnect-xmppsession', '*');
      expect([unasked.code, /Id: +(\w+)/.exec(unasked.stderr)?.[1]]).toEqual([4, 'ConfirmationRequired']);
      await site.run('disconnect-xmppsession', '*', '-Confirm:false');
      await xmppServer.process.waitFor(/[Dd]estroying outgoing session.*contoso\.example/);
      expect(await site.run('get-xmppsession')).toEqual([]);
      const reasons = await site.run('get-eventlog', '-Filter', 'for a test');
      expect(reasons).toMatchObject([{ Event: 'StreamClosed' }]);
      expect((await testRoute(site)).code).toBe(0);
    },
    patience,
  );

  it(
    'suspends a partner: both ways are refused at once and the settings stay, until it is resumed',
    async () => {
      const federation = await federate(external);
      const { site } = federation;
      const bob = await federation.bob();
      bob.sendPresence();
      expect((await federation.aliceSends(bobAor, 'One', 202)).exitCode).toBe(0);
      const [before] = await site.run('get-xmppfederatedpartner', partner);

      await site.run('suspend-xmppfederatedpartner', partner, '-Reason', 'ticket 4711');
      await federation.xmppServer.process.waitFor(/Destroying incoming session contoso\.example/);
      const refused = await federation.aliceSends(bobAor, 'Two', 403);
      expect([refused.exitCode, refused.errors]).toEqual([0, '']);
      bob.sendMessage('alice@contoso.example', 'Hello?', 'm1');
      const error = await bob.waitFor('error', ({ attributes }) => attributes['id'] === 'm1');
      expect(readStanzaError(error).condition).toMatch(/remote-server|not-allowed|forbidden|policy/);
      expect(await site.run('get-xmppsession')).toEqual([]);
      const test = await testRoute(site);
      expect([test.code, end(test)]).toEqual([21, '1 Configuration']);
      expect(hopOf(test, 'Configuration')).toMatchObject({
        Cause: expect.stringContaining('ticket 4711'),
        Fix: `xgw resume-xmppfederatedpartner ${partner}`,
      });
      const [suspended] = await site.run('get-xmppfederatedpartner', partner);
      expect(suspended).toMatchObject({ Suspended: true, SuspendedReason: 'ticket 4711', SuspendedUntil: null });

      await site.run('resume-xmppfederatedpartner', partner);
      const [after] = await site.run('get-xmppfederatedpartner', partner);
      expect({ ...after, Revision: 0, LastChanged: '' }).toEqual({ ...before, Revision: 0, LastChanged: '' });
      expect((await federation.aliceSends(bobAor, 'Three', 202)).exitCode).toBe(0);
      await bob.waitForMessage('Three');
    },
    patience,
  );

  it(
    'makes the gateway forget where a partner was and that it was not there: the next message goes out at once',
    async () => {
      const { site, dns, xmppServer } = await federate(external);
      const sends = async (): Promise<number | null> => (await site.type('test-xmppim', '-Receiver', bobAor)).code;
      dns.xmppServer(partner, await freePort());
      expect(await sends()).toBe(21);
      dns.xmppServer(partner, xmppServer.s2sPort);
      expect(await sends()).toBe(21);
      await site.run('clear-xmppdnscache', partner);
      expect(await sends()).toBe(0);
    },
    patience,
  );
});

describeWithPeers('the first hop that is broken', [peers.prosody], () => {
  it(
    'is the server, then its name in DNS; the rest is skipped, and the history outlives the gateway',
    async () => {
      const { site, dns, xmppServer } = await federate(external);
      await xmppServer.process.stop();
      const noServer = await testRoute(site, '-StopAtFirstFailure');
      expect([noServer.code, end(noServer), noServer.hops.length]).toEqual([21, '6 TCP', 6]);
      expect(hopOf(noServer, 'TCP')['Cause']).toContain('ECONNREFUSED');
      expect((await site.type('test-xmppim', '-Receiver', bobAor)).code).toBe(21);

      dns.breakName(`_xmpp-server._tcp.${partner}`);
      const noName = await testRoute(site);
      expect([noName.code, end(noName)]).toEqual([21, '5 DNS']);
      expect(results(noName)).toEqual([...repeated('Success', 4), 'Failure', ...repeated('Skipped', 7)]);
      expect(noName.stderr).toContain('Id:     TestFailed,Test-FederationRoute');
      expect(hopOf(noName, 'DNS')['Fix']).toBe(
        `xgw set-xmppfederatedpartner ${partner} -ProxyFqdn xmpp.${partner}:5269`,
      );

      await site.run('stop-service');
      expect(await site.run('get-xmppfederationfailure', partner)).toMatchObject([
        {
          Domain: partner,
          Direction: 'Outbound',
          Step: 'tcp',
          Code: 'unreachable',
          Fix: expect.stringMatching(/^xgw /),
        },
      ]);
      const unknown = await site.type('get-xmppfederationfailure', 'fabrikan.example');
      expect(unknown.code).toBe(3);
    },
    patience,
  );

  it(
    'is the certificate of the partner; with dialback in its place it is a warning, and the verdict is there to be read',
    async () => {
      const { site } = await federate({ peer: 'dialback-tls', partner: [] });
      const refused = await testRoute(site);
      expect([refused.code, end(refused)]).toEqual([21, '8 PeerCertificate']);
      expect(hopOf(refused, 'PeerCertificate')).toMatchObject({
        Cause: expect.stringContaining('self-signed'),
        Fix: `xgw set-xmppfederatedpartner ${partner} -TrustedRootsPath roots.pem`,
      });
      const none = await site.type('get-xmpppeercertificate', partner);
      expect([none.code, /Id: +(\w+)/.exec(none.stderr)?.[1]]).toEqual([3, 'ObjectNotFound']);

      await site.run('set-xmppfederatedpartner', partner, '-SaslNegotiation', 'Optional');
      const accepted = await testRoute(site);
      expect([accepted.code, hopOf(accepted, 'PeerCertificate')['Result']]).toEqual([0, 'Warning']);
      expect(hopOf(accepted, 'Authentication')['Detail']).toBe('TLS Dialback');
      const [leaf] = await site.run('get-xmpppeercertificate', partner);
      expect(leaf).toMatchObject({ Verdict: 'self-signed', MatchedIdentifier: null });
    },
    patience,
  );

  it(
    'is the ping, when the partner cannot find the way back',
    async () => {
      const { site, dns } = await federate(external);
      dns.xmppServer('contoso.example', await freePort());
      const test = await testRoute(site, '-Timeout', '3');
      expect([test.code, end(test)]).toEqual([21, '10 Ping']);
      expect(hopOf(test, 'Ping')['Cause']).toContain('_xmpp-server._tcp.contoso.example');
      expect(hopOf(test, 'Inbound')['Result']).toBe('Skipped');
    },
    patience,
  );

  it(
    'is the service, when it does not run; what only the store knows is tested all the same, and the others say so',
    async () => {
      const { site } = await federate(external);
      await site.run('stop-service');
      const test = await testRoute(site);
      expect([test.code, end(test), hopOf(test, 'Service')['Fix']]).toEqual([21, '4 Service', 'xgw start-service']);
      const offline = await testRoute(site, '-Offline', '-User', 'sip:alice@contoso.example');
      expect([offline.code, results(offline)]).toEqual([0, repeated('Success', 3)]);
      const stopped = [
        ['get-xmppsession'],
        ['disconnect-xmppsession', partner],
        ['get-xmpppeercertificate', partner],
        ['clear-xmppdnscache'],
      ];
      for (const words of stopped) {
        const { code, stderr } = await site.type(...words);
        expect([words, code, /Id: +(\w+)/.exec(stderr)?.[1]]).toEqual([words, 9, 'ServiceNotRunning']);
      }
    },
    patience,
  );

  it(
    'is the policy or the certificate, by the store alone',
    async () => {
      const { site } = await federate(external);
      await site.run('set-externalaccesspolicy', 'Global', '-EnableXmppAccess', 'false');
      const closed = await testRoute(site, '-Offline');
      expect([closed.code, end(closed), hopOf(closed, 'Policy')['Fix']]).toEqual([
        21,
        '2 Policy',
        'xgw set-externalaccesspolicy Global -EnableXmppAccess true',
      ]);
      await site.run('set-externalaccesspolicy', 'Global', '-EnableXmppAccess', 'true');
      await site.run('new-sipdomain', 'contoso.net', '-IsDefault', 'true');
      const unnamed = await testRoute(site, '-Offline');
      expect([end(unnamed), hopOf(unnamed, 'Certificate')['Cause']]).toEqual([
        '3 Certificate',
        'it does not name contoso.net',
      ]);
      const stranger = await site.type('test-federationroute', 'adatum.example', '-Offline');
      expect([stranger.code, stranger.stderr.includes('xgw new-xmppfederatedpartner adatum.example')]).toEqual([
        21,
        true,
      ]);
    },
    patience,
  );
});
