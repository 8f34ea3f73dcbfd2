/**
 * From the name of a SIP domain to its servers: NAPTR for the transports, SRV for the hosts, else the name itself
 * [RFC 3263 §4.1, §4.2]; and, as Microsoft's servers find each other, `_sipfederationtls._tcp` alone. Addresses come later,
 * with the connection. Whatever DNS says, the certificate proves the name that was asked for [RFC 5922 §4].
 */
import type { NaptrRecord, SrvRecord } from 'node:dns';
import { isIP } from 'node:net';

import { systemErrorCode } from '../../primitives/errors.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { orderBySrv } from '../../primitives/srv-order.ts';
import { maxLocatedServers, maxNaptrRecords } from './hop-limits.ts';
import { isAbsent, type SipDns } from './sip-dns.ts';
import { defaultPort, type TransportName } from './transport.ts';

/** What is known before DNS is asked. */
export interface ServerQuestion {
  /** A domain name, or an address without brackets. */
  readonly host: string;
  /** Where there is one, SRV records are not looked for. */
  readonly port?: number | undefined;
  /** Where there is one, no other is used, whatever DNS offers. */
  readonly transport?: TransportName | undefined;
  readonly lookup: 'Sip' | 'SipFederation';
}

export interface SipServer {
  readonly host: string;
  readonly port: number;
  readonly transport: TransportName;
}

export interface LocatorPorts {
  readonly dns: SipDns;
  /** 0 to below 1, at random. */
  random(): number;
}

/** A protocol and the SRV records that name its servers. */
interface Service {
  readonly transport: TransportName;
  readonly srvName: string;
}

/** In the order in which we would have them [RFC 3263 §4.1: what the client prefers, when NAPTR says nothing]. */
const transports = ['tls', 'tcp', 'udp'] as const;
const srvPrefix: Readonly<Record<TransportName, string>> = { tls: '_sips._tcp', tcp: '_sip._tcp', udp: '_sip._udp' };
/** Source: RFC 3263 §4.1. */
const naptrServices: Readonly<Record<string, TransportName>> = {
  'sips+d2t': 'tls',
  'sip+d2t': 'tcp',
  'sip+d2u': 'udp',
};

/** The servers in the order in which to try them. Refusal: why there are none, one clause. Never rejects. */
export async function locateServers(
  question: ServerQuestion,
  ports: LocatorPorts,
): Promise<Result<readonly SipServer[], string>> {
  const { host, port, transport = 'tls', lookup } = question;
  const itself = { host, transport, port: port ?? defaultPort(transport) };
  if (isIP(host) !== 0 || port !== undefined) return ok([itself]);
  try {
    if (lookup === 'SipFederation') return await federationServers(host, ports);
    const services = await servicesOf(question, ports.dns);
    const found = await Promise.all(services.map((service) => serversOf(service, ports)));
    const servers = found.flatMap(({ servers }) => servers).slice(0, maxLocatedServers);
    if (servers.length > 0) return ok(servers);
    // A single target "." says that the service is decidedly not there [RFC 2782]: then neither is it at the name itself.
    if (found.some(({ isDenied }) => isDenied)) return refuse(`${host} says in DNS that it has no such SIP server`);
    return ok([itself]);
  } catch (error) {
    return refuse(`${host}: DNS gave no answer (${systemErrorCode(error) ?? 'failed'})`);
  }
}

async function federationServers(domain: string, ports: LocatorPorts): Promise<Result<readonly SipServer[], string>> {
  const service = { transport: 'tls', srvName: `_sipfederationtls._tcp.${domain}` } as const;
  const { servers } = await serversOf(service, ports);
  if (servers.length > 0) return ok(servers.slice(0, maxLocatedServers));
  return refuse(`${service.srvName} has no SRV record that names a server`);
}

async function servicesOf({ host, transport }: ServerQuestion, dns: SipDns): Promise<readonly Service[]> {
  if (transport !== undefined) return [serviceAt(host, transport)];
  const records = await orNothing(dns.resolveNaptr(host));
  const offered = records.toSorted(byPreference).flatMap(serviceNamedBy).slice(0, maxNaptrRecords);
  return offered.length > 0 ? offered : transports.map((each) => serviceAt(host, each));
}

const serviceAt = (host: string, transport: TransportName): Service => ({
  transport,
  srvName: `${srvPrefix[transport]}.${host}`,
});

/** Lowest first [RFC 3403 §4.1]. */
const byPreference = (one: NaptrRecord, other: NaptrRecord): number =>
  one.order - other.order || one.preference - other.preference;

/** `s`: the replacement is the name of SRV records; the other flags are not of SIP [RFC 3263 §4.1]. */
function serviceNamedBy({ flags, service, replacement }: NaptrRecord): readonly Service[] {
  const name = service.toLowerCase();
  const transport = Object.hasOwn(naptrServices, name) ? naptrServices[name] : undefined;
  if (transport === undefined || flags.toLowerCase() !== 's' || replacement === '') return [];
  return [{ transport, srvName: replacement }];
}

async function serversOf({ transport, srvName }: Service, { dns, random }: LocatorPorts) {
  const records = await orNothing<SrvRecord>(dns.resolveSrv(srvName));
  const named = records.filter(({ name }) => name !== '' && name !== '.');
  const ordered = orderBySrv(named, random);
  return {
    servers: ordered.map(({ name, port }): SipServer => ({ host: name.toLowerCase(), port, transport })),
    isDenied: records.length > 0 && named.length === 0,
  };
}

async function orNothing<T>(answer: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await answer;
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
