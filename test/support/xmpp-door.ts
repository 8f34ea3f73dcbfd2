/** The door for stanzas of contacts, over a scripted crossing: what went in, what came out on either side. */
import { type FromXmpp, fromXmpp, type PresenceDoor } from '../../src/gateway/from-xmpp.ts';
import { OrderedDeliveries } from '../../src/gateway/ordered-deliveries.ts';
import { type ContactStanding, stranger } from '../../src/gateway/policy/contacts.ts';
import { stanza } from '../../src/gateway/xmpp/stanza.ts';
import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { type Element, element } from '../../src/gateway/xmpp/xml/element.ts';
import { type ScriptedCrossing, scriptedCrossing } from './crossing.ts';
import { gatewayParts } from './gateway-parts.ts';

export interface XmppDoor {
  readonly crossing: ScriptedCrossing;
  readonly door: FromXmpp;
  /** Presence that went on to the presence links. */
  readonly presence: readonly Element[];
  receive(stanza: Element): Promise<void>;
  /** The texts that crossed to SIP. */
  texts(): readonly string[];
  /** The conditions of the errors that were sent. */
  errors(): readonly string[];
}

/** Presence links of users who have added nobody. */
export const noPresence: PresenceDoor = { receive: () => undefined, standingOf: () => stranger };

/** @param standing - What our users have said of their contacts. */
export function xmppDoor(
  crossing: ScriptedCrossing = scriptedCrossing(),
  standing: ContactStanding = stranger,
): XmppDoor {
  const deliveries = new OrderedDeliveries();
  const presence: Element[] = [];
  const links: PresenceDoor = {
    receive: (received) => void presence.push(received),
    standingOf: () => standing,
  };
  const door = fromXmpp(crossing, { ...gatewayParts(crossing, deliveries), presence: links });
  return {
    crossing,
    door,
    presence,
    async receive(received) {
      await door.receive(received);
      await deliveries.settled();
    },
    texts: () => crossing.requests.map(({ body }) => body.toString()),
    errors: () =>
      crossing.stanzas
        .filter(({ attributes }) => attributes['type'] === 'error')
        .map((reply) => readStanzaError(reply).condition),
  };
}

export const body = (text: string): Element => element('body', 'jabber:server', {}, text);

/** From bob's desk to alice, id m1. */
export const fromBob = (
  name: 'message' | 'presence' | 'iq',
  attributes: Readonly<Record<string, string | undefined>>,
  ...children: readonly Element[]
): Element =>
  stanza(
    name,
    { from: 'bob@fabrikam.example/desk', to: 'alice@contoso.example', id: 'm1', ...attributes },
    ...children,
  );
