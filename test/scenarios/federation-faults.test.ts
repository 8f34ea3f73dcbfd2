/** Every fault between a user and a contact, produced for real: the cmdlet names the hop, the cause and the command that helps. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { freePort } from '../peers/free-port.ts';
import { startProsody } from '../peers/prosody.ts';
import type { GatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import type { TestAuthority, TestCertificate } from '../support/pki.ts';
import { header, listenRaw, proceed, type RawStream } from '../support/raw-stream.ts';
import { bothWays, type HopSite, hopSite } from './hop-site.ts';

/** Milliseconds: every step is a process of its own, on a machine that runs other suites too. */
const patience = 180_000;
const good = 'fabrikam.example';
const ours = 'contoso.example';
const branch = 'branch.example';
const alice = `sip:alice@${ours}`;
const past = { notBefore: '20240101000000Z', notAfter: '20250101000000Z' };

type Hop = Readonly<Record<string, unknown>>;

interface Answer {
  readonly code: number | null;
  readonly stderr: string;
  readonly hops: readonly Hop[];
}

async function typed(site: GatewaySite, ...words: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await site.type(...words);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return { code, stderr, hops: lines.map((line) => JSON.parse(line) as Hop) };
}

/** `21 5 DNS`, why, and what to type. */
function end({ code, hops }: Answer): readonly unknown[] {
  const { Order, Name, Cause, Fix } = hops.find(({ Result }) => Result === 'Failure') ?? {};
  return [`${code} ${String(Order)} ${String(Name)}`, Cause, Fix];
}

const features = (inside: string): string => `<stream:features>${inside}</stream:features>`;
const startTlsOffer = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
const externalOffer =
  "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism></mechanisms>";
const dialbackOffer = "<dialback xmlns='urn:xmpp:features:dialback'/>";

/** An XMPP server written by hand, up to where the gateway authenticates. */
const scripted = (domain: string, certificate: TestCertificate, offer: string, refuse: (peer: RawStream) => unknown) =>
  listenRaw(async (peer) => {
    const ends = { from: domain, to: ours, id: 'scripted' };
    await peer.hears(/<stream:stream[^>]*>/);
    peer.send(header(ends) + features(startTlsOffer));
    await peer.hears(/<starttls[^>]*>/);
    peer.send(proceed);
    await peer.secure(certificate);
    await peer.hears(/<stream:stream[^>]*>/);
    peer.send(header(ends) + features(offer));
    await refuse(peer);
  });

async function refuseSasl(peer: RawStream): Promise<void> {
  await peer.hears(/<auth [^>]*>/);
  peer.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
}

async function refuseKey(peer: RawStream): Promise<void> {
  await peer.hears(/<db:result [^>]*>/);
  peer.send(`<db:result from='dialback.example' to='${ours}' type='invalid'/>`);
}

/** DNS sends the gateway to each of them; the partner settings are strict where nothing else is said. */
async function faultyPartners({ authority, dns, site }: HopSite): Promise<void> {
  const prosody = async (domain: string, certificate?: TestCertificate): Promise<number> => {
    const tls = certificate === undefined ? {} : { certificate, roots: authority.rootPem };
    return (await startProsody({ domain, dnsPort: dns.port, ...tls })).s2sPort;
  };
  const certified = (domain: string): TestCertificate => authority.issue({ names: [domain] });
  const ports = {
    'closed.example': freePort(),
    'clear.example': prosody('clear.example'),
    'expired.example': prosody('expired.example', authority.issue({ names: ['expired.example'], ...past })),
    'misnamed.example': prosody('misnamed.example', certified('elsewhere.example')),
    'sasl.example': scripted('sasl.example', certified('sasl.example'), externalOffer, refuseSasl),
    'dialback.example': scripted('dialback.example', certified('dialback.example'), dialbackOffer, refuseKey),
  };
  dns.breakName('_xmpp-server._tcp.nosrv.example');
  for (const [domain, port] of Object.entries(ports)) dns.xmppServer(domain, await port);
  for (const domain of ['nosrv.example', ...Object.keys(ports)]) {
    const method =
      domain === 'dialback.example' ? ['-SaslNegotiation', 'Optional'] : ['-SupportDialbackNegotiation', 'false'];
    await site.run('new-xmppfederatedpartner', domain, '-PartnerType', 'Federated', ...method);
  }
}

const setPartner = (domain: string, rest: string): string => `xgw set-xmppfederatedpartner ${domain} ${rest}`;
const dialbackInstead = '-SaslNegotiation Optional -SupportDialbackNegotiation true';

describeWithPeers('test-federationroute', [peers.prosody], () => {
  it(
    'names the hop, the cause and the command for each fault between a user and an XMPP domain',
    async () => {
      const around = await hopSite([ours, branch]);
      const { site } = around;
      await around.configure([ours, branch]);
      await faultyPartners(around);
      await site.run('new-sipdomain', branch);
      const down = `127.0.0.1:${await freePort()};transport=tcp`;
      await site.run('new-siproute', branch, '-NextHop', down);
      const secret = path.join(path.dirname(site.home), 'password.txt');
      writeFileSync(secret, 'correct-horse', { mode: 0o600 });
      const password = ['-PasswordFile', secret];
      for (const user of [alice, `sip:sba@${ours}`, `sip:closed@${ours}`])
        await site.run('new-user', user, ...password);
      await site.run('set-user', `sip:sba@${ours}`, '-SurvivableBranch', 'true');
      await site.run('new-externalaccesspolicy', 'NoXmpp', '-EnableFederationAccess', 'true');
      await site.run('grant-externalaccesspolicy', `sip:closed@${ours}`, '-PolicyName', 'NoXmpp');
      await site.run('start-service');

      const faults: readonly (readonly [string, string, RegExp, string, string?])[] = [
        [
          'stranger.example',
          '1 Configuration',
          /not an XMPP federated partner/,
          'xgw new-xmppfederatedpartner stranger.example',
        ],
        [
          good,
          '2 Policy',
          /survivable branch/,
          `xgw set-user sip:sba@${ours} -SurvivableBranch false`,
          `sip:sba@${ours}`,
        ],
        [
          good,
          '2 Policy',
          /EnableXmppAccess/,
          'xgw set-externalaccesspolicy tag:NoXmpp -EnableXmppAccess true',
          `sip:closed@${ours}`,
        ],
        [
          good,
          '2 Policy',
          /is not a user/,
          `xgw new-user sip:nobody@${ours} -PasswordFile password.txt`,
          `sip:nobody@${ours}`,
        ],
        ['nosrv.example', '5 DNS', /nosrv\.example/, setPartner('nosrv.example', '-ProxyFqdn xmpp.nosrv.example:5269')],
        [
          'closed.example',
          '6 TCP',
          /ECONNREFUSED/,
          setPartner('closed.example', '-ProxyFqdn xmpp.closed.example:5269'),
        ],
        [
          'clear.example',
          '7 Stream',
          /asked for TLS/,
          setPartner('clear.example', `-TlsNegotiation Optional ${dialbackInstead}`),
        ],
        ['expired.example', '8 PeerCertificate', /expired|2025/, setPartner('expired.example', dialbackInstead)],
        [
          'misnamed.example',
          '8 PeerCertificate',
          /name-mismatch.*DNS:elsewhere\.example, not misnamed/,
          'xgw get-eventlog -Level warn -Filter misnamed.example',
        ],
        [
          'sasl.example',
          '9 Authentication',
          /not-authorized/,
          'xgw get-certificate -Type ExternalEdge -OutputFormat list',
        ],
        ['dialback.example', '9 Authentication', /dialback|key/, 'xgw get-service -ExpandProperty Listeners'],
        [good, '12 NextHop', /ECONNREFUSED/, `xgw set-siproute ${branch} -NextHop '${down}'`, `sip:carol@${branch}`],
      ];
      for (const [domain, hop, cause, fix, user] of faults) {
        const words = [
          'test-federationroute',
          domain,
          ...(user === undefined ? [] : ['-User', user]),
          '-Timeout',
          '10',
        ];
        const answer = await typed(site, ...words);
        expect([domain, ...end(answer)]).toEqual([domain, `21 ${hop}`, expect.stringMatching(cause), fix]);
        expect(answer.stderr).toContain(`Fix:    ${fix}`);
      }

      const sound = await typed(site, 'test-federationroute', good, '-User', alice);
      expect([sound.code, sound.hops.filter(({ Result }) => Result !== 'Success')]).toEqual([
        0,
        [expect.objectContaining({ Order: 13, Name: 'User', Result: 'Warning', Fix: 'xgw get-sipregistration' })],
      ]);

      const junit = await site.type('test-federationroute', 'closed.example', '-OutputFormat', 'junit');
      expect([junit.code, junit.stdout.match(/<\w+ [^>]*(?:failures|message)="[^>]*>/g)]).toEqual([
        21,
        [
          expect.stringContaining('tests="12" failures="1" errors="0" skipped="6"'),
          expect.stringContaining('<testsuite name="Test-FederationRoute"'),
          expect.stringMatching(/^<failure message=".*ECONNREFUSED/),
          ...Array.from({ length: 6 }, () => expect.stringContaining('<skipped message=')),
        ],
      ]);

      const message = await typed(site, 'test-xmppim', '-Receiver', 'bob@closed.example', '-UserSipAddress', alice);
      expect([message.code, message.hops[0]]).toMatchObject([
        21,
        {
          Hop: 'TCP',
          Diagnosis: expect.stringContaining('ECONNREFUSED'),
          Fix: [faults[5]?.[3], expect.stringMatching(/^xgw show-messageflow \w{10}$/)],
        },
      ]);
      const refused = await typed(
        site,
        'test-xmppim',
        '-Receiver',
        `bob@${good}`,
        '-UserSipAddress',
        `sip:sba@${ours}`,
      );
      expect(refused.hops[0]).toMatchObject({ Hop: 'Policy', Diagnosis: expect.stringContaining('survivable branch') });
    },
    patience,
  );
});

/** A SIP server over TLS, written by hand. @param answer - The status line; absent: it says nothing. */
const sipServer = (certificate: TestCertificate, answer?: string): Promise<number> =>
  listenRaw(async (peer) => {
    await peer.secure(certificate);
    // The gateway asks by itself as well, on the same connection.
    for (;;) {
      const heard = await peer.hears(/OPTIONS [^]*?\r\n\r\n/).catch(() => undefined);
      if (heard === undefined) return;
      const copied = heard[0].match(/^(?:Via|From|To|Call-ID|CSeq):.*$/gim) ?? [];
      if (answer !== undefined) peer.send([`SIP/2.0 ${answer}`, ...copied, 'Content-Length: 0', '', ''].join('\r\n'));
    }
  });

const sipCertificates = (authority: TestAuthority) => {
  const of = (name: string, more = {}): TestCertificate =>
    authority.issue({ names: [name], extendedKeyUsage: bothWays, ...more });
  return { right: of('pool.branch.example'), other: of('fe01.branch.example'), old: of('pool.branch.example', past) };
};

describeWithPeers('test-federatedpartner', [peers.prosody], () => {
  it(
    'names the hop, the cause and the command for each fault between the gateway and the SIP servers of a domain',
    async () => {
      const around = await hopSite([ours, branch]);
      const { authority, dns, site } = around;
      await around.configure([ours, branch]);
      dns.a('pool.branch.example', '127.0.0.1');
      dns.breakName('gone.branch.example');
      const { right, other, old } = sipCertificates(authority);
      const at = (port: number): string => `pool.branch.example:${port};transport=tls`;
      const works = at(await sipServer(right, '200 OK'));
      await site.run('new-sipdomain', branch);
      await site.run('new-siproute', branch, '-NextHop', works);

      const test = (...words: readonly string[]): Promise<Answer> =>
        typed(site, 'test-federatedpartner', '-Domain', branch, '-Timeout', '4', ...words);
      expect(end(await test())).toEqual(['21 2 Service', 'the gateway service is not running', 'xgw start-service']);
      await site.run('start-service');
      const sound = await test();
      expect([sound.code, sound.hops.map(({ Name, Result, Detail }) => [Name, Result, Detail])]).toEqual([
        0,
        [
          ['Route', 'Success', works],
          ['Service', 'Success', 'Running'],
          ['DNS', 'Success', expect.stringMatching(/^127\.0\.0\.1:/)],
          ['TCP', 'Success', 'connected'],
          ['TLS', 'Success', 'its certificate proves the name'],
          ['OPTIONS', 'Success', '200 OK'],
        ],
      ]);

      const closed = at(await freePort());
      const inClear = at(await listenRaw((peer) => peer.send('SIP/2.0 400 Bad Request\r\n\r\n')));
      const recipe = `xgw get-siproute ${branch} -OutputFormat powershell`;
      const again = `xgw test-federatedpartner -Domain ${branch}`;
      const faults: readonly (readonly [string, string, RegExp, string])[] = [
        [
          'gone.branch.example:5061;transport=tls',
          '3 DNS',
          /gone\.branch\.example was not found/,
          `xgw set-siproute ${branch} -NextHop 'gone.branch.example:5061;transport=tls'`,
        ],
        [closed, '4 TCP', /ECONNREFUSED/, `xgw set-siproute ${branch} -NextHop '${closed}'`],
        [inClear, '5 TLS', /SSL|wrong version|packet length/i, recipe],
        [
          at(await sipServer(other)),
          '5 TLS',
          /name-mismatch: .*fe01/,
          `xgw set-siproute ${branch} -TlsName pool.${branch}`,
        ],
        [at(await sipServer(old)), '5 TLS', /expired: /, again],
        [at(await sipServer(right)), '6 OPTIONS', /no answer within the time/, recipe],
        [at(await sipServer(right, '503 Drained')), '6 OPTIONS', /503 Drained/, recipe],
      ];
      for (const [proxy, hop, cause, fix] of faults) {
        const answer = await test('-ProxyFqdn', proxy);
        expect([proxy, ...end(answer)]).toEqual([proxy, `21 ${hop}`, expect.stringMatching(cause), fix]);
        expect(answer.hops.map(({ Order }) => Order)).toEqual([1, 2, 3, 4, 5, 6]);
      }
      expect(end(await typed(site, 'test-federatedpartner', '-Domain', ours))).toEqual([
        '21 1 Route',
        expect.stringContaining('has no next hop'),
        `xgw new-siproute ${ours} -NextHop pool.${ours}:5061`,
      ]);
      expect((await site.type('test-federatedpartner', '-Domain', good)).code).toBe(5);

      const page = path.join(path.dirname(site.home), 'sip.md');
      const reported = await test('-ProxyFqdn', closed, '-Report', page);
      expect([reported.code, readFileSync(page, 'utf8')]).toEqual([21, expect.stringContaining('ECONNREFUSED')]);
    },
    patience,
  );
});
