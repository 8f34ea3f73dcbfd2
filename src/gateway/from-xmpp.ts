/**
 * Every stanza of an XMPP partner: the one door for what streams have authenticated. Whom it is from and for is judged here,
 * once for all kinds; what becomes of it then is said by the room of its kind: message-to-user.ts, presence-links.ts, iq/.
 */
import { correlationId } from '../primitives/ids.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import type { Addressed } from './addressed.ts';
import type { Crossing } from './crossing.ts';
import { answerIq, type IqSurroundings } from './iq/iq-service.ts';
import { sendToUser, type ToUserParts } from './message-to-user.ts';
import { admitEnds } from './policy/contacts.ts';
import { answerToRefused, roomEntryProblem } from './presence-admission.ts';
import { type AddressFailure, answerStanza, notAdmitted, refused, returnStanza, tracedAs } from './stanza-answer.ts';
import { allowed, handover, mapped } from './trace/handover.ts';
import { jidToAor } from './translation/address.ts';
import { parseJid, printBareJid } from './xmpp/jid.ts';
import type { Handled } from './xmpp/stanza.ts';
import { stanzaError } from './xmpp/stanza-error.ts';
import type { Element } from './xmpp/xml/element.ts';

export interface FromXmpp {
  /**
   * `stanza` is from an authenticated domain to one of ours; the stream layer has checked that. What is returned settles
   * with the SIP side's final response, or with the error on its way to the sender: then nothing can be lost any more.
   */
  receive(stanza: Element): Handled;
}

/** Presence has a room of its own. */
export type PresenceDoor = ToUserParts['presence'] & {
  receive(stanza: Element, addressed: Addressed): Handled;
};

export interface FromXmppParts extends ToUserParts {
  readonly presence: PresenceDoor;
}

export function fromXmpp(crossing: Crossing, parts: FromXmppParts): FromXmpp {
  return {
    receive(stanza) {
      const id = correlationId(crossing.clock.wallTime(), crossing.ids);
      const { from = '' } = stanza.attributes;
      crossing.onTrace(handover(id, 'xmpp', { from, to: 'gateway', ...tracedAs(stanza) }));
      if (stanza.name === 'iq')
        return answerStanza(crossing, parts.queue, answerIq(stanza, iqSurroundings(crossing)), id);

      const addressed = address(crossing, stanza, id);
      if (stanza.name === 'presence') return receivePresence(crossing, parts, { stanza, addressed, id });
      if (!addressed.ok) return returnStanza(crossing, parts.queue, stanza, { ...addressed.error, correlationId: id });
      return sendToUser(crossing, parts, { stanza, addressed: addressed.value });
    },
  };
}

interface ReceivedPresence {
  readonly stanza: Element;
  readonly addressed: Result<Addressed, AddressFailure>;
  readonly id: string;
}

function receivePresence(
  crossing: Crossing,
  parts: FromXmppParts,
  { stanza, addressed, id }: ReceivedPresence,
): Handled {
  const roomEntry = roomEntryProblem(stanza);
  if (roomEntry !== undefined) return returnStanza(crossing, parts.queue, stanza, { ...roomEntry, correlationId: id });
  if (addressed.ok) return parts.presence.receive(stanza, addressed.value);
  crossing.onEvent(refused(stanza, { ...addressed.error, correlationId: id }));
  return answerStanza(crossing, parts.queue, answerToRefused(stanza, addressed.error.refusal), id);
}

function address(crossing: Crossing, stanza: Element, id: string): Result<Addressed, AddressFailure> {
  const from = parseJid(stanza.attributes['from'] ?? '');
  const to = parseJid(stanza.attributes['to'] ?? '');
  if (!from.ok || !to.ok) return refuse(stanzaError('jid-malformed'));
  const [contactAor, userAor] = [jidToAor(from.value), jidToAor(to.value)];
  if (!contactAor.ok) return refuse(stanzaError('jid-malformed'));
  if (!userAor.ok) return refuse(stanzaError('service-unavailable'));

  const ends = { userAor: userAor.value, contactAor: contactAor.value };
  const admitted = admitEnds(crossing.configuration(), ends, crossing.clock.wallTime());
  if (!admitted.ok) return refuse(notAdmitted(admitted.error));
  crossing.onTrace(allowed(id, admitted.value.identity, admitted.value.partnerType));
  crossing.onTrace(mapped(id, 'JID->SIP', contactAor.value));
  return ok({
    correlationId: id,
    contact: printBareJid(from.value),
    contactAor: contactAor.value,
    userJid: printBareJid(to.value),
    userAor: userAor.value,
    partnerDomain: from.value.domainpart,
  });
}

const iqSurroundings = (crossing: Crossing): IqSurroundings => ({
  contactAddresses: crossing.configuration().gateway.contactAddresses,
  now: crossing.clock.wallTime(),
});
