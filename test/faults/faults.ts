/** How each kind of fault begins, and how it heals. */
import { setTimeout as delay } from 'node:timers/promises';

import type { SmallDisk } from '../support/small-disk.ts';
import type { DnsWire } from './dns-wire.ts';
import type { PlannedFault } from './fault-plan.ts';
import type { GatewayProcess } from './gateway-process.ts';
import type { SipEnd } from './sip-end.ts';
import type { Wire } from './wire.ts';
import type { XmppPeer } from './xmpp-peer.ts';

export interface Faulty {
  readonly gateway: GatewayProcess;
  readonly peer: XmppPeer;
  readonly sip: SipEnd;
  readonly wires: readonly Wire[];
  readonly toPeer: Wire;
  readonly dns: DnsWire;
  /** Undefined: there is none here. */
  readonly disk: SmallDisk | undefined;
  say(text: string): void;
  /** The peer has gone away. @param since - When it began to. */
  peerEnds(since: number): void;
}

type Injection = (fault: PlannedFault, faulty: Faulty) => Promise<void>;

/** Resolves when all is well again. @returns False: this machine does not allow it. */
export async function inject(fault: PlannedFault, faulty: Faulty): Promise<boolean> {
  if (fault.kind === 'disk-full' && faulty.disk === undefined) return false;
  await inTurn(faulty[subjects[fault.kind]] ?? faulty, () => injections[fault.kind](fault, faulty));
  return true;
}

const subjects = {
  'gateway-kill': 'gateway',
  'stream-reset': 'wires',
  'stream-silent': 'wires',
  'peer-restart': 'peer',
  'dns-failure': 'dns',
  'hop-hangs': 'sip',
  'hop-refuses': 'sip',
  'disk-full': 'disk',
} as const satisfies Record<PlannedFault['kind'], keyof Faulty>;

/** One fault at a time has a subject. */
const busy = new WeakMap<object, Promise<void>>();

function inTurn(subject: object, act: () => Promise<void>): Promise<void> {
  const turn = (busy.get(subject) ?? Promise.resolve()).then(act);
  busy.set(
    subject,
    turn.catch(() => undefined),
  );
  return turn;
}

const injections: Readonly<Record<PlannedFault['kind'], Injection>> = {
  async 'gateway-kill'({ lastsMs }, { gateway, peer, say }) {
    await gateway.kill();
    peer.streamsBroke();
    await delay(lastsMs);
    try {
      await gateway.start();
    } catch (error) {
      say(`not started: ${String(error)}`);
    }
    peer.streamsBroke();
  },
  async 'stream-reset'({ lastsMs, isHard }, { wires, peer }) {
    for (const wire of wires) {
      if (isHard) wire.refuse();
      wire.reset();
    }
    peer.streamsBroke();
    await delay(lastsMs);
    for (const wire of wires) wire.accept();
  },
  async 'stream-silent'({ lastsMs, isHard }, { wires, peer }) {
    for (const wire of wires) wire.fallSilent();
    await delay(lastsMs);
    for (const wire of wires) {
      if (isHard) wire.reset();
      wire.flow();
    }
    peer.streamsBroke();
  },
  async 'peer-restart'({ lastsMs, isHard }, { peer, toPeer, peerEnds }) {
    const since = Date.now();
    await peer.stop(isHard);
    peerEnds(since);
    toPeer.refuse();
    await delay(lastsMs);
    await peer.start();
    toPeer.accept();
  },
  async 'dns-failure'({ lastsMs, isHard }, { dns, wires, peer }) {
    dns.mode = isHard ? 'silent' : 'fails';
    for (const wire of wires) wire.reset();
    peer.streamsBroke();
    await delay(lastsMs);
    dns.mode = 'passes';
  },
  async 'hop-hangs'({ lastsMs, isHard }, { sip }) {
    sip.mode = 'hangs';
    await delay(lastsMs);
    sip.answerAgain(isHard);
  },
  async 'hop-refuses'({ lastsMs }, { sip }) {
    sip.mode = 'refuses';
    await delay(lastsMs);
    sip.answerAgain(false);
  },
  async 'disk-full'({ lastsMs }, { disk }) {
    disk?.fill();
    await delay(lastsMs);
    disk?.release();
  },
};
