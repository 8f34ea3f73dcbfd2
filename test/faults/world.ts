/** What all rounds have in common, set up once: authority, DNS, wires, the store to copy, and Prosody, where a round needs it. */
import { freePort } from '../peers/free-port.ts';
import { type Prosody, startProsody } from '../peers/prosody.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { createAuthority, type TestAuthority, type TestCertificate } from '../support/pki.ts';
import { type SmallDisk, smallDisk } from '../support/small-disk.ts';
import { type DnsWire, startDnsWire } from './dns-wire.ts';
import { gatewayTemplates, type Templates } from './gateway-process.ts';
import { startWire, type Wire } from './wire.ts';
import { domain, gatewayDomain } from './xmpp-peer.ts';

export type ProsodyKind = 'prosody' | 'prosody-bidi' | 'prosody-plain';

export interface World {
  readonly certificate: TestCertificate;
  readonly templates: Templates;
  readonly dns: DnsWire;
  /** From the gateway to the peer, and back. */
  readonly toPeer: Wire;
  readonly toGateway: Wire;
  readonly hopPort: number;
  /** Of a scripted peer. */
  readonly peerPort: number;
  /** Contacts with their passwords. */
  readonly contacts: Readonly<Record<string, string>>;
  /** How many times as fast as that of the machine the clock of the gateway goes. */
  readonly speed: number;
  /** Undefined: nobody may mount one here. */
  disk(): SmallDisk | undefined;
  prosody(kind: ProsodyKind): Promise<Prosody>;
  /** It has another process now. */
  replaced(kind: ProsodyKind, prosody: Prosody): void;
  close(): void;
}

const modules: Readonly<Record<ProsodyKind, readonly string[]>> = {
  prosody: ['smacks'],
  'prosody-bidi': ['smacks', 's2s_bidi'],
  'prosody-plain': [],
};

/** Mebibytes that are enough for a gateway and a round. */
const diskSize = 24;

export async function openWorld(speed: number): Promise<World> {
  const authority = createAuthority('Faults-Root');
  const names = await startDnsServer();
  const dns = await startDnsWire(names.port);
  const [toPeer, toGateway] = [await startWire(), await startWire()];
  const [hopPort, peerPort] = [await freePort(), await freePort()];
  const templates = await gatewayTemplates({ authority, dns: dns.address, hopPort });
  toGateway.target = templates.xmppPort;
  names.xmppServer(domain, toPeer.port);
  names.xmppServer(gatewayDomain, toGateway.port);
  const contacts = { bob: 'battery-staple', carol: 'battery-staple' };
  const prosodies = new Map<ProsodyKind, Prosody>();
  let disk: SmallDisk | 'none' | undefined;
  return {
    certificate: authority.issue({ names: [domain] }),
    ...{ templates, dns, toPeer, toGateway, hopPort, peerPort, contacts, speed },
    disk() {
      disk ??= mounted();
      return disk === 'none' ? undefined : disk;
    },
    async prosody(kind) {
      const running = prosodies.get(kind) ?? (await startPeer(kind, { authority, dns, contacts }));
      prosodies.set(kind, running);
      return running;
    },
    replaced: (kind, prosody) => void prosodies.set(kind, prosody),
    close() {
      for (const each of [dns, toPeer, toGateway]) each.close();
    },
  };
}

function mounted(): SmallDisk | 'none' {
  try {
    return smallDisk(diskSize);
  } catch {
    return 'none';
  }
}

const startPeer = (
  kind: ProsodyKind,
  { authority, dns, contacts }: { authority: TestAuthority; dns: DnsWire; contacts: World['contacts'] },
): Promise<Prosody> =>
  startProsody({
    domain,
    dnsPort: dns.port,
    certificate: authority.issue({ names: [domain] }),
    roots: authority.rootPem,
    requireValidCertificate: true,
    users: contacts,
    modulesEnabled: modules[kind],
    // Its clock goes as ever: what takes it long by default has to fit into a round.
    settings: ['smacks_max_ack_delay = 3', 's2s_close_timeout = 1', 'c2s_close_timeout = 1'],
  });
