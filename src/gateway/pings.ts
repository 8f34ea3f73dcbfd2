/** Pings to the servers of partners [XEP-0199]: a question on our stream, its answer on theirs. Any answer proves the way there and back. */
import type { DomainName } from '../primitives/domain-name.ts';
import type { Crossing } from './crossing.ts';
import { domainpartOf, printDomainpart } from './xmpp/jid.ts';
import { isAnswer, stanza } from './xmpp/stanza.ts';
import { readStanzaError } from './xmpp/stanza-error.ts';
import { type Element, element } from './xmpp/xml/element.ts';

const pingNamespace = 'urn:xmpp:ping';
/** Bits of an id that nobody guesses, so that nobody else answers. */
const idBits = 128;

export interface PingRequest {
  readonly local: DomainName;
  readonly remote: DomainName;
  /** Milliseconds for the streams of both directions and the answer together. */
  readonly timeoutMs: number;
}

export type PingOutcome =
  /** `error`: the condition, where the server answered with one; it is there all the same [XEP-0199]. */
  | { readonly type: 'answered'; readonly roundTripMs: number; readonly error?: string }
  /** No stream took it. */
  | { readonly type: 'undelivered'; readonly reason: string }
  /** A stream took it; no answer came back. */
  | { readonly type: 'unanswered' };

type Settle = (outcome: PingOutcome) => void;

interface Pending {
  readonly remote: DomainName;
  readonly sentAt: number;
  readonly settle: Settle;
}

export class Pings {
  readonly #crossing: Pick<Crossing, 'toXmpp' | 'clock' | 'ids'>;
  readonly #pending = new Map<string, Pending>();

  constructor(crossing: Pick<Crossing, 'toXmpp' | 'clock' | 'ids'>) {
    this.#crossing = crossing;
  }

  async send({ local, remote, timeoutMs }: PingRequest): Promise<PingOutcome> {
    const { toXmpp, clock, ids } = this.#crossing;
    const id = ids.token(idBits);
    return new Promise((resolve) => {
      const late = clock.after(timeoutMs, () => settle({ type: 'unanswered' }));
      const settle: Settle = (outcome) => {
        late.cancel();
        this.#pending.delete(id);
        resolve(outcome);
      };
      this.#pending.set(id, { remote, sentAt: clock.now(), settle });
      const ping = stanza(
        'iq',
        { from: printDomainpart(local), to: printDomainpart(remote), type: 'get', id },
        element('ping', pingNamespace),
      );
      void toXmpp(ping).then((delivery) => {
        if (!delivery.ok) settle({ type: 'undelivered', reason: delivery.reason });
      });
    });
  }

  /** @returns Whether the stanza was the answer to a ping; then it is nobody else's. */
  take(answer: Element): boolean {
    const { id = '', type, from = '' } = answer.attributes as Readonly<Record<string, string | undefined>>;
    const pending = isAnswer(answer) ? this.#pending.get(id) : undefined;
    if (pending === undefined || domainpartOf(from) !== pending.remote) return false;
    const roundTripMs = this.#crossing.clock.now() - pending.sentAt;
    const error = type === 'error' ? { error: readStanzaError(answer).condition } : {};
    pending.settle({ type: 'answered', roundTripMs, ...error });
    return true;
  }
}
