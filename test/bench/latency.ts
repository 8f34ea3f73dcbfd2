/** How long one message takes through the gateway while it carries half of what it can, both ways. */
import { setTimeout as pause } from 'node:timers/promises';

import type { Benchmark, Figure } from './benchmark.ts';
import { gatewayDomain } from './load/gateway-under-load.ts';
import { messageOf, usualBodyBytes } from './load/message-stream.ts';
import { carriedToSip, carriedToXmpp, openRig, type Rig } from './load/rig.ts';
import { quantile } from './median.ts';

const conversations = 1_000;
/** Messages that find out how much it can carry, after as many that warm its compiler. */
const probing = { messages: 8_000, bodyBytes: usualBodyBytes, conversations };
/** Milliseconds of paced messages, and between two looks at what is due. */
const pacedMs = 8_000;
const stepMs = 1;

/** When it was sent, at the beginning of the text. */
const mark = (): string => `at ${performance.now().toFixed(3)} `;
const marks = /at (\d+\.\d{3}) /g;

function heard(text: string, latencies: number[]): void {
  const now = performance.now();
  for (const [, sent] of text.matchAll(marks)) latencies.push(now - Number(sent));
}

/** Calls `send` so many times a second. */
async function paced(perSecond: number, send: (number: number) => void): Promise<void> {
  const begun = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < pacedMs; elapsed = performance.now() - begun) {
    for (const due = (elapsed * perSecond) / 1000; sent < due; sent += 1) send(sent);
    await pause(stepMs);
  }
}

async function toSip(rig: Rig): Promise<readonly number[]> {
  await carriedToSip(rig, probing);
  const { perSecond } = await carriedToSip(rig, probing);
  const latencies: number[] = [];
  rig.sipSink.onBody = (body) => heard(body.toString('latin1'), latencies);
  const [source] = rig.xmppSources;
  const [partner = ''] = rig.partners;
  const corpus = { ...probing, fromDomain: partner, toDomain: gatewayDomain };
  await paced(perSecond / 2, (number) => void source?.write(messageOf(corpus, number, mark())));
  return latencies;
}

async function toXmpp(rig: Rig): Promise<readonly number[]> {
  await carriedToXmpp(rig, probing);
  const { perSecond } = await carriedToXmpp(rig, probing);
  const latencies: number[] = [];
  rig.xmppSink.onMessages = (chunk) => heard(chunk.toString('latin1'), latencies);
  const answers: Promise<number>[] = [];
  const body = (): string => mark().padEnd(usualBodyBytes, 'Shall we meet at three in the usual place? ');
  const [partner = ''] = rig.partners;
  await paced(
    perSecond / 2,
    (number) => void answers.push(rig.sipSource.send(number % conversations, partner, body())),
  );
  await Promise.all(answers);
  return latencies;
}

async function run(): Promise<readonly Figure[]> {
  const rig = await openRig();
  try {
    const figures = (name: string, latencies: readonly number[]): Figure[] => [
      { name: `${name}, median`, value: quantile(latencies, 0.5), unit: 'ms', atMost: 1 },
      { name: `${name}, 99 of 100`, value: quantile(latencies, 0.99), unit: 'ms', atMost: 5 },
    ];
    return [...figures('XMPP to SIP', await toSip(rig)), ...figures('SIP to XMPP', await toXmpp(rig))];
  } finally {
    await rig.close();
  }
}

export const latency: Benchmark = {
  name: 'latency',
  about: `milliseconds from the sender's write to the receiver's read, at half of the messages a second that the same run has found possible`,
  run,
};
