/**
 * Hours of a quarter of what the gateway can carry, both ways, while streams are broken without a goodbye: does anything grow, and
 * is every message accounted for? Ten minutes unless XGW_BENCH_SOAK_MINUTES says another time.
 */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { Benchmark, Figure } from './benchmark.ts';
import { gatewayDomain } from './load/gateway-under-load.ts';
import { messageOf, usualBodyBytes } from './load/message-stream.ts';
import { carriedToSip, carriedToXmpp, openRig, type Rig } from './load/rig.ts';
import { Tally } from './load/tally.ts';
import { openSending } from './load/xmpp-end.ts';
import { quantile } from './median.ts';

const variable = 'XGW_BENCH_SOAK_MINUTES';
const minutes = Number(process.env[variable] ?? 10);
/** Minutes in which each quarter has two breaks, and those of a day. */
const [fewest, most] = [2, 1_440];
const conversations = 1_000;
const probing = { messages: 8_000, bodyBytes: usualBodyBytes, conversations };
/** Milliseconds between two looks at what is due, two breaks, and two samples. */
const stepMs = 2;
const breakMs = 15_000;
const sampleMs = 2_000;
/** Milliseconds in which what is under way at the end has to arrive. */
const settleMs = 40_000;

/** What a quarter of the run showed. The first is for warming, the second is the yardstick, the last is judged. */
interface Quarter {
  readonly residentBytes: number[];
  readonly descriptors: number[];
  readonly toSip: number[];
  readonly toXmpp: number[];
}

const emptyQuarter = (): Quarter => ({ residentBytes: [], descriptors: [], toSip: [], toXmpp: [] });

class Soak {
  readonly #rig: Rig;
  readonly quarters = [emptyQuarter(), emptyQuarter(), emptyQuarter(), emptyQuarter()];
  readonly toSip = new Tally((ms) => this.#now.toSip.push(ms));
  readonly toXmpp = new Tally((ms) => this.#now.toXmpp.push(ms));
  breaks = 0;
  #elapsed = 0;
  /** Numbers that the stream in use has been given and the gateway has not acknowledged, in their order. */
  #given: number[] = [];
  #source: Socket | undefined;

  constructor(rig: Rig) {
    this.#rig = rig;
    const { sipSink, xmppSink } = rig;
    sipSink.onBody = (body) => this.toSip.arrive(markIn(body.toString('latin1')));
    xmppSink.onMessages = () => undefined;
    xmppSink.onMessage = (message) => {
      const refused = /^[^>]*\btype=["']error["']/.test(message.trimStart());
      if (refused) this.toSip.tell(Number(/\bid=["']m(\d+)["']/.exec(message)?.[1]));
      else this.toXmpp.arrive(markIn(message));
    };
  }

  get #now(): Quarter {
    return this.quarters[Math.min(3, Math.floor(this.#elapsed * 4))] ?? emptyQuarter();
  }

  /** @param perSecond - Messages, each way. */
  async run(perSecond: { readonly toSip: number; readonly toXmpp: number }): Promise<void> {
    await this.#openSource();
    const begun = performance.now();
    const wholeMs = minutes * 60_000;
    let [broken, sampled] = [begun, begun];
    for (let now = begun; now - begun < wholeMs; now = performance.now()) {
      this.#elapsed = (now - begun) / wholeMs;
      while (this.toSip.sent < ((now - begun) * perSecond.toSip) / 1000) this.#sendToSip();
      while (this.toXmpp.sent < ((now - begun) * perSecond.toXmpp) / 1000) this.#sendToXmpp();
      if (now - sampled >= sampleMs) {
        sampled = now;
        this.#sample();
      }
      if (now - broken >= breakMs) {
        broken = now;
        await this.#break();
      }
      await pause(stepMs);
    }
    this.#source?.write(request);
    for (const end = performance.now() + settleMs; this.#underWay > 0 && performance.now() < end; ) await pause(100);
  }

  get #underWay(): number {
    return this.toSip.underWay + this.toXmpp.underWay;
  }

  #sample(): void {
    const { gateway } = this.#rig;
    this.#now.residentBytes.push(gateway.residentBytes());
    this.#now.descriptors.push(readdirSync(`/proc/${gateway.child.pid}/fd`).length);
    this.#source?.write(request);
  }

  #sendToSip(): void {
    const number = this.toSip.send();
    const corpus = { ...probing, fromDomain: this.#partner, toDomain: gatewayDomain };
    this.#given.push(number);
    this.#source?.write(messageOf(corpus, number, mark(number)));
  }

  #sendToXmpp(): void {
    const number = this.toXmpp.send();
    const body = mark(number).padEnd(usualBodyBytes, 'Shall we meet at three in the usual place? ');
    void this.#rig.sipSource.send(number % conversations, this.#partner, body).then((status) => {
      if (status >= 300) this.toXmpp.tell(number);
    });
  }

  /** Without a goodbye: in turn those that the gateway sends on, and the one on which it receives. */
  async #break(): Promise<void> {
    this.breaks += 1;
    if (this.breaks % 2 === 0) return this.#rig.xmppSink.breakStreams();
    const [source, given] = [this.#source, this.#given];
    if (source !== undefined) {
      source.destroy();
      await once(source, 'close');
    }
    // What was not acknowledged is known to the server that sent it.
    for (const number of given) this.toSip.tell(number);
    await this.#openSource();
  }

  async #openSource(): Promise<void> {
    const { site } = this.#rig;
    const source = await openSending(site.xmppPort, this.#partner, {
      gatewayDomain,
      certificate: site.partnerCertificate,
    });
    let acknowledged = 0;
    let heard = '';
    this.#given = [];
    this.#source = source;
    source.on('error', () => undefined);
    source.on('data', (chunk: Buffer) => {
      heard = `${heard}${chunk.toString('latin1')}`.slice(-200);
      const handled = Number([...heard.matchAll(/<a [^>]*\bh=["'](\d+)["']/g)].at(-1)?.[1] ?? acknowledged);
      if (this.#source === source) this.#given.splice(0, handled - acknowledged);
      acknowledged = handled;
    });
  }

  get #partner(): string {
    return this.#rig.partners[0] ?? '';
  }
}

const request = "<r xmlns='urn:xmpp:sm:3'/>";
const mark = (number: number): string => `number ${number} `;
const markIn = (text: string): number => Number(/number (\d+) /.exec(text)?.[1]);

function figuresOf({ toSip, toXmpp, breaks, quarters }: Soak): readonly Figure[] {
  const [, second = emptyQuarter(), , last = emptyQuarter()] = quarters;
  const mebibytes = ({ residentBytes }: Quarter): number => quantile(residentBytes, 0.5) / 1_048_576;
  const descriptors = (quarter: Quarter): number => quantile(quarter.descriptors, 0.5);
  const late = (name: string, of: (quarter: Quarter) => readonly number[]): Figure => {
    const value = quantile(of(last), 0.99);
    return { name, value, unit: 'ms', ratio: value / quantile(of(second), 0.99), atMostRatio: 1.5 };
  };
  return [
    { name: 'messages, both ways', value: toSip.sent + toXmpp.sent, unit: 'messages' },
    { name: 'breaks of streams', value: breaks, unit: 'times' },
    { name: 'arrived', value: toSip.arrived + toXmpp.arrived, unit: 'messages' },
    { name: 'their senders were told', value: toSip.told + toXmpp.told, unit: 'messages' },
    { name: 'arrived again, or although told', value: toSip.again + toXmpp.again, unit: 'messages' },
    { name: 'neither', value: toSip.underWay + toXmpp.underWay, unit: 'messages', atMost: 0 },
    growing(
      { name: 'resident memory of the last quarter', unit: 'MiB', value: mebibytes(last), atMostOver: 10 },
      mebibytes(second),
    ),
    growing(
      { name: 'open descriptors of the last quarter', unit: 'descriptors', value: descriptors(last), atMostOver: 2 },
      descriptors(second),
    ),
    late('XMPP to SIP, 99 of 100, last quarter', (quarter) => quarter.toSip),
    late('SIP to XMPP, 99 of 100, last quarter', (quarter) => quarter.toXmpp),
  ];
}

const growing = (figure: Figure, before: number): Figure => ({ ...figure, over: figure.value - before });

async function run(): Promise<readonly Figure[]> {
  if (!(minutes >= fewest && minutes <= most)) throw new Error(`${variable} is a number from ${fewest} to ${most}.`);
  const rig = await openRig();
  try {
    for (const carried of [carriedToSip, carriedToXmpp]) await carried(rig, probing);
    const [sip, xmpp] = [await carriedToSip(rig, probing), await carriedToXmpp(rig, probing)];
    const soak = new Soak(rig);
    // A quarter of the processor: half of it for each way.
    await soak.run({ toSip: sip.perSecond / 8, toXmpp: xmpp.perSecond / 8 });
    return figuresOf(soak);
  } finally {
    await rig.close();
  }
}

export const soak: Benchmark = {
  name: 'soak',
  about: `${minutes} minutes of a quarter of what the same run has found possible, half of it each way, a stream broken every 15 s; memory, descriptors and latency of the last quarter against the second`,
  run,
  onDemand: true,
};
