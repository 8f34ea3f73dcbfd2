/**
 * Answers of DNS, kept for as long as they hold: by TTL where one is given, absence included [RFC 2308 §5].
 * A question that got no answer is asked again, and its failure is not kept. Two who ask the same share one question.
 */
import type { SrvRecord } from 'node:dns';

import type { Clock } from '../../primitives/clock.ts';
import { type AddressRecord, type DnsPort, isAbsent } from './dns-resolver.ts';

/** Milliseconds for SRV records, whose TTL `node:dns` does not tell, and for absence. Source: own choice. */
const srvMs = 60_000;
const negativeMs = 60_000;
/** Milliseconds at most, whatever the TTL says. Source: RFC 8767 §4 allows a cap; a partner that moves is found within the hour. */
const maxMs = 3_600_000;
/** Questions in all before giving up, and milliseconds between them. */
const maxTries = 3;
const retryMs = 250;
/** Names of each type that are kept. */
const maxNames = 1_000;

export class DnsCache implements DnsPort {
  readonly #srv: AnswerCache<readonly SrvRecord[]>;
  readonly #four: AnswerCache<readonly AddressRecord[]>;
  readonly #six: AnswerCache<readonly AddressRecord[]>;

  constructor(dns: DnsPort, clock: Clock) {
    const addressMs = (records: readonly AddressRecord[]): number =>
      Math.min(...records.map(({ ttl }) => ttl * 1000), maxMs);
    this.#srv = new AnswerCache(
      clock,
      (name) => dns.resolveSrv(name),
      () => srvMs,
    );
    this.#four = new AnswerCache(clock, (name) => dns.resolve4(name), addressMs);
    this.#six = new AnswerCache(clock, (name) => dns.resolve6(name), addressMs);
  }

  async resolveSrv(name: string): Promise<readonly SrvRecord[]> {
    return this.#srv.ask(name);
  }

  async resolve4(name: string): Promise<readonly AddressRecord[]> {
    return this.#four.ask(name);
  }

  async resolve6(name: string): Promise<readonly AddressRecord[]> {
    return this.#six.ask(name);
  }

  /** Forgets the servers of the domain with their addresses; without a domain, everything. */
  clear(domain?: string): void {
    if (domain === undefined) {
      for (const cache of [this.#srv, this.#four, this.#six]) cache.clear();
      return;
    }
    const services = [`_xmpp-server._tcp.${domain}`, `_xmpps-server._tcp.${domain}`];
    const records = services.flatMap((name) => this.#srv.known(name) ?? []);
    for (const name of services) this.#srv.forget(name);
    for (const name of [domain, ...records.map((record) => record.name)]) {
      this.#four.forget(name);
      this.#six.forget(name);
    }
  }
}

interface Kept<T> {
  readonly answer: Promise<T>;
  /** The answer, once it is there. */
  records?: T;
  /** On the monotonic clock. */
  until: number;
}

class AnswerCache<T> {
  readonly #clock: Clock;
  readonly #question: (name: string) => Promise<T>;
  readonly #lifetimeMs: (answer: T) => number;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(clock: Clock, question: (name: string) => Promise<T>, lifetimeMs: (answer: T) => number) {
    this.#clock = clock;
    this.#question = question;
    this.#lifetimeMs = lifetimeMs;
  }

  async ask(name: string): Promise<T> {
    const known = this.#kept.get(name);
    if (known !== undefined && this.#clock.now() < known.until) return known.answer;
    const asked: Kept<T> = { answer: this.#askAgain(name, maxTries), until: Number.POSITIVE_INFINITY };
    this.#keep(name, asked);
    asked.until = this.#clock.now() + (await this.#lifetimeOf(asked));
    return asked.answer;
  }

  async #lifetimeOf(asked: Kept<T>): Promise<number> {
    try {
      asked.records = await asked.answer;
      return this.#lifetimeMs(asked.records);
    } catch (error) {
      return isAbsent(error) ? negativeMs : 0;
    }
  }

  known(name: string): T | undefined {
    return this.#kept.get(name)?.records;
  }

  forget(name: string): void {
    this.#kept.delete(name);
  }

  clear(): void {
    this.#kept.clear();
  }

  /** The name that was asked for longest ago makes room. */
  #keep(name: string, asked: Kept<T>): void {
    this.#kept.delete(name);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= maxNames) this.#kept.delete(oldest);
    this.#kept.set(name, asked);
  }

  async #askAgain(name: string, tries: number): Promise<T> {
    try {
      return await this.#question(name);
    } catch (error) {
      if (isAbsent(error) || tries <= 1) throw error;
    }
    await new Promise<void>((resolve) => void this.#clock.after(retryMs, resolve));
    return this.#askAgain(name, tries - 1);
  }
}
