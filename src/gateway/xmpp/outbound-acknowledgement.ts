/**
 * What the peer has acknowledged of the stanzas on a stream that we opened, XEP-0198 §4. Part of the outbound machine, and as pure.
 *
 * One request is under way at a time: it goes out with the first stanza after an answer, so that a burst costs one
 * or two requests, however long it is. What an answer leaves out is asked for again after `askAgainMs`.
 */
import {
  type Acknowledgements,
  type OutboundEffect,
  type OutboundState,
  type OutboundStep,
  stay,
} from './outbound-state.ts';
import type { StreamError } from './stream-error.ts';
import { isManagement, newlyAcknowledged, requestAcknowledgement } from './stream-management.ts';
import type { Element } from './xml/element.ts';

export const nothingSent: Acknowledgements = { sent: 0, acknowledged: 0, asked: 0, waiting: false };

export const isUnacknowledged = ({ acknowledgements }: OutboundState): boolean =>
  acknowledgements !== undefined && acknowledgements.sent > acknowledgements.acknowledged;

export function stanzaSent(state: OutboundState): OutboundStep {
  const { acknowledgements } = state;
  if (acknowledgements === undefined) return stay(state);
  return ask({ ...state, acknowledgements: { ...acknowledgements, sent: acknowledgements.sent + 1 } });
}

/** Asks, unless an answer is due already. Also with nothing to acknowledge: the answer tells that somebody is there. */
export function ask(state: OutboundState): OutboundStep {
  const { acknowledgements } = state;
  if (acknowledgements === undefined || acknowledgements.waiting) return stay(state);
  return stay(
    { ...state, acknowledgements: { ...acknowledgements, asked: acknowledgements.sent, waiting: true } },
    { do: 'send', element: requestAcknowledgement },
    { do: 'expect', what: 'acknowledgement' },
  );
}

/** @returns The error that the peer's wrong count deserves, or what follows from the answer. */
export function acknowledged(state: OutboundState, answer: Element): OutboundStep | StreamError {
  const { acknowledgements } = state;
  if (acknowledgements === undefined || !isManagement(answer, 'a'))
    return stay(state, { do: 'report-ignored', reason: `<${answer.name}/> where it means nothing` });
  const more = newlyAcknowledged(answer, acknowledgements.sent, acknowledgements.acknowledged);
  if (!more.ok) return more.error;
  const settled = {
    ...state,
    acknowledgements: {
      ...acknowledgements,
      acknowledged: acknowledgements.acknowledged + more.value,
      waiting: false,
    },
  };
  const told: OutboundEffect = { do: 'acknowledged', stanzas: more.value };
  if (state.name === 'ended') return stay(settled, told);
  if (!isUnacknowledged(settled)) return stay(settled, told, { do: 'expect', what: 'nothing' });
  if (acknowledgements.sent === acknowledgements.asked) return stay(settled, told, { do: 'expect', what: 'handling' });
  const next = ask(settled);
  return { state: next.state, effects: [told, ...next.effects] };
}
