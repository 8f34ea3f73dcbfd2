/** Messages through a relay: what Node.js can do on this machine in this minute. */
import { once } from 'node:events';
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls';

import type { TestCertificate } from '../../support/pki.ts';
import { nextMessage, startMeasured } from './measured-process.ts';
import { Occurrences } from './message-stream.ts';
import type { RelayMode } from './relay-process.ts';
import { writeAll } from './write-all.ts';

export interface Carried {
  readonly perSecond: number;
  /** Microseconds of processor time a message. */
  readonly cpuUs: number;
}

export interface Load {
  readonly chunks: readonly Buffer[];
  readonly messages: number;
}

/** @param script - The program of benchmarks, which is the relay too. */
export async function relayed(
  mode: RelayMode,
  { chunks, messages }: Load,
  { key, chain }: TestCertificate,
  script: string,
): Promise<Carried> {
  const sink = createServer({ key, cert: chain });
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  const address = sink.address();
  const relay = startMeasured([script, 'relay']);
  try {
    const connected = once(sink, 'secureConnection') as Promise<[TLSSocket]>;
    relay.child.send({ mode, port: typeof address === 'object' ? address?.port : 0, key, chain });
    const { port } = (await nextMessage(relay.child)) as { port: number };
    const [received] = await connected;
    const sender = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(sender, 'secureConnect');
    const before = relay.cpuUs();
    const begun = performance.now();
    const all = counted(received, messages);
    await Promise.all([writeAll(sender, chunks), all]);
    const seconds = (performance.now() - begun) / 1000;
    const cpuUs = (relay.cpuUs() - before) / messages;
    sender.destroy();
    return { perSecond: messages / seconds, cpuUs };
  } finally {
    await relay.stop();
    sink.close();
  }
}

function counted(received: TLSSocket, messages: number): Promise<void> {
  const lines = new Occurrences('\n');
  return new Promise((resolve) => {
    received.on('data', (chunk: Buffer) => {
      lines.feed(chunk);
      if (lines.count >= messages) resolve();
    });
  });
}
