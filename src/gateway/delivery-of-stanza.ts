/** What a contact's message is to the SIP side: a MESSAGE with its text, or a typing notice [RFC 7572 §4, RFC 3994]. */
import { ok, type Result } from '../primitives/result.ts';
import type { Addressed } from './addressed.ts';
import type { SipDelivery } from './crossing.ts';
import { isComposingType, printIsComposing } from './sip/bodies/is-composing.ts';
import { correlationField } from './sip/correlation-field.ts';
import { type Trail, trailFields } from './sip/trail.ts';
import { messageToSip, type SipInstantMessage } from './translation/instant-message.ts';
import { speakerOf } from './translation/speaker.ts';
import { chatStateOf, chatStateToSip } from './translation/typing.ts';
import type { StanzaError } from './xmpp/stanza-error.ts';
import { childOf, type Element } from './xmpp/xml/element.ts';

/**
 * @param trail - With which it goes on.
 * @returns Nothing when it carries neither text nor a chat state; a refusal as the stanza error to answer with.
 */
export function deliveryOf(
  stanza: Element,
  addressed: Addressed,
  trail: Trail,
): Result<SipDelivery | undefined, StanzaError> {
  const speaker = speakerOf(stanza);
  const ends = { method: 'MESSAGE', from: addressed.contactAor, to: addressed.userAor, speaker } as const;
  const marked = ({ headers, body }: SipInstantMessage): SipInstantMessage => ({
    headers: [...headers, ...trailFields(trail), correlationField(addressed.correlationId)],
    body,
  });
  if (childOf(stanza, 'body', stanza.namespace) !== undefined) {
    const message = messageToSip(stanza);
    return message.ok ? ok({ ...marked(message.value), ...ends }) : message;
  }
  const state = chatStateOf(stanza);
  if (state === undefined) return ok(undefined);
  const body = Buffer.from(printIsComposing(chatStateToSip(state)), 'utf8');
  return ok({ chatState: state, ...marked({ headers: [['Content-Type', isComposingType]], body }), ...ends });
}
