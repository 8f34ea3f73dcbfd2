/**
 * Acknowledging the stanzas of a stream that the peer opened, XEP-0198 §3-5. Part of the inbound stream machine, and as pure.
 *
 * A stanza counts once its consumer is done with it, and everything before it is done too: what the peer hears of as handled
 * is nobody's risk any more. Requests are answered at once with what is handled by then, and again when the rest is.
 */
import {
  type Handling,
  type InboundEffect,
  type InboundState,
  type InboundStep,
  ignore,
  stay,
} from './inbound-state.ts';
import { enabled, isManagement, printAcknowledgement, printFailed } from './stream-management.ts';
import type { Element } from './xml/element.ts';

const nothingReceived: Handling = { received: 0, pending: [], told: 0, asked: 0 };

/** Stanzas up to the first that is not done. */
const handledOf = ({ received, pending: [first] }: Handling): number => (first === undefined ? received : first - 1);

export function streamManagement(state: InboundState, element: Element): InboundStep {
  const { handling, pairs } = state;
  if (isManagement(element, 'r') && handling !== undefined)
    return tell(state, { ...handling, asked: handling.received });
  if (isManagement(element, 'enable')) {
    if (pairs.length === 0 || handling !== undefined)
      return stay(state, { do: 'send', element: printFailed('unexpected-request') });
    return stay({ ...state, handling: nothingReceived }, { do: 'send', element: enabled });
  }
  if (element.name === 'resume') return stay(state, { do: 'send', element: printFailed('feature-not-implemented') });
  return ignore(state, `<${element.name}/> of stream management where it means nothing`);
}

/** One more stanza, and the number under which its consumer reports it done; none where nobody counts. */
export function received(state: InboundState): { readonly state: InboundState; readonly number?: number } {
  const { handling } = state;
  if (handling === undefined) return { state };
  const number = handling.received + 1;
  return {
    state: { ...state, handling: { ...handling, received: number, pending: [...handling.pending, number] } },
    number,
  };
}

export function handled(state: InboundState, number: number): InboundStep {
  const { handling } = state;
  if (handling === undefined) return stay(state);
  const next = { ...handling, pending: handling.pending.filter((other) => other !== number) };
  const isAwaited = handling.asked > handling.told && handledOf(next) > handling.told;
  return isAwaited ? tell(state, next) : stay({ ...state, handling: next });
}

/** What the peer shall know before the stream ends, so that it neither repeats nor returns what is done. */
export function lastAcknowledgement({ handling }: InboundState): readonly InboundEffect[] {
  if (handling === undefined || handledOf(handling) === handling.told) return [];
  return [{ do: 'send', element: printAcknowledgement(handledOf(handling)) }];
}

function tell(state: InboundState, handling: Handling): InboundStep {
  const told = handledOf(handling);
  return stay({ ...state, handling: { ...handling, told } }, { do: 'send', element: printAcknowledgement(told) });
}
