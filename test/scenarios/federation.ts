/** One gateway for contoso.example and one Prosody for fabrikam.example, with a DNS between them; set up by cmdlets only. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

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
import { createAuthority, selfSigned } from '../support/pki.ts';
import { loginXmpp, type XmppClient } from '../support/xmpp-client.ts';

export interface Federation {
  readonly site: GatewaySite;
  readonly prosody: Prosody;
  readonly dns: TestDnsServer;
  /** Bob of fabrikam.example, logged in. */
  bob(): Promise<XmppClient>;
  /** Registers alice with sipp, waits for one MESSAGE there, and gives it as it was on the wire. */
  aliceReceives(): Promise<{ readonly message: Promise<string> }>;
  /** Alice sends by sipp; the outcome tells whether the final response was the expected one. */
  aliceSends(to: string, body: string, final: number): Promise<SippOutcome>;
}

export const passwords = { alice: 'correct-horse', bob: 'battery-staple' } as const;

export interface FederationOptions {
  /** What Prosody shows and demands. */
  readonly peer: 'external' | 'dialback-tls' | 'plain';
  /** Parameters of new-xmppfederatedpartner. */
  readonly partner: readonly string[];
  readonly transport?: 'udp' | 'tcp';
  /** Port of the gateway's SIP listener for TLS. */
  readonly sipTlsPort?: number;
}

export async function federate({
  peer,
  partner,
  transport = 'udp',
  sipTlsPort = 0,
}: FederationOptions): Promise<Federation> {
  const authority = createAuthority('Test-Root');
  const site = await gatewaySite('contoso.example');
  const dns = await startDnsServer();
  const certificate =
    peer === 'external'
      ? authority.issue({ names: ['fabrikam.example'] })
      : selfSigned({ names: ['fabrikam.example'] });
  const prosody = await startProsody({
    domain: 'fabrikam.example',
    dnsPort: dns.port,
    ...(peer === 'plain' ? {} : { certificate, roots: authority.rootPem }),
    requireValidCertificate: peer === 'external',
    users: { bob: passwords.bob },
  });
  dns.xmppServer('fabrikam.example', prosody.s2sPort);
  dns.xmppServer('contoso.example', site.xmppPort);

  const file = (name: string, content: string): string => {
    const place = path.join(path.dirname(site.home), name);
    writeFileSync(place, content, { mode: 0o600 });
    return place;
  };
  const own = authority.issue({ names: ['contoso.example', 'sip.contoso.example'] });
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
  await site.run('new-user', 'sip:alice@contoso.example', '-PasswordFile', file('password.txt', passwords.alice));
  await site.run('new-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'Federated', ...partner);
  await site.run('start-service');

  const server = { host: '127.0.0.1', port: site.sipPort };
  const account = { server, transport, user: 'alice', password: passwords.alice };
  return {
    site,
    prosody,
    dns,
    bob: () => loginXmpp({ port: prosody.c2sPort, domain: 'fabrikam.example', user: 'bob', password: passwords.bob }),
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
