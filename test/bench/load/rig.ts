/** The gateway with a partner's server and a next hop around it, and a run of messages each way. */
import { once } from 'node:events';
import type { Socket } from 'node:net';

import { gatewayDomain, gatewayUnderLoad, type LoadedGateway } from './gateway-under-load.ts';
import type { MeasuredProcess } from './measured-process.ts';
import { type Corpus, chunksOf } from './message-stream.ts';
import type { Carried } from './relayed.ts';
import { type SipSink, type SipSource, startSipSink, startSipSource } from './sip-end.ts';
import { writeAll } from './write-all.ts';
import { openSending, startXmppSink, type XmppSink } from './xmpp-end.ts';

export interface Rig {
  readonly partners: readonly string[];
  readonly site: LoadedGateway;
  readonly gateway: MeasuredProcess;
  /** A stream of each partner, in their order. */
  readonly xmppSources: readonly Socket[];
  readonly xmppSink: XmppSink;
  readonly sipSource: SipSource;
  readonly sipSink: SipSink;
  /** The streams of the partners end: those to them have room then. */
  endSources(): Promise<void>;
  close(): Promise<void>;
}

export type RunSize = Pick<Corpus, 'messages' | 'bodyBytes' | 'conversations'>;

/** Messages that the XMPP side has under way at a time. */
const xmppWindow = 100;
/** Messages that the SIP side has under way at a time, and the bytes of their bodies: half of what may wait for one partner. */
const sipWindow = 100;
const sipWindowBytes = 2 * 1024 * 1024;
/** Streams that are opened at a time. */
const openingAtOnce = 16;

/** @param names - Of the certificate of all partners; a wildcard keeps it small. Default: the partners. */
export async function openRig(
  partners: readonly string[] = ['fabrikam.example'],
  names: readonly string[] = partners,
): Promise<Rig> {
  const site = await gatewayUnderLoad(partners, names);
  const far = { gatewayDomain, certificate: site.partnerCertificate };
  const sipSink = await startSipSink(site.hopPort);
  const xmppSink = await startXmppSink(far);
  for (const partner of partners) site.dns.xmppServer(partner, xmppSink.port);
  const gateway = await site.start();
  const xmppSources: Socket[] = [];
  for (let first = 0; first < partners.length; first += openingAtOnce) {
    const some = partners.slice(first, first + openingAtOnce);
    xmppSources.push(...(await Promise.all(some.map(async (partner) => openSending(site.xmppPort, partner, far)))));
  }
  const sipSource = await startSipSource(site.sipPort, gatewayDomain);
  return {
    ...{ partners, site, gateway, xmppSources, xmppSink, sipSource, sipSink },
    async endSources() {
      const closed = xmppSources.splice(0).map(async (source) => {
        source.end('</stream:stream>');
        await once(source, 'close');
      });
      await Promise.all(closed);
    },
    async close() {
      for (const source of xmppSources) source.destroy();
      sipSource.close();
      await gateway.stop();
      sipSink.close();
    },
  };
}

/** From the first byte to the last message at the SIP side. The partners share the messages evenly. */
export async function carriedToSip(rig: Rig, size: RunSize): Promise<Carried> {
  const count = rig.partners.length;
  const share = { ...size, messages: Math.ceil(size.messages / count), toDomain: gatewayDomain };
  const conversations = Math.ceil(size.conversations / count);
  const chunks = rig.partners.map((fromDomain) => chunksOf({ ...share, conversations, fromDomain }));
  const messages = share.messages * count;
  return timed(rig.gateway, messages, async () => {
    const window = new Window();
    const arrived = counted(messages, (more) => {
      rig.sipSink.onBody = () => {
        window.leave();
        more(1);
      };
    });
    const written = rig.xmppSources.map(async (source, index) => {
      for (const chunk of chunks[index] ?? []) {
        await window.enter(linesIn(chunk));
        await writeAll(source, [chunk]);
      }
    });
    await Promise.all([...written, arrived]);
  });
}

/** From the first byte to the last final response: each message has been acknowledged by the partner then. */
export async function carriedToXmpp(rig: Rig, size: RunSize): Promise<Carried> {
  const body = 'Shall we meet at three in the usual place? '.repeat(1 + size.bodyBytes / 43).slice(0, size.bodyBytes);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < size.messages) {
      const number = (next += 1);
      const to = rig.partners[number % rig.partners.length] ?? '';
      const status = await rig.sipSource.send(number % size.conversations, to, body);
      if (status < 200 || status > 299) throw new Error(`message ${number} was answered with ${status}`);
    }
  };
  return timed(rig.gateway, size.messages, async () => {
    const arrived = counted(size.messages, (more) => {
      rig.xmppSink.onMessages = (_, messages) => more(messages);
    });
    const lanes = Math.min(sipWindow, size.conversations, Math.ceil(sipWindowBytes / size.bodyBytes));
    await Promise.all([...Array.from({ length: lanes }, lane), arrived]);
  });
}

/** Messages of all partners that are under way: beyond what the gateway takes from all of them it would refuse some. */
class Window {
  #count = 0;
  #waiting: (() => void)[] = [];

  async enter(messages: number): Promise<void> {
    while (this.#count >= xmppWindow) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#count += messages;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count < xmppWindow) this.#waiting.shift()?.();
  }
}

const linesIn = (chunk: Buffer): number => {
  let count = 0;
  for (const byte of chunk) if (byte === 10) count += 1;
  return count;
};

async function timed(gateway: MeasuredProcess, messages: number, work: () => Promise<void>): Promise<Carried> {
  const before = gateway.cpuUs();
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  return { perSecond: messages / seconds, cpuUs: (gateway.cpuUs() - before) / messages };
}

function counted(wanted: number, listen: (count: (more: number) => void) => void): Promise<void> {
  let arrived = 0;
  return new Promise((resolve) =>
    listen((more) => {
      arrived += more;
      if (arrived >= wanted) resolve();
    }),
  );
}
