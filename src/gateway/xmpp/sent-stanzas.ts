/**
 * What the peer has acknowledged of the stanzas that we sent on a stream, XEP-0198 §4. Part of both stream machines, and as pure.
 *
 * One request is under way at a time: it goes out with the first stanza after an answer, so that a burst costs one
 * or two requests, however long it is. What an answer leaves out is asked for again after `askAgainMs`.
 */
import type { StreamError } from './stream-error.ts';
import { isManagement, newlyAcknowledged, requestAcknowledgement } from './stream-management.ts';
import type { Element } from './xml/element.ts';

/** Counts since stream management was enabled, not wrapped [XEP-0198 §4]. */
export interface Acknowledgements {
  readonly sent: number;
  readonly acknowledged: number;
  /** `sent` when the last request went out. */
  readonly asked: number;
  /** A request has no answer yet. */
  readonly waiting: boolean;
}

/** What of a stream's state matters here. Absent where the peer acknowledges nothing. */
export interface Sending {
  readonly name: string;
  readonly acknowledgements?: Acknowledgements;
}

export type SendingEffect =
  | { readonly do: 'send'; readonly element: Element }
  /** The peer handled so many more stanzas, in the order in which they were sent. */
  | { readonly do: 'acknowledged'; readonly stanzas: number }
  /** What to wait for now: an answer within `acknowledgementMs`, the time to ask again, or nothing. */
  | { readonly do: 'expect'; readonly what: 'acknowledgement' | 'handling' | 'nothing' }
  | { readonly do: 'report-ignored'; readonly reason: string };

export interface SendingStep<S extends Sending> {
  readonly state: S;
  readonly effects: readonly SendingEffect[];
}

export const nothingSent: Acknowledgements = { sent: 0, acknowledged: 0, asked: 0, waiting: false };

const isUnacknowledged = ({ acknowledgements }: Sending): boolean =>
  acknowledgements !== undefined && acknowledgements.sent > acknowledgements.acknowledged;

export function stanzaSent<S extends Sending>(state: S): SendingStep<S> {
  const { acknowledgements } = state;
  if (acknowledgements === undefined) return { state, effects: [] };
  return ask({ ...state, acknowledgements: { ...acknowledgements, sent: acknowledgements.sent + 1 } });
}

/** Asks, unless an answer is due already. Also with nothing to acknowledge: the answer tells that somebody is there. */
export function ask<S extends Sending>(state: S): SendingStep<S> {
  const { acknowledgements } = state;
  if (acknowledgements === undefined || acknowledgements.waiting) return { state, effects: [] };
  return {
    state: { ...state, acknowledgements: { ...acknowledgements, asked: acknowledgements.sent, waiting: true } },
    effects: [
      { do: 'send', element: requestAcknowledgement },
      { do: 'expect', what: 'acknowledgement' },
    ],
  };
}

/** The last chance before we end the stream to learn what was handled: everything else would be in doubt. */
export const lastRequest = (state: Sending): readonly SendingEffect[] =>
  isUnacknowledged(state) ? [{ do: 'send', element: requestAcknowledgement }] : [];

/** @returns The error that the peer's wrong count deserves, or what follows from the answer. */
export function acknowledged<S extends Sending>(state: S, answer: Element): SendingStep<S> | StreamError {
  const { acknowledgements } = state;
  if (acknowledgements === undefined || !isManagement(answer, 'a'))
    return { state, effects: [{ do: 'report-ignored', reason: `<${answer.name}/> where it means nothing` }] };
  const more = newlyAcknowledged(answer, acknowledgements.sent, acknowledgements.acknowledged);
  if (!more.ok) return more.error;
  const total = acknowledgements.acknowledged + more.value;
  const settled = { ...state, acknowledgements: { ...acknowledgements, acknowledged: total, waiting: false } };
  const told: SendingEffect = { do: 'acknowledged', stanzas: more.value };
  if (state.name === 'ended' || state.name === 'closing') return { state: settled, effects: [told] };
  if (!isUnacknowledged(settled)) return { state: settled, effects: [told, { do: 'expect', what: 'nothing' }] };
  if (acknowledgements.sent === acknowledgements.asked)
    return { state: settled, effects: [told, { do: 'expect', what: 'handling' }] };
  const next = ask(settled);
  return { state: next.state, effects: [told, ...next.effects] };
}
