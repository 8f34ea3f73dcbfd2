/** One gateway as the peer of a Kamailio that owns contoso.example, and one Prosody for fabrikam.example; set up by cmdlets only. */
import type { SipSessionMode } from '../../src/config/gateway-configuration.ts';
import { freePort } from '../peers/free-port.ts';
import { type Kamailio, type KamailioOptions, startKamailio } from '../peers/kamailio.ts';
import { type Libpurple, type LibpurpleOptions, startLibpurple } from '../peers/libpurple.ts';
import type { Prosody } from '../peers/prosody.ts';
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
import type { GatewaySite } from '../support/gateway-site.ts';
import { loginXmpp, type XmppClient } from '../support/xmpp-client.ts';
import { bothWays, hopSite } from './hop-site.ts';

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

export async function federateByHop(options: HopFederationOptions): Promise<HopFederation> {
  const { transport, certificateName = hopName } = options;
  const around = await hopSite(['contoso.example']);
  const { authority, site, dns, prosody, sipTlsPort } = around;
  const ports = { port: await freePort(), tlsPort: await freePort() };
  dns.a(hopName, '127.0.0.1');

  const place = `${hopName}:${transport === 'tls' ? ports.tlsPort : ports.port};transport=${transport}`;
  const settings = ['-SipMode', 'NextHop', '-SipNextHop', place];
  const mode = options.sessionMode === undefined ? [] : ['-SipSessionMode', options.sessionMode];
  await around.configure(['sip.contoso.example', 'contoso.example'], [...settings, ...mode]);
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
