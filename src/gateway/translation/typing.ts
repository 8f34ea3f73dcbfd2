/**
 * Typing notices: chat states [XEP-0085], isComposing documents [RFC 3994], mapped as in RFC 7573 §6, and the
 * KeyboardActivity of Microsoft's IM sessions.
 */
import type { IsComposing } from '../sip/bodies/is-composing.ts';
import type { KeyboardStatus } from '../sip/bodies/keyboard-activity.ts';
import { stanza as stanzaOf } from '../xmpp/stanza.ts';
import { childElements, type Element, element } from '../xmpp/xml/element.ts';

export const chatStatesNamespace = 'http://jabber.org/protocol/chatstates';

const states = ['active', 'composing', 'paused', 'inactive', 'gone'] as const;
export type ChatState = (typeof states)[number];

/** Seconds after which the SIP side stops showing "is typing" without a further notice. Source: RFC 3994 §3.2, at least 60. */
const refreshSeconds = 90;

/** The chat state a stanza carries, alone or beside a body. */
export function chatStateOf(stanza: Element): ChatState | undefined {
  const child = childElements(stanza).find(({ namespace }) => namespace === chatStatesNamespace);
  return states.find((known) => known === child?.name);
}

/** Only composing is active; whoever paused, left or looks elsewhere is not typing. */
export const chatStateToSip = (state: ChatState): IsComposing => ({
  state: state === 'composing' ? 'active' : 'idle',
  refreshSeconds,
});

export const chatStateToKeyboard = (state: ChatState): KeyboardStatus => (state === 'composing' ? 'type' : 'idle');

interface Ends {
  readonly from: string;
  readonly to: string;
}

export const chatStateFromSip = (notice: IsComposing, ends: Ends): Element =>
  chatState(notice.state === 'active' ? 'composing' : 'active', ends);

/** Whoever is idle at the keyboard has stopped in the middle of it: a message sent ends typing without a notice. */
export const chatStateFromKeyboard = (status: KeyboardStatus, ends: Ends): Element =>
  chatState(status === 'type' ? 'composing' : 'paused', ends);

/** The user has closed the window [RFC 7573 §6.1]. */
export const goneFromSip = (ends: Ends): Element => chatState('gone', ends);

const chatState = (state: ChatState, ends: Ends): Element =>
  stanzaOf('message', { ...ends, type: 'chat' }, element(state, chatStatesNamespace));
