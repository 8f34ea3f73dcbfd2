/**
 * What a contact's side says later of a message that one of our users sent: that it came back, or that it has arrived. The
 * user is told in the form that he asked for: a disposition notification [RFC 5438], else, of a failure, a plain message.
 */
import type { Addressed } from './addressed.ts';
import type { Crossing } from './crossing.ts';
import type { DoubtfulMessages } from './queue/doubtful-messages.ts';
import type { MessageIds } from './queue/message-ids.ts';
import type { SenderNotices } from './queue/sender-notices.ts';
import type { SentMessage, SentMessages } from './sent-messages.ts';
import { cpimType } from './sip/bodies/cpim.ts';
import { type DispositionAsked, printImdn } from './sip/bodies/imdn.ts';
import { correlationField } from './sip/correlation-field.ts';
import type { SipInstantMessage } from './translation/instant-message.ts';
import { receivedId } from './translation/receipt.ts';
import { undeliveredNotice } from './translation/undelivered-notice.ts';
import type { Handled } from './xmpp/stanza.ts';
import { readStanzaError } from './xmpp/stanza-error.ts';
import type { Element } from './xmpp/xml/element.ts';

export interface DispositionParts {
  readonly sent: SentMessages;
  readonly ids: Pick<MessageIds, 'proves'>;
  readonly notices: Pick<SenderNotices, 'tell'>;
  readonly doubts: Pick<DoubtfulMessages, 'forget'>;
}

interface Received {
  readonly stanza: Element;
  readonly addressed: Addressed;
}

/** An error for a message. One that nobody sent, or that was told already, is not believed. */
export function tellFailed(crossing: Crossing, parts: DispositionParts, { stanza, addressed }: Received): Handled {
  const { id = '' } = stanza.attributes as { readonly id?: string };
  const original = returned(parts, id, addressed);
  if (original === undefined) return undefined;
  parts.doubts.forget(id);
  const { condition } = readStanzaError(stanza);
  crossing.onEvent({
    id: 'MessageBounced',
    level: 'warn',
    component: 'xmpp',
    message: `${addressed.partnerDomain} returned a message of ${original.sender}: ${condition}`,
    correlationId: original.correlationId,
    facts: { partner: addressed.partnerDomain, condition },
  });
  return tellUndelivered(crossing, parts.notices, { original, addressed, error: stanza });
}

/** What is not remembered any more, but was given its id here, was sent by the process before, or long ago. */
function returned({ sent, ids }: DispositionParts, id: string, addressed: Addressed): SentMessage | undefined {
  const { contact, userJid, userAor, correlationId } = addressed;
  const known = sent.take(id, contact);
  if (known !== undefined || sent.isTold(id) || !ids.proves(id, { user: userJid, contact })) return known;
  sent.told(id);
  return { sender: userAor, contact, correlationId };
}

export interface Undelivered {
  readonly original: SentMessage;
  readonly addressed: Pick<Addressed, 'contact' | 'contactAor' | 'userJid'>;
  /** The stanza that says why. */
  readonly error: Element;
}

/** Resolves when the sender has it, or when it is on disk until he has. */
export async function tellUndelivered(
  crossing: Pick<Crossing, 'clock' | 'ids'>,
  notices: DispositionParts['notices'],
  { original, addressed, error }: Undelivered,
): Promise<void> {
  const asked = original.disposition;
  const message =
    asked?.failed === true
      ? imdn(crossing, addressed, { original, asked, status: 'failed' })
      : undeliveredNotice(error, addressed.contact);
  await tell(notices, { addressed, original, message });
}

/** A receipt for a message [XEP-0184]; of interest only to a sender who asked to be told. */
export function tellArrived(crossing: Crossing, parts: DispositionParts, { stanza, addressed }: Received): Handled {
  const original = parts.sent.take(receivedId(stanza) ?? '', addressed.contact);
  const asked = original?.disposition;
  if (original === undefined || asked?.delivered !== true) return undefined;
  const message = imdn(crossing, addressed, { original, asked, status: 'delivered' });
  return tell(parts.notices, { addressed, original, message });
}

interface Answered {
  readonly original: SentMessage;
  readonly asked: DispositionAsked;
  readonly status: 'delivered' | 'failed';
}

function imdn(
  crossing: Pick<Crossing, 'clock' | 'ids'>,
  { contactAor }: Pick<Addressed, 'contactAor'>,
  { original, asked, status }: Answered,
): SipInstantMessage {
  const body = printImdn({
    asked,
    status,
    recipient: contactAor,
    sender: original.sender,
    id: crossing.ids.token(64),
    now: crossing.clock.wallTime(),
  });
  return { headers: [['Content-Type', cpimType]], body };
}

interface Telling {
  readonly addressed: Undelivered['addressed'];
  readonly original: SentMessage;
  readonly message: SipInstantMessage;
}

function tell(notices: DispositionParts['notices'], { addressed, original, message }: Telling): Promise<void> {
  const { contact, contactAor, userJid } = addressed;
  const { correlationId } = original;
  return notices.tell({
    from: contactAor,
    to: original.sender,
    pair: `${contact} ${userJid}`,
    headers: [...message.headers, correlationField(correlationId)],
    body: message.body,
    correlationId,
  });
}
