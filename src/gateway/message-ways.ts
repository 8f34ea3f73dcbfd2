/**
 * Which way a message takes to a user whose SipSessionMode is Auto: into an IM session, until the user or his hop shows that
 * he knows none; then as a page. What was shown is forgotten after a while, since clients and servers are updated.
 */
import type { Clock } from '../primitives/clock.ts';
import { domainOfAor } from './sip/aor.ts';

export type MessageWay = 'Session' | 'Pager';

/** Milliseconds for which a way is remembered. Source: own choice; a repaired hop gets sessions again within the hour. */
export const messageWayMs = 3_600_000;
/** Users and hops that are remembered; the one that was heard of the longest ago is forgotten first. */
export const maxMessageWays = 10_000;

/** Answers by which an INVITE says that IM sessions are not known or not wanted, whatever the message. */
const unknownToAll: ReadonlySet<number> = new Set([405, 501]);
const unknownToClient: ReadonlySet<number> = new Set([415, 488]);
/**
 * A 606 is none of them: an IM filter answers so, and its no must not be got around. Nor is a 420, since our INVITE requires
 * nothing that a page would not.
 */
export const refusesSessions = (status: number): boolean => unknownToAll.has(status) || unknownToClient.has(status);

/** Answers to a MESSAGE by which its method or its plain text is not known. */
export const refusesPages = (status: number): boolean => [405, 415, 501].includes(status);

interface Shown {
  readonly way: MessageWay;
  readonly at: number;
}

export class MessageWays {
  readonly #clock: Pick<Clock, 'now'>;
  /** By address of record for a user, by domain for the hop that owns its users. */
  readonly #shown = new Map<string, Shown>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  wayTo(userAor: string): MessageWay {
    return this.#of(userAor) ?? this.#of(domainOfAor(userAor)) ?? 'Session';
  }

  /**
   * An INVITE was answered with one of the statuses above. 405 and 501 are the hop's word for all of its users, unless one of
   * them has been in a session; 415 and 488 are those of a client.
   *
   * @returns Whom it is remembered of: an address of record, or a domain.
   */
  sessionRefused(userAor: string, status: number): string {
    const domain = domainOfAor(userAor);
    const isOfAll = unknownToAll.has(status) && this.#of(domain) !== 'Session';
    const whose = isOfAll ? domain : userAor;
    this.#remember(whose, 'Pager');
    return whose;
  }

  /** Somebody was in a session with this user: he knows them, and so does his hop. */
  sessionTaken(userAor: string): void {
    this.#shown.delete(userAor);
    this.#remember(domainOfAor(userAor), 'Session');
  }

  #of(whose: string): MessageWay | undefined {
    const shown = this.#shown.get(whose);
    return shown !== undefined && this.#clock.now() - shown.at < messageWayMs ? shown.way : undefined;
  }

  #remember(whose: string, way: MessageWay): void {
    this.#shown.delete(whose);
    this.#shown.set(whose, { way, at: this.#clock.now() });
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > maxMessageWays && oldest !== undefined) this.#shown.delete(oldest);
  }
}
