/** Typing notices: chat states [XEP-0085] and isComposing documents [RFC 3994], mapped as in RFC 7573 §7. */
import type { IsComposing } from '../sip/bodies/is-composing.ts';
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

export function chatStateFromSip(notice: IsComposing, ends: { readonly from: string; readonly to: string }): Element {
  const state = notice.state === 'active' ? 'composing' : 'active';
  return stanzaOf('message', { ...ends, type: 'chat' }, element(state, chatStatesNamespace));
}
