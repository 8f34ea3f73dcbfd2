/** One gateway as the peer of a Kamailio that owns contoso.example, and one Prosody for fabrikam.example; set up by cmdlets only. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import type { SipSessionMode } from '../../src/config/gateway-configuration.ts';
import { freePort } from '../peers/free-port.ts';
import { type Kamailio, type KamailioOptions, startKamailio } from '../peers/kamailio.ts';
import { type Libpurple, type LibpurpleOptions, startLibpurple } from '../peers/libpurple.ts';
import { type Prosody, startProsody } from '../peers/prosody.ts';
import {
  type RunningSipp,
  receiveMessageScenario,
  runSipp,
  type SippOptions,
  type SippOutcome,
  startSipp,
} from '../peers/sipp.ts';
import {
  messageThroughProxy,
  registerAtProxy,
  requestThroughProxy,
  ringsUntilCancelled,
} from '../peers/sipp-behind-proxy.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { createAuthority } from '../support/pki.ts';
import { loginXmpp, type XmppClient } from '../support/xmpp-client.ts';

export interface HopFederationOptions {
  /** How the gateway and Kamailio reach each other. */
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** The name in Kamailio's certificate; SipNextHop says `proxy.contoso.example`. */
  readonly certificateName?: string;
  /** Kamailio's way to the gateway is what `get-siproute -OutputFormat kamailio` prints. */
  readonly withRecipe?: boolean;
  /** SipSessionMode. Default: the product's. */
  readonly sessionMode?: SipSessionMode;
  /** What pidgin-sipe takes Kamailio for. */
  readonly dialect?: KamailioOptions['dialect'];
}

export interface HopFederation {
  readonly site: GatewaySite;
  readonly kamailio: Kamailio;
  /** Bob of fabrikam.example, logged in and available. */
  bob(): Promise<XmppClient>;
  /** Registers alice at Kamailio, waits for one MESSAGE there, and gives it as it was on the wire. */
  aliceReceives(): Promise<{ readonly message: Promise<string> }>;
  /** Registers alice at Kamailio with a device that rings, and is never taken. */
  aliceRings(): Promise<RunningSipp>;
  /** Alice with a client of the Microsoft dialect, or of SIMPLE, registered at Kamailio. */
  aliceWith(protocol: LibpurpleOptions['protocol']): Promise<Libpurple>;
  /** Alice sends through Kamailio; the outcome tells whether the final response was the expected one. */
  aliceSends(body: string, final: number, contentType?: string): Promise<SippOutcome>;
  /** Any other request of alice, through Kamailio. */
  aliceRequests(method: string, final: number, toTag?: string): Promise<SippOutcome>;
  /** A MESSAGE of somebody who says to be alice, straight to the gateway. */
  strangerSends(final: number): Promise<SippOutcome>;
  /** A MESSAGE of anybody to anybody, through Kamailio. */
  sendsToKamailio(keys: { user: string; domain: string; to: string }, final: number): Promise<SippOutcome>;
  /** Events of one kind in the log. */
  events(id: string): Promise<readonly Record<string, unknown>[]>;
}

export const hopName = 'proxy.contoso.example';
const bobAor = 'sip:bob@fabrikam.example';
const bothWays = 'serverAuth,clientAuth';

export async function federateByHop(options: HopFederationOptions): Promise<HopFederation> {
  const { transport, certificateName = hopName } = options;
  const authority = createAuthority('Test-Root');
  const site = await gatewaySite('contoso.example');
  const dns = await startDnsServer();
  const prosody = await startProsody({
    domain: 'fabrikam.example',
    dnsPort: dns.port,
    certificate: authority.issue({ names: ['fabrikam.example'] }),
    roots: authority.rootPem,
    requireValidCertificate: true,
    users: { bob: 'battery-staple' },
  });
  const sipTlsPort = await freePort();
  const ports = { port: await freePort(), tlsPort: await freePort() };
  dns.xmppServer('fabrikam.example', prosody.s2sPort);
  dns.xmppServer('contoso.example', site.xmppPort);
  dns.a(hopName, '127.0.0.1');

  const own = authority.issue({ names: ['sip.contoso.example', 'contoso.example'], extendedKeyUsage: bothWays });
  const place = `${hopName}:${transport === 'tls' ? ports.tlsPort : ports.port};transport=${transport}`;
  await setUp(site, {
    certificate: own.key + own.chain,
    roots: authority.rootPem,
    settings: [
      '-DnsServers',
      dns.address,
      '-SipTlsPort',
      String(sipTlsPort),
      '-SipMode',
      'NextHop',
      '-SipNextHop',
      place,
      ...(options.sessionMode === undefined ? [] : ['-SipSessionMode', options.sessionMode]),
    ],
  });
  const kamailio = await startKamailio({
    domain: 'contoso.example',
    users: ['alice'],
    gateway: { host: '127.0.0.1', port: transport === 'tls' ? sipTlsPort : site.sipPort, transport },
    certificate: authority.issue({ names: [certificateName], extendedKeyUsage: bothWays }),
    roots: authority.rootPem,
    ports,
    ...(options.dialect && { dialect: options.dialect }),
    ...(options.withRecipe === true
      ? { recipe: (await site.type('get-siproute', 'Global', '-OutputFormat', 'kamailio')).stdout }
      : {}),
  });
  await site.run('start-service');
  return controlOf({ site, kamailio, prosody });
}

interface Settings {
  /** PEM, key first. */
  readonly certificate: string;
  readonly roots: string;
  readonly settings: readonly string[];
}

async function setUp(site: GatewaySite, { certificate, roots, settings }: Settings): Promise<void> {
  const file = (name: string, content: string): string => {
    const place = path.join(path.dirname(site.home), name);
    writeFileSync(place, content, { mode: 0o600 });
    return place;
  };
  const trust = ['-TrustedRootsPath', file('roots.pem', roots), '-UseSystemRoots', 'false'];
  await site.run('import-certificate', file('edge.pem', certificate), '-Type', 'ExternalEdge');
  await site.run('set-xmppgatewayconfiguration', ...trust, ...settings);
  const partner = ['-PartnerType', 'Federated', '-SupportDialbackNegotiation', 'false'];
  await site.run('new-xmppfederatedpartner', 'fabrikam.example', ...partner);
}

interface Parts {
  readonly site: GatewaySite;
  readonly kamailio: Kamailio;
  readonly prosody: Prosody;
}

function controlOf({ site, kamailio, prosody }: Parts): HopFederation {
  const alice = { user: 'alice', domain: 'contoso.example' };
  const toBob = { ...alice, to: bobAor };
  const run = (port: number, scenario: string, keys: SippOptions['keys'] = {}): Promise<SippOutcome> =>
    runSipp({ server: { host: '127.0.0.1', port }, transport: 'udp', scenario, keys, timeoutSeconds: 45 });
  const message = { ...toBob, content_type: 'text/plain;charset=UTF-8' };
  const registered = async ({ port }: RunningSipp): Promise<void> => {
    const outcome = await run(kamailio.port, registerAtProxy(), { ...alice, contact_port: String(port) });
    if (outcome.exitCode !== 0) throw new Error(`alice is not registered: ${outcome.errors}`);
  };
  return {
    site,
    kamailio,
    async bob() {
      const account = { port: prosody.c2sPort, domain: 'fabrikam.example', user: 'bob', password: 'battery-staple' };
      const client = await loginXmpp(account);
      client.sendPresence();
      return client;
    },
    async aliceReceives() {
      const receiver = await startSipp({ scenario: receiveMessageScenario(), transport: 'udp', timeoutSeconds: 45 });
      await registered(receiver);
      return { message: receiver.finished.then(({ messages }) => messages) };
    },
    async aliceRings() {
      const device = await startSipp({ scenario: ringsUntilCancelled(), transport: 'udp', timeoutSeconds: 45 });
      await registered(device);
      return device;
    },
    aliceWith: (protocol) =>
      startLibpurple({
        protocol,
        server: { host: '127.0.0.1', port: kamailio.port },
        transport: 'tcp',
        address: 'alice@contoso.example',
        password: 'none',
      }),
    aliceSends: (body, final, type = message.content_type) =>
      run(kamailio.port, messageThroughProxy(final), { ...message, body, content_type: type }),
    aliceRequests: (method, final, toTag) => run(kamailio.port, requestThroughProxy(method, final, toTag), toBob),
    strangerSends: (final) => run(site.sipPort, messageThroughProxy(final), { ...message, body: 'Let me in' }),
    sendsToKamailio: (keys, final) =>
      run(kamailio.port, messageThroughProxy(final), { ...message, ...keys, body: 'Let me through' }),
    async events(id) {
      const events = await site.run('get-eventlog', '-Tail', '1000');
      return events.filter(({ Event }) => Event === id);
    },
  };
}
