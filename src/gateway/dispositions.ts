/**
 * What a contact's side says later of a message that one of our users sent: that it came back, or that it has arrived. The
 * user is told in the form that he asked for: a disposition notification [RFC 5438], else, of a failure, a plain message.
 */
import type { Addressed } from './addressed.ts';
import type { Crossing } from './crossing.ts';
import type { OrderedDeliveries } from './ordered-deliveries.ts';
import type { SentMessage, SentMessages } from './sent-messages.ts';
import { cpimType } from './sip/bodies/cpim.ts';
import { type DispositionAsked, printImdn } from './sip/bodies/imdn.ts';
import type { SipInstantMessage } from './translation/instant-message.ts';
import { receivedId } from './translation/receipt.ts';
import { undeliveredNotice } from './translation/undelivered-notice.ts';
import type { Handled } from './xmpp/stanza.ts';
import type { Element } from './xmpp/xml/element.ts';

interface Parts {
  readonly deliveries: OrderedDeliveries;
  readonly sent: SentMessages;
}

interface Received {
  readonly stanza: Element;
  readonly addressed: Addressed;
}

/** An error for a message. One that nobody sent, or that was told already, is not believed. */
export function tellFailed(crossing: Crossing, parts: Parts, { stanza, addressed }: Received): Handled {
  const original = parts.sent.take(stanza.attributes['id'] ?? '', addressed.contact);
  if (original === undefined) return undefined;
  const notice = undeliveredNotice(stanza, addressed.contact);
  crossing.onEvent({
    id: 'MessageBounced',
    level: 'warn',
    component: 'xmpp',
    message: `${addressed.partnerDomain} returned a message of ${original.sender}: ${notice.condition}`,
    correlationId: original.correlationId,
    facts: { partner: addressed.partnerDomain, condition: notice.condition },
  });
  const asked = original.disposition;
  const told = asked?.failed === true ? imdn(crossing, addressed, { original, asked, status: 'failed' }) : notice;
  return tell(crossing, parts, { addressed, original, message: told });
}

/** A receipt for a message [XEP-0184]; of interest only to a sender who asked to be told. */
export function tellArrived(crossing: Crossing, parts: Parts, { stanza, addressed }: Received): Handled {
  const original = parts.sent.take(receivedId(stanza) ?? '', addressed.contact);
  const asked = original?.disposition;
  if (original === undefined || asked?.delivered !== true) return undefined;
  return tell(crossing, parts, {
    addressed,
    original,
    message: imdn(crossing, addressed, { original, asked, status: 'delivered' }),
  });
}

interface Answered {
  readonly original: SentMessage;
  readonly asked: DispositionAsked;
  readonly status: 'delivered' | 'failed';
}

function imdn(crossing: Crossing, { contactAor }: Addressed, { original, asked, status }: Answered): SipInstantMessage {
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
  readonly addressed: Addressed;
  readonly original: SentMessage;
  readonly message: SipInstantMessage;
}

/** Behind what the contact has said before, in its order. */
function tell(crossing: Crossing, { deliveries }: Parts, { addressed, original, message }: Telling): Handled {
  const { headers, body } = message;
  return new Promise((resolve) => {
    const accepted = deliveries.run(`${addressed.contact} ${addressed.userJid}`, async () => {
      await crossing.toSip({ method: 'MESSAGE', from: addressed.contactAor, to: original.sender, headers, body });
      resolve();
    });
    if (!accepted) resolve();
  });
}
