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
  /** All up to this one are done. */
  readonly handled: number;
  /** What is done behind one that is not: ascending, apart from each other. As short as few conversations wait. */
  readonly beyond: readonly Range[];
  /** What the peer heard of as handled. */
  readonly told: number;
  /** `received` when the peer asked last. */
  readonly asked: number;
}

/** Numbers, both included. */
interface Range {
  readonly first: number;
  readonly last: number;
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

export const nothingReceived: Handling = { received: 0, handled: 0, beyond: [], told: 0, asked: 0 };

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
  return { state: { ...state, handling: { ...handling, received: number } }, number };
}

/** The peer asks. Nothing where acknowledgements were not agreed on. */
export function asked<S extends Receiving>(state: S): ReceivingStep<S> | undefined {
  const { handling } = state;
  return handling && tell(state, { ...handling, asked: handling.received });
}

export function handled<S extends Receiving>(state: S, number: number): ReceivingStep<S> {
  const { handling } = state;
  if (handling === undefined) return { state, effects: [] };
  const next = withDone(handling, number);
  const isAwaited = handling.asked > handling.told && next.handled > handling.told;
  return isAwaited ? tell(state, next) : { state: { ...state, handling: next }, effects: [] };
}

/** A burst of thousands costs each of its stanzas the same, whichever of them is done first. */
function withDone(handling: Handling, number: number): Handling {
  const { handled: before, beyond } = handling;
  if (number === before + 1 && beyond.length === 0) return { ...handling, handled: number };
  const ranges = joined(beyond, number);
  const [first] = ranges;
  if (first?.first !== before + 1) return { ...handling, beyond: ranges };
  return { ...handling, handled: first.last, beyond: ranges.slice(1) };
}

function joined(ranges: readonly Range[], number: number): readonly Range[] {
  const at = ranges.findIndex(({ last }) => last >= number - 1);
  const touched = at === -1 ? undefined : ranges[at];
  if (touched === undefined) return [...ranges, { first: number, last: number }];
  if (touched.first > number + 1) return ranges.toSpliced(at, 0, { first: number, last: number });
  const following = ranges[at + 1];
  if (touched.last === number - 1 && following?.first === number + 1)
    return ranges.toSpliced(at, 2, { first: touched.first, last: following.last });
  return ranges.toSpliced(at, 1, {
    first: Math.min(touched.first, number),
    last: Math.max(touched.last, number),
  });
}

/** What the peer shall know before the stream ends, so that it neither repeats nor returns what is done. */
export function lastAcknowledgement({ handling }: Receiving): readonly ReceivingEffect[] {
  if (handling === undefined || handling.handled === handling.told) return [];
  return [{ do: 'send', element: printAcknowledgement(handling.handled) }];
}

function tell<S extends Receiving>(state: S, handling: Handling): ReceivingStep<S> {
  const told = handling.handled;
  return {
    state: { ...state, handling: { ...handling, told } },
    effects: [{ do: 'send', element: printAcknowledgement(told) }],
  };
}
