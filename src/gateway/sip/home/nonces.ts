/**
 * Nonces of digest challenges. Each is its time and number and an HMAC over them, the realm and the address it was given to,
 * so that no challenge leaves state behind and no nonce serves elsewhere. Only what was counted with one is remembered:
 * a request with qop must count higher than the one before [RFC 7616 §3.4], or it is a replay.
 */
import { createHmac } from 'node:crypto';

import type { Clock } from '../../../primitives/clock.ts';
import { equalInConstantTime, type Secret } from '../../../primitives/secret.ts';

/** Milliseconds. Long enough for a client's burst of requests, short for an eavesdropper. Source: Kamailio `nonce_expire`. */
export const nonceLifetimeMs = 300_000;

/** Counters that are remembered: of nonce and cnonce, within the life of a nonce. Source: own choice; 2 MB. */
export const maxNonceCounters = 10_000;

/** To whom a nonce is given. */
export interface NoncePlace {
  readonly realm: string;
  /** The address of the client. */
  readonly address: string;
}

const timeDigits = 12;
const serialDigits = 8;
const noncePattern = /^[0-9a-f]{52}$/;
/** [RFC 7616 §3.4] */
const countPattern = /^[0-9a-f]{8}$/i;

export class Nonces {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #key: Secret;
  #serial = 0;
  /** The counter used last is last. */
  readonly #counters = new Map<string, number>();
  /** Milliseconds. What is known of nonces up to this age may have been forgotten. */
  #forgottenTo = Number.NEGATIVE_INFINITY;

  /** @param key - A new one makes every nonce stale. */
  constructor(clock: Pick<Clock, 'now'>, key: Secret) {
    this.#clock = clock;
    this.#key = key;
  }

  issue(place: NoncePlace): string {
    this.#serial = (this.#serial + 1) % 2 ** 32;
    const time = Math.floor(this.#clock.now()).toString(16).padStart(timeDigits, '0');
    return this.#sealed(time + this.#serial.toString(16).padStart(serialDigits, '0'), place);
  }

  /** Whether it is ours, was given to this place, and is not old. */
  isLive(nonce: string, place: NoncePlace): boolean {
    if (!noncePattern.test(nonce)) return false;
    if (!equalInConstantTime(this.#sealed(nonce.slice(0, timeDigits + serialDigits), place), nonce)) return false;
    return this.#clock.now() - timeOf(nonce) <= nonceLifetimeMs;
  }

  /** Counts a request whose answer is right. @returns Whether the count is news, so that nobody repeats what he overheard. */
  counts(nonce: string, cnonce: string, nc: string): boolean {
    if (!countPattern.test(nc)) return false;
    const name = `${nonce} ${cnonce}`;
    const count = Number.parseInt(nc, 16);
    const before = this.#counters.get(name);
    if (before === undefined ? timeOf(nonce) <= this.#forgottenTo : count <= before) return false;
    this.#counters.delete(name);
    this.#counters.set(name, count);
    this.#makeRoom();
    return true;
  }

  #makeRoom(): void {
    const [oldest] = this.#counters.keys();
    if (this.#counters.size <= maxNonceCounters || oldest === undefined) return;
    this.#counters.delete(oldest);
    this.#forgottenTo = Math.max(this.#forgottenTo, timeOf(oldest));
  }

  #sealed(head: string, { realm, address }: NoncePlace): string {
    const seal = createHmac('sha256', this.#key.reveal()).update(`${head}:${realm}:${address}`).digest('hex');
    return head + seal.slice(0, 32);
  }
}

const timeOf = (nonce: string): number => Number.parseInt(nonce.slice(0, timeDigits), 16);
