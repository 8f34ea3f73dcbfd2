/**
 * What a message of a contact is, before anything of it crosses: one to deliver, one that no honest server sends, or one
 * that its sender gets back.
 */
import type { LogEvent } from '../primitives/log-event.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import { encryptionProblem } from './translation/encryption.ts';
import { isWrapped } from './translation/wrapped-message.ts';
import { type StanzaError, stanzaError } from './xmpp/stanza-error.ts';
import type { Element } from './xmpp/xml/element.ts';

/** `drop`: neither delivered nor answered. @returns A refusal as the stanza error to answer with. */
export function admitMessage(message: Element): Result<'deliver' | 'drop', StanzaError> {
  if (isWrapped(message)) return ok('drop');
  // There are no rooms here, and a user is none [RFC 6121 §8.5.2.1.1].
  if (message.attributes['type'] === 'groupchat')
    return refuse(stanzaError('service-unavailable', 'There are no rooms here.'));
  const problem = encryptionProblem(message);
  return problem === undefined ? ok('deliver') : refuse(problem);
}

/**
 * Whether a message that did not arrive goes back to its sender. An alert is delivered like any other text, since SIP
 * knows no kinds of messages, but it expects no reply, and one that reaches nobody is silently ignored
 * [RFC 6121 §5.2.2, §8.5.2.1.1, §8.5.2.2.1].
 */
export const isReturned = (message: Element): boolean => message.attributes['type'] !== 'headline';

interface Sender {
  readonly correlationId: string;
  readonly contact: string;
  readonly partnerDomain: string;
}

/** What the log says of a message that was dropped: the contact's server sends what it must not. */
export const dropped = ({ correlationId, contact, partnerDomain }: Sender): LogEvent => ({
  id: 'StanzaDropped',
  level: 'warn',
  component: 'policy',
  message: `${contact} sent a carbon or an archived copy, which only a user's own server may send`,
  correlationId,
  facts: { from: contact, partner: partnerDomain },
});
