/** What a stream costs: authenticated ones a second, and the memory of a thousand that say nothing, against bare TLS connections. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls, createSecureContext } from 'node:tls';

import { openAuthenticated } from '../support/raw-stream.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { gatewayDomain, gatewayUnderLoad, type LoadedGateway } from './load/gateway-under-load.ts';
import { type MeasuredProcess, nextMessage, startMeasured } from './load/measured-process.ts';

/** Each of a partner of its own. Source: the limit of streams is 1000; one is left for whoever comes. */
const streams = 999;
/** Handshakes under way at a time. */
const atOnce = 24;
/** Without a hundredth less, and at most: V8 gives back what a burst has left after half a minute of quiet. */
const quietSeconds = 40;
const mostSettlingSeconds = 120;
const mebibyte = 1024 * 1024;

const partner = (index: number): string => `p${index}.load.example`;

/** Idle: what the handshakes have left behind is collected when the process finds the time. */
async function settledBytes(server: MeasuredProcess): Promise<number> {
  let [least, quiet] = [server.residentBytes(), 0];
  for (let waited = 0; waited < mostSettlingSeconds && quiet < quietSeconds; waited += 1) {
    await pause(1000);
    const now = server.residentBytes();
    quiet = now < least * 0.99 ? 0 : quiet + 1;
    least = Math.min(least, now);
  }
  return least;
}

interface Opened {
  readonly perSecond: number;
  /** MiB that the process has more than before. */
  readonly grownMib: number;
}

async function opened(server: MeasuredProcess, open: (index: number) => Promise<Socket>): Promise<Opened> {
  // What every connection shares is there with the first ones.
  const warm = await Promise.all(Array.from({ length: atOnce }, (_, index) => open(index)));
  const before = server.residentBytes();
  const begun = performance.now();
  const sockets: Socket[] = [];
  let next = atOnce;
  const lane = async (): Promise<void> => {
    while (next < streams) sockets.push(await open((next += 1) - 1));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const seconds = (performance.now() - begun) / 1000;
  const grownMib = ((await settledBytes(server)) - before) / mebibyte;
  for (const socket of [...warm, ...sockets]) socket.destroy();
  return { perSecond: sockets.length / seconds, grownMib };
}

async function ofGateway(site: LoadedGateway): Promise<Opened> {
  const gateway = await site.start();
  try {
    return await opened(gateway, async (index) => {
      const ends = { from: partner(index), to: gatewayDomain };
      const stream = await openAuthenticated(site.xmppPort, ends, site.partnerCertificate);
      return stream.release().socket;
    });
  } finally {
    await gateway.stop();
  }
}

async function ofBareServer({ partnerCertificate: { key, chain } }: LoadedGateway, script: string): Promise<Opened> {
  const server = startMeasured([script, 'bare-tls-server']);
  try {
    server.child.send({ key, chain });
    const { port } = (await nextMessage(server.child)) as { port: number };
    const secureContext = createSecureContext({ key, cert: chain });
    return await opened(server, async () => {
      const socket = connectTls({ port, host: '127.0.0.1', secureContext, rejectUnauthorized: false });
      await once(socket, 'data');
      return socket;
    });
  } finally {
    await server.stop();
  }
}

async function run(): Promise<readonly Figure[]> {
  const partners = Array.from({ length: streams }, (_, index) => partner(index));
  const site = await gatewayUnderLoad(partners, ['*.load.example']);
  const bare = await ofBareServer(site, process.argv[1] ?? '');
  const gateway = await ofGateway(site);
  return [
    { name: 'bare TLS server, connections', value: bare.perSecond, unit: 'a second' },
    {
      name: 'authenticated streams',
      value: gateway.perSecond,
      unit: 'a second',
      ratio: gateway.perSecond / bare.perSecond,
      atLeast: 100,
      atLeastRatio: 0.55,
    },
    { name: `bare TLS server, ${streams} idle connections`, value: bare.grownMib, unit: 'MiB' },
    {
      name: `${streams} idle streams`,
      value: gateway.grownMib,
      unit: 'MiB',
      ratio: gateway.grownMib / bare.grownMib,
      atMostRatio: 1.2,
    },
  ];
}

export const streamCosts: Benchmark = {
  name: 'streams',
  about: `${streams} streams of as many partners by STARTTLS and SASL EXTERNAL, ${atOnce} handshakes at a time; the yardstick is a TLS server of Node.js that asks for a certificate and does nothing else`,
  run,
};
