/**
 * Acknowledging the stanzas that a peer sends on a stream, XEP-0198 §3-5. Part of both stream machines, and as pure.
 *
 * A stanza counts once its consumer is done with it, and everything before it is done too: what the peer hears of as handled
 * is nobody's risk any more. Requests are answered at once with what is handled by then, and again when the rest is.
 */
import { stanzaAddresses } from './stanza.ts';
import { type StanzaError, stanzaError } from './stanza-error.ts';
import { printAcknowledgement } from './stream-management.ts';
import type { Element } from './xml/element.ts';

/** Stanzas since stream management was enabled, counted from 1, not wrapped. */
export interface Handling {
  readonly received: number;
  /** Numbers of those that their consumer is not done with, ascending. */
  readonly pending: readonly number[];
  /** What the peer heard of as handled. */
  readonly told: number;
  /** `received` when the peer asked last. */
  readonly asked: number;
}

/** What of a stream's state matters here. Absent until acknowledgements are agreed on. */
export interface Receiving {
  readonly handling?: Handling;
}

export type ReceivingEffect =
  | { readonly do: 'send'; readonly element: Element }
  /** `number`: to be reported as handled under it. */
  | { readonly do: 'deliver'; readonly stanza: Element; readonly number?: number }
  | { readonly do: 'return'; readonly stanza: Element; readonly error: StanzaError; readonly number?: number };

export interface ReceivingStep<S extends Receiving> {
  readonly state: S;
  readonly effects: readonly ReceivingEffect[];
}

export const nothingReceived: Handling = { received: 0, pending: [], told: 0, asked: 0 };

/** Stanzas up to the first that is not done. */
const handledOf = ({ received, pending: [first] }: Handling): number => (first === undefined ? received : first - 1);

/** One more stanza, of a sender that may speak here: to its consumer, or back. */
export function take<S extends Receiving>(state: S, stanza: Element): ReceivingStep<S> {
  const { state: next, number } = counted(state);
  const numbered = number === undefined ? {} : { number };
  // One user's bad address is not worth the stream of everybody else.
  if (!stanzaAddresses(stanza).ok)
    return { state: next, effects: [{ do: 'return', stanza, error: stanzaError('jid-malformed'), ...numbered }] };
  return { state: next, effects: [{ do: 'deliver', stanza, ...numbered }] };
}

/** The number under which its consumer reports it done; none where nobody counts. */
function counted<S extends Receiving>(state: S): { readonly state: S; readonly number?: number } {
  const { handling } = state;
  if (handling === undefined) return { state };
  const number = handling.received + 1;
  return {
    state: { ...state, handling: { ...handling, received: number, pending: [...handling.pending, number] } },
    number,
  };
}

/** The peer asks. Nothing where acknowledgements were not agreed on. */
export function asked<S extends Receiving>(state: S): ReceivingStep<S> | undefined {
  const { handling } = state;
  return handling && tell(state, { ...handling, asked: handling.received });
}

export function handled<S extends Receiving>(state: S, number: number): ReceivingStep<S> {
  const { handling } = state;
  if (handling === undefined) return { state, effects: [] };
  const next = { ...handling, pending: handling.pending.filter((other) => other !== number) };
  const isAwaited = handling.asked > handling.told && handledOf(next) > handling.told;
  return isAwaited ? tell(state, next) : { state: { ...state, handling: next }, effects: [] };
}

/** What the peer shall know before the stream ends, so that it neither repeats nor returns what is done. */
export function lastAcknowledgement({ handling }: Receiving): readonly ReceivingEffect[] {
  if (handling === undefined || handledOf(handling) === handling.told) return [];
  return [{ do: 'send', element: printAcknowledgement(handledOf(handling)) }];
}

function tell<S extends Receiving>(state: S, handling: Handling): ReceivingStep<S> {
  const told = handledOf(handling);
  return {
    state: { ...state, handling: { ...handling, told } },
    effects: [{ do: 'send', element: printAcknowledgement(told) }],
  };
}
