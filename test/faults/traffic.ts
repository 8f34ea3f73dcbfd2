/** Numbered messages between two users and two contacts, in both directions, and what becomes of them at the SIP end. */
import { setTimeout as delay } from 'node:timers/promises';

import type { BookEvent, Direction } from './books.ts';
import { generator, type RoundPlan } from './fault-plan.ts';
import type { Arrived, SipEnd } from './sip-end.ts';
import { domain, gatewayDomain, type XmppPeer } from './xmpp-peer.ts';

interface Pair {
  readonly direction: Direction;
  readonly user: string;
  readonly contact: string;
}

export const pairsBothWays: readonly Pair[] = (['sip-to-xmpp', 'xmpp-to-sip'] as const).flatMap((direction) =>
  ['alice', 'amy'].flatMap((user) => ['bob', 'carol'].map((contact) => ({ direction, user, contact }))),
);

export interface TrafficPorts {
  readonly plan: RoundPlan;
  sip(): SipEnd | undefined;
  peer(): XmppPeer | undefined;
  note(event: BookEvent): void;
  /** Messages of a pair that nobody knows anything of. */
  openOf(pair: string): number;
  isOpen(id: string): boolean;
  until(isSo: () => boolean, ms: number): Promise<void>;
}

export interface Traffic {
  /** Resolves when every message is sent, and every SIP client has its answer. */
  play(): Promise<void>;
  /** A user has something of a contact: his message, or a notice. */
  hasArrived(arrived: Arrived): void;
  /** What the server of the contacts has taken since then, or just before, may have ended with it. */
  peerEnds(since: number): void;
}

/** Messages of a contact that may be under way at a time, and milliseconds after which he writes on all the same. */
const maxUnderWay = 3;
const impatienceMs = 600;
/** Milliseconds that somebody types, at most; and until he tries again after a message that came to nothing at once. */
const typingMs = 60;
const againMs = 200;
/** Every so many messages of a user asks for a notice that names it, but one. */
const unnamedEvery = 4;
/** Milliseconds in which a server that ends may not have passed on what it took. */
const passingOnMs = 300;

export function trafficOf(ports: TrafficPorts): Traffic {
  const { plan, note } = ports;
  const accepted = new Map<string, number>();
  const idOf = ({ direction, user, contact }: Pair, number: number): string =>
    `f${plan.seed}-${direction === 'sip-to-xmpp' ? 's' : 'x'}-${user}-${contact}-${String(number).padStart(2, '0')}`;

  const pageFrom = async (pair: Pair, number: number): Promise<void> => {
    const id = idOf(pair, number);
    const [from, to] = [`${pair.user}@${gatewayDomain}`, `${pair.contact}@${domain}`];
    note({ type: 'sent', id, direction: pair.direction, pair: nameOf(pair) });
    const named = number % unnamedEvery === unnamedEvery - 1 ? {} : { notifiedAs: id };
    const outcome = await ports.sip()?.send({ from, to, body: id, ...named });
    const { status = 0, isLocal = true } = outcome ?? {};
    if (status >= 300) {
      note({ type: 'told', id, how: `${isLocal ? 'no response, ' : ''}${status}` });
      return await delay(againMs);
    }
    accepted.set(id, Date.now());
    note({ type: 'taken', id });
  };
  const play = async (pair: Pair, at: number): Promise<void> => {
    const next = generator(plan.seed * pairsBothWays.length + at);
    for (let number = 0; number < plan.messagesPerPair; number += 1) {
      await delay(next() * typingMs);
      if (pair.direction === 'sip-to-xmpp') {
        await pageFrom(pair, number);
        continue;
      }
      await ports.until(() => ports.openOf(nameOf(pair)) < maxUnderWay, impatienceMs);
      const id = idOf(pair, number);
      note({ type: 'sent', id, direction: pair.direction, pair: nameOf(pair) });
      ports.peer()?.send(`${pair.contact}@${domain}`, `${pair.user}@${gatewayDomain}`, id);
    }
  };
  return {
    async play() {
      await Promise.all(pairsBothWays.map(play));
    },
    hasArrived({ from, to, body }) {
      const named = /<message-id>([^<]*)<\/message-id>/.exec(body)?.[1];
      const pair = { direction: 'sip-to-xmpp', user: localOf(to), contact: localOf(from) } as const;
      if (named !== undefined) note({ type: 'told', id: named, how: 'notification' });
      else if (body.startsWith('Your message to ')) note({ type: 'told-of-one', pair: nameOf(pair) });
      else note({ type: 'delivered', id: body });
    },
    peerEnds(since) {
      const from = since - passingOnMs;
      for (const [id, time] of accepted)
        if (time > from && ports.isOpen(id))
          note({ type: 'excused', id, why: 'the server that had just taken it ended', isAtFarEnd: true });
    },
  };
}

const nameOf = ({ direction, user, contact }: Pair): string => `${direction} ${user} ${contact}`;
const localOf = (address: string): string => address.split('@', 1)[0] ?? '';
