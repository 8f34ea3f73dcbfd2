/** One gateway for contoso.example and one XMPP server for fabrikam.example, with a DNS between them; set up by cmdlets only. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { startEjabberd } from '../peers/ejabberd.ts';
import { type Prosody, startProsody } from '../peers/prosody.ts';
import {
  receiveMessageScenario,
  registerScenario,
  runSipp,
  type SippOutcome,
  sendMessageScenario,
  startSipp,
} from '../peers/sipp.ts';
import { startDnsServer, type TestDnsServer } from '../support/dns-server.ts';
import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { createAuthority, selfSigned, type TestAuthority } from '../support/pki.ts';
import { loginXmpp, type XmppClient } from '../support/xmpp-client.ts';

export interface Federation {
  readonly site: GatewaySite;
  /** Of fabrikam.example. */
  readonly xmppServer: XmppServer;
  readonly dns: TestDnsServer;
  /** PEM of the authority that issued the certificates. */
  readonly roots: string;
  /** Of the gateway; 0 where it has none. */
  readonly sipTlsPort: number;
  /** Bob of fabrikam.example, logged in. */
  bob(): Promise<XmppClient>;
  /** The same, at another server of his domain. */
  bobAt(server: XmppServer): Promise<XmppClient>;
  /** Registers alice with sipp, waits for one MESSAGE there, and gives it as it was on the wire. */
  aliceReceives(): Promise<{ readonly message: Promise<string> }>;
  /** Alice sends by sipp; the outcome tells whether the final response was the expected one. */
  aliceSends(to: string, body: string, final: number): Promise<SippOutcome>;
}

/** Prosody and ejabberd are known by the same. */
type XmppServer = Prosody;

export const passwords = { alice: 'correct-horse', bob: 'battery-staple' } as const;

export interface FederationOptions {
  /** What the XMPP server shows and demands. */
  readonly peer: 'external' | 'dialback-tls' | 'plain';
  /** Which XMPP server it is; ejabberd only with `external`. Default: Prosody. */
  readonly program?: 'prosody' | 'ejabberd';
  /** Parameters of new-xmppfederatedpartner. */
  readonly partner: readonly string[];
  /** Of Prosody, beside those that every test needs. */
  readonly modulesEnabled?: readonly string[];
  readonly transport?: 'udp' | 'tcp';
  /** Port of the gateway's SIP listener for TLS. */
  readonly sipTlsPort?: number;
  /** Where the XMPP server looks names up. Default: the same as the gateway. */
  readonly serverDnsPort?: number;
  /** Users beside alice, with her password. */
  readonly otherUsers?: readonly string[];
}

export async function federate(options: FederationOptions): Promise<Federation> {
  const { partner, transport = 'udp', sipTlsPort = 0, otherUsers = [] } = options;
  const authority = createAuthority('Test-Root');
  const [site, dns] = await Promise.all([gatewaySite('contoso.example'), startDnsServer()]);
  // As every resolver takes it: ejabberd asks this server for the name of a host, and the system for its address.
  dns.srv('_xmpp-server._tcp.contoso.example', { priority: 10, weight: 0, port: site.xmppPort, target: 'localhost' });
  dns.a('localhost', '127.0.0.1');
  const xmppServer = await startServer(options, dns, authority);
  dns.xmppServer('fabrikam.example', xmppServer.s2sPort);

  const file = (name: string, content: string): string => {
    const place = path.join(path.dirname(site.home), name);
    writeFileSync(place, content, { mode: 0o600 });
    return place;
  };
  const own = authority.issue({ names: ['contoso.example', 'sip.contoso.example', 'localhost'] });
  await site.run('import-certificate', file('edge.pem', own.key + own.chain), '-Type', 'ExternalEdge');
  await site.run(
    'set-xmppgatewayconfiguration',
    ...[
      '-DnsServers',
      dns.address,
      '-TrustedRootsPath',
      file('roots.pem', authority.rootPem),
      '-UseSystemRoots',
      'false',
      '-SipTlsPort',
      String(sipTlsPort),
    ],
  );
  const password = file('password.txt', passwords.alice);
  for (const user of ['alice', ...otherUsers])
    await site.run('new-user', `sip:${user}@contoso.example`, '-PasswordFile', password);
  await site.run('new-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'Federated', ...partner);
  await site.run('start-service');

  const server = { host: '127.0.0.1', port: site.sipPort };
  const account = { server, transport, user: 'alice', password: passwords.alice };
  return {
    site,
    xmppServer,
    dns,
    roots: authority.rootPem,
    sipTlsPort,
    bob: () => bobAt(xmppServer),
    bobAt,
    async aliceReceives() {
      const receiver = await startSipp({ scenario: receiveMessageScenario(), transport });
      const keys = { domain: 'contoso.example', contact_port: String(receiver.port), expires: '600' };
      const registered = await runSipp({ ...account, scenario: registerScenario(), keys });
      if (registered.exitCode !== 0)
        throw new Error(`alice is not registered: ${registered.errors}${registered.messages}`);
      return { message: receiver.finished.then(({ messages }) => messages) };
    },
    aliceSends: (to, body, final) =>
      runSipp({
        ...account,
        scenario: sendMessageScenario(final),
        keys: { domain: 'contoso.example', to, body },
        timeoutSeconds: 45,
      }),
  };
}

const bobAt = ({ c2sPort }: XmppServer): Promise<XmppClient> =>
  loginXmpp({ port: c2sPort, domain: 'fabrikam.example', user: 'bob', password: passwords.bob });

function startServer(
  { peer, program = 'prosody', modulesEnabled = [], serverDnsPort }: FederationOptions,
  dns: TestDnsServer,
  authority: TestAuthority,
): Promise<XmppServer> {
  const names = { names: ['fabrikam.example'] };
  const certificate = peer === 'external' ? authority.issue(names) : selfSigned(names);
  const trust = { certificate, roots: authority.rootPem };
  const server = { domain: 'fabrikam.example', dnsPort: serverDnsPort ?? dns.port, users: { bob: passwords.bob } };
  if (program === 'ejabberd') return startEjabberd({ ...server, ...trust });
  return startProsody({
    ...server,
    ...(peer === 'plain' ? {} : trust),
    requireValidCertificate: peer === 'external',
    modulesEnabled,
  });
}
