/** Stream management on a stream that the peer opened, XEP-0198 §3-5: it asks for it, and both ends count from then on. Part of the inbound machine, and as pure. */
import { type InboundState, type InboundStep, ignore, refuseStream, stay } from './inbound-state.ts';
import { asked, nothingReceived } from './received-stanzas.ts';
import { acknowledged, nothingSent } from './sent-stanzas.ts';
import { enabled, isManagement, printFailed } from './stream-management.ts';
import type { Element } from './xml/element.ts';

export function streamManagement(state: InboundState, element: Element): InboundStep {
  if (isManagement(element, 'r') && state.handling !== undefined) return asked(state) ?? stay(state);
  if (isManagement(element, 'a') && state.acknowledgements !== undefined) return answered(state, element);
  if (isManagement(element, 'enable')) return enable(state);
  if (element.name === 'resume') return stay(state, { do: 'send', element: printFailed('feature-not-implemented') });
  return ignore(state, `<${element.name}/> of stream management where it means nothing`);
}

/** Where stanzas go both ways, ours count as well: those that are sent behind the answer. */
function enable(state: InboundState): InboundStep {
  if (state.pairs.length === 0 || state.handling !== undefined)
    return stay(state, { do: 'send', element: printFailed('unexpected-request') });
  const sending = state.bidi === 'requested' ? { acknowledgements: nothingSent } : {};
  return stay({ ...state, handling: nothingReceived, ...sending }, { do: 'send', element: enabled });
}

function answered(state: InboundState, answer: Element): InboundStep {
  const step = acknowledged(state, answer);
  return 'condition' in step ? refuseStream(state, { ...step, code: 'bad-acknowledgement' }) : step;
}

/** We said goodbye; what the peer had handled until it read that still counts. */
export function acknowledgedLate(state: InboundState, element: Element): InboundStep {
  if (state.acknowledgements === undefined || !isManagement(element, 'a')) return stay(state);
  const step = acknowledged(state, element);
  return 'condition' in step ? stay(state) : step;
}
