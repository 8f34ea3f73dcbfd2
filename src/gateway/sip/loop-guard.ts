/**
 * Knows a message again that this gateway has sent on before, from and to the same: it has come back, and would for ever [RFC
 * 5393 §4.2, where a branch does the same for a proxy]. Its mark is a keyed hash of both addresses, so that nobody can read
 * whom a message went through, and a message that is forwarded to somebody else passes. It remembers nothing.
 */
import { createHmac } from 'node:crypto';

import type { Ids } from '../../primitives/ids.ts';
import { memoized } from '../../primitives/memoized.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { Secret } from '../../primitives/secret.ts';
import { canonicalAor, sipUriIn } from './aor.ts';
import type { SipRequest } from './message.ts';
import { tagOf } from './name-addr.ts';
import { markLength, maxMarks, type Trail, trailOf } from './trail.ts';

/** Addresses of record, canonical. */
export interface TrailEnds {
  readonly from: string;
  readonly to: string;
}

/** 482: it was here before. 483: it has come far enough. */
export interface Circling {
  readonly status: 482 | 483;
  readonly reason: string;
}

/** Bits of the key. Source: own choice, the strength of its HMAC-SHA-256. */
const keyBits = 256;

export class LoopGuard {
  readonly #key: Secret;

  /** The key is of this process: a message that circles while the gateway is restarted takes one turn more. */
  constructor(ids: Ids) {
    this.#key = new Secret(ids.token(keyBits));
  }

  /** The ends of a request that has been sent on from here before; undefined for every other one. */
  returned(request: SipRequest): TrailEnds | undefined {
    const { marks } = trailOf(request.headers);
    const ends = marks.length === 0 ? undefined : endsOf(request);
    return ends !== undefined && marks.includes(this.#mark(ends)) ? ends : undefined;
  }

  /** The trail with which the message goes on from here. */
  passed(trail: Trail, ends: TrailEnds): Result<Trail, Circling> {
    const mark = this.#mark(ends);
    if (trail.marks.includes(mark)) return refuse({ status: 482, reason: 'Loop Detected' });
    const isFar = trail.maxForwards === 0 || trail.marks.length >= maxMarks;
    if (isFar) return refuse({ status: 483, reason: 'Too Many Hops' });
    return ok({ maxForwards: trail.maxForwards - 1, marks: [...trail.marks, mark] });
  }

  #mark({ from, to }: TrailEnds): string {
    return this.#markOf(JSON.stringify([from, to]));
  }

  readonly #markOf = memoized((both) =>
    createHmac('sha256', this.#key.reveal()).update(both).digest('hex').slice(0, markLength),
  );
}

/** Inside a dialog the Request-URI is the remote target, which may be our own Contact, so the To decides. */
export function endsOf({ requestUri, headers }: SipRequest): TrailEnds | undefined {
  const to = headers.get('To');
  const [sender, target] = [sipUriIn(headers.get('From')), sipUriIn(tagOf(to) === undefined ? `<${requestUri}>` : to)];
  if (sender === undefined || target === undefined) return undefined;
  return { from: canonicalAor(sender), to: canonicalAor(target) };
}
