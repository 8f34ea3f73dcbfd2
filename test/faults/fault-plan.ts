/**
 * What one round does, from its seed alone: which peer, which transport, which faults and when, counted in messages sent and not
 * in milliseconds. The same seed is the same plan on every machine.
 */

export const peerKinds = ['prosody', 'counting', 'plain', 'prosody-bidi', 'bidi', 'prosody-plain'] as const;
/** Prosody with mod_smacks, with mod_s2s_bidi too, with neither; a scripted peer with XEP-0198, with XEP-0288 too, with neither. */
export type PeerKind = (typeof peerKinds)[number];

export const faultKinds = [
  'gateway-kill',
  'stream-reset',
  'stream-silent',
  'peer-restart',
  'dns-failure',
  'hop-hangs',
  'hop-refuses',
  'disk-full',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface PlannedFault {
  readonly kind: FaultKind;
  /** Messages that have been sent, in both directions, when it begins. */
  readonly after: number;
  /** Milliseconds until it heals; of the machine, not of the gateway, whose clock goes faster. */
  readonly lastsMs: number;
  /** Which of its two forms it takes: a silent wire flows again or breaks, a peer is stopped or killed, DNS says SERVFAIL or nothing. */
  readonly isHard: boolean;
}

export interface RoundPlan {
  readonly seed: number;
  readonly peer: PeerKind;
  readonly transport: 'udp' | 'tcp';
  /** For each pair of addresses, in each direction. */
  readonly messagesPerPair: number;
  readonly faults: readonly PlannedFault[];
}

export interface PlanLimits {
  readonly messagesPerPair: number;
  /** Pairs of addresses, both directions together. */
  readonly pairs: number;
  /** Milliseconds that a fault lasts at most. */
  readonly longestMs: number;
}

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Milliseconds that a fault lasts at least. */
const shortestMs = 50;

/**
 * Eight seeds in a row have each fault as their first one; forty-eight have each with each peer. One or two more are drawn.
 *
 * @param seed - A whole number from 0 on.
 */
export function planOf(seed: number, { messagesPerPair, pairs, longestMs }: PlanLimits): RoundPlan {
  const next = generator(seed);
  const oneOf = <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T;
  const total = messagesPerPair * pairs;
  const first = faultKinds[seed % faultKinds.length] as FaultKind;
  const kinds = [first, ...Array.from({ length: Math.floor(next() * 3) }, () => oneOf(faultKinds))];
  const faults = kinds.map((kind) => ({
    kind,
    // Something is on its way when it begins, and something is still to be sent.
    after: 4 + Math.floor(next() * total * 0.7),
    // Short ones are more frequent: most of what goes wrong is over in a moment.
    lastsMs: Math.round(shortestMs + next() ** 2 * (longestMs - shortestMs)),
    isHard: next() < 0.5,
  }));
  return {
    seed,
    peer: peerKinds[Math.floor(seed / faultKinds.length) % peerKinds.length] as PeerKind,
    transport: oneOf(['udp', 'tcp']),
    messagesPerPair,
    faults: faults.toSorted((one, other) => one.after - other.after),
  };
}
