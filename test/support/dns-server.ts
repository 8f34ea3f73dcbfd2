/** A DNS server on loopback that answers from a table; a name with records but none of the type asked for is NODATA, any other NXDOMAIN. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

import { afterEach } from '@jest/globals';
import dnsPacket, { type Answer, type NaptrData, type SrvData } from 'dns-packet';

export interface TestDnsServer {
  /** `127.0.0.1:port`, as resolvers take it. */
  readonly address: string;
  readonly port: number;
  /** Names asked for so far, with their types: `SRV _xmpp-server._tcp.contoso.example`. */
  readonly questions: readonly string[];
  a(name: string, ...addresses: readonly string[]): void;
  srv(name: string, ...records: readonly SrvData[]): void;
  naptr(name: string, ...records: readonly NaptrData[]): void;
  /** The name is an alias from now on. */
  cname(name: string, target: string): void;
  /** Makes it the top of a zone. */
  soa(zone: string): void;
  /** Answers SERVFAIL for the name from now on. */
  breakName(name: string): void;
  /** Everything an XMPP server on 127.0.0.1 needs: an SRV record, and the address of its target. */
  xmppServer(domain: string, port: number): void;
  close(): void;
}

const noSuchName = 3;
const serverFailure = 2;
const authoritative = 1 << 10;
/** As a name server for clients answers: Erlang's resolver takes no other answer to a question that asked for recursion. */
const recursion = (1 << 8) | (1 << 7);

const started: TestDnsServer[] = [];

export async function startDnsServer(): Promise<TestDnsServer> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const records = new Map<string, Answer[]>();
  const broken = new Set<string>();
  const questions: string[] = [];
  socket.on('message', (query, { address, port }) =>
    socket.send(answerTo(query, { records, broken, questions }), port, address),
  );
  const server = controlOf(socket, { records, broken, questions });
  started.push(server);
  return server;
}

interface Tables {
  readonly records: Map<string, Answer[]>;
  readonly broken: Set<string>;
  readonly questions: string[];
}

function answerTo(query: Buffer, { records, broken, questions }: Tables): Buffer {
  const asked = dnsPacket.decode(query);
  const { type = '', name: asAsked = '' }: { type?: string; name?: string } = asked.questions?.[0] ?? {};
  const name = asAsked.toLowerCase();
  questions.push(`${type} ${name}`);
  const known = records.get(name);
  const code = broken.has(name) ? serverFailure : known === undefined ? noSuchName : 0;
  return dnsPacket.encode({
    type: 'response',
    id: asked.id ?? 0,
    flags: authoritative | recursion | code,
    questions: asked.questions ?? [],
    answers: code === 0 ? answersTo(type, known ?? [], records) : [],
  });
}

/** An alias comes with what its target has. */
function answersTo(type: string | undefined, known: readonly Answer[], records: Tables['records']): Answer[] {
  const aliases = known.flatMap((each) => (each.type === 'CNAME' ? [each] : []));
  const there = aliases.flatMap(({ data }) => records.get(data) ?? []);
  return [...aliases, ...[...known, ...there].filter((each) => each.type === type && type !== 'CNAME')];
}

function controlOf(socket: Socket, { records, broken, questions }: Tables): TestDnsServer {
  const { port } = socket.address();
  const set = (name: string, type: 'A' | 'SRV' | 'NAPTR' | 'SOA' | 'CNAME', answers: readonly Answer[]): void => {
    const others = (records.get(name) ?? []).filter((answer) => answer.type !== type);
    records.set(name, [...others, ...answers]);
  };
  return {
    address: `127.0.0.1:${port}`,
    port,
    questions,
    a: (name, ...addresses) =>
      set(
        name,
        'A',
        addresses.map((data) => ({ type: 'A', name, ttl: 0, data })),
      ),
    srv: (name, ...data) =>
      set(
        name,
        'SRV',
        data.map((data) => ({ type: 'SRV', name, ttl: 0, data })),
      ),
    naptr: (name, ...data) =>
      set(
        name,
        'NAPTR',
        data.map((data) => ({ type: 'NAPTR', name, ttl: 0, data })),
      ),
    cname: (name, data) => set(name, 'CNAME', [{ type: 'CNAME', name, ttl: 0, data }]),
    soa: (name) =>
      set(name, 'SOA', [{ type: 'SOA', name, ttl: 0, data: { mname: `ns.${name}`, rname: `hostmaster.${name}` } }]),
    breakName: (name) => void broken.add(name),
    xmppServer(domain, port) {
      this.srv(`_xmpp-server._tcp.${domain}`, { priority: 10, weight: 0, port, target: `xmpp.${domain}` });
      this.a(`xmpp.${domain}`, '127.0.0.1');
    },
    close: () => socket.close(),
  };
}

afterEach(() => {
  for (const server of started.splice(0)) server.close();
});
