/** Messages through one gateway process on one core, both ways, against what Node.js can do on that core at best. */
import type { Benchmark, Figure } from './benchmark.ts';
import { gatewayDomain } from './load/gateway-under-load.ts';
import { chunksOf, usualBodyBytes } from './load/message-stream.ts';
import { type Carried, relayed } from './load/relayed.ts';
import { carriedToSip, carriedToXmpp, openRig, type Rig } from './load/rig.ts';
import { median } from './median.ts';

const rounds = 3;
/** Messages in a round, of the gateway and of a relay: seconds each. */
const messages = 15_000;
const relayedMessages = 40_000;
/** More than the gateway has under way at a time: no conversation waits for itself. */
const conversations = 1_000;

interface Round {
  readonly line: Carried;
  readonly parse: Carried;
  readonly toSip: Carried;
  readonly toXmpp: Carried;
}

async function measured(rig: Rig, script: string): Promise<Round> {
  const { partnerCertificate } = rig.site;
  const ends = { fromDomain: rig.partners[0] ?? '', toDomain: gatewayDomain };
  const corpus = { bodyBytes: usualBodyBytes, conversations, ...ends };
  const load = { messages: relayedMessages, chunks: chunksOf({ ...corpus, messages: relayedMessages }) };
  return {
    line: await relayed('line', load, partnerCertificate, script),
    parse: await relayed('parse', load, partnerCertificate, script),
    toSip: await carriedToSip(rig, { messages, bodyBytes: usualBodyBytes, conversations }),
    toXmpp: await carriedToXmpp(rig, { messages, bodyBytes: usualBodyBytes, conversations }),
  };
}

async function run(): Promise<readonly Figure[]> {
  const rig = await openRig();
  const results: Round[] = [];
  try {
    // The first round warms the compiler of the gateway, and does not count.
    for (let round = 0; round <= rounds; round += 1) results.push(await measured(rig, process.argv[1] ?? ''));
  } finally {
    await rig.close();
  }
  return figuresOf(results.slice(1));
}

function figuresOf(results: readonly Round[]): readonly Figure[] {
  const of = (which: keyof Round, what: keyof Carried): number => median(results.map((round) => round[which][what]));
  const against = (which: keyof Round, yardstick: 'line' | 'parse', what: keyof Carried): number =>
    median(results.map((round) => round[which][what] / round[yardstick][what]));
  const speed = (name: string, which: 'toSip' | 'toXmpp', atLeastRatio: number): Figure => {
    const ratio = against(which, 'line', 'perSecond');
    return { name, value: of(which, 'perSecond'), unit: 'a second', ratio, atLeastRatio };
  };
  const cost = (name: string, which: 'toSip' | 'toXmpp'): Figure => {
    const ratio = against(which, 'parse', 'cpuUs');
    return { name, value: of(which, 'cpuUs'), unit: 'µs', ratio, atMostRatio: 3 };
  };
  return [
    { name: 'line relay', value: of('line', 'perSecond'), unit: 'a second' },
    speed('XMPP to SIP', 'toSip', 0.08),
    speed('SIP to XMPP', 'toXmpp', 0.065),
    { name: 'parsing relay, processor time a message', value: of('parse', 'cpuUs'), unit: 'µs' },
    cost('XMPP to SIP, processor time a message', 'toSip'),
    cost('SIP to XMPP, processor time a message', 'toXmpp'),
  ];
}

export const throughput: Benchmark = {
  name: 'throughput',
  about: `messages with ${usualBodyBytes} bytes of text over TLS with SASL EXTERNAL and SIP over TCP, one gateway process on one core, medians of ${rounds} rounds; the yardsticks are relays from TLS to TLS: line by line for the rate, with the gateway's own XML parser and writer for the processor time`,
  run,
};
