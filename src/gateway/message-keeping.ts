/** What keeps messages, and the news of them, from being lost: the queue, the journal, the notices, and what proves a bounce. */
import type { Configuration } from '../config/configuration.ts';
import type { Secret } from '../primitives/secret.ts';
import { type StateStore, volatileState } from '../primitives/state-store.ts';
import type { Crossing } from './crossing.ts';
import { tellUndelivered } from './dispositions.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { domainOf } from './link-ends.ts';
import { messageDelivered } from './message-delivered.ts';
import type { OrderedDeliveries } from './ordered-deliveries.ts';
import { DoubtfulMessages } from './queue/doubtful-messages.ts';
import { MessageIds } from './queue/message-ids.ts';
import { MessageQueue } from './queue/message-queue.ts';
import type { QueuedMessage } from './queue/queued-message.ts';
import { ReceivedJournal } from './queue/received-journal.ts';
import { SenderNotices } from './queue/sender-notices.ts';
import { SentMessages } from './sent-messages.ts';
import { jidToAor } from './translation/address.ts';
import { parseJid } from './xmpp/jid.ts';
import { type Handled, stanza as stanzaOf } from './xmpp/stanza.ts';
import { errorReply, type StanzaError, stanzaError } from './xmpp/stanza-error.ts';
import type { Element } from './xmpp/xml/element.ts';

export interface MessageKeeping {
  readonly queue: MessageQueue;
  readonly notices: SenderNotices;
  readonly ids: MessageIds;
  readonly sent: SentMessages;
  readonly doubts: DoubtfulMessages;
  readonly journal: ReceivedJournal;
  /** Goes on with what the process before has left. */
  restore(): void;
  stop(): void;
}

/** @param receive - Takes a stanza of a partner. */
export function messageKeeping(
  crossing: Crossing,
  ports: Pick<GatewayPorts, 'state' | 'dialbackSecret' | 'formerDialbackSecret'>,
  deliveries: OrderedDeliveries,
  receive: (stanza: Element) => Handled,
): MessageKeeping {
  const state = ports.state ?? volatileState;
  const sent = new SentMessages(crossing.clock);
  const notices = noticesTo(crossing, state, deliveries);
  const doubts = doubtsOf(crossing, state, { sent, notices });
  const queue = queueOf(crossing, state, { sent, notices, doubts });
  const isOn = (): boolean => crossing.configuration().gateway.durableInbound;
  const journal = new ReceivedJournal({ ...crossing, state, isOn, receive });
  const secrets = (): readonly Secret[] => [ports.dialbackSecret(), ports.formerDialbackSecret?.() ?? []].flat();
  return {
    queue,
    notices,
    ids: new MessageIds(crossing.ids, secrets),
    sent,
    doubts,
    journal,
    restore() {
      for (const each of [notices, queue, doubts, journal]) each.restore();
    },
    stop() {
      for (const each of [notices, queue, doubts]) each.stop();
    },
  };
}

const noticesTo = (crossing: Crossing, state: StateStore, deliveries: OrderedDeliveries): SenderNotices =>
  new SenderNotices({
    ...crossing,
    state,
    deliver: (notice, pair) =>
      new Promise((resolve) => {
        const about = { pair, partnerDomain: domainOf(pair.split(' ')[0] ?? ''), bytes: notice.body.length };
        const busy = deliveries.run(about, async () => resolve(await crossing.toSip(notice)));
        if (busy !== undefined) resolve(undefined);
      }),
  });

function doubtsOf(crossing: Crossing, state: StateStore, telling: Telling): DoubtfulMessages {
  const reason = 'the process before this one ended before it was certain that it had arrived';
  return new DoubtfulMessages({
    ...crossing,
    state,
    onDoubt({ id, from, to, correlationId, ...sender }) {
      const stanza = stanzaOf('message', { from, to, id });
      const about = { stanza, from, to, correlationId, partnerDomain: domainOf(to), for: sender };
      givenUp(crossing, telling, about, { error: inDoubt, reason });
    },
  });
}

function queueOf(
  crossing: Crossing,
  state: StateStore,
  { doubts, ...telling }: Telling & Pick<MessageKeeping, 'doubts'>,
): MessageQueue {
  const { clock, onEvent } = crossing;
  return new MessageQueue({
    ...crossing,
    state,
    lifetimeMs: () => lifetimeMs(crossing.configuration()),
    toXmpp: (stanza) => crossing.toXmpp(stanza),
    onDelivered(message, { acknowledged }) {
      const { for: sender, from, to: contact, correlationId } = message;
      if (sender === undefined) return;
      const id = message.stanza.attributes['id'] ?? '';
      telling.sent.remember(id, { ...sender, contact, correlationId });
      if (!acknowledged) void doubts.remember({ id, from, to: contact, correlationId, ...sender });
      onEvent(messageDelivered('SipToXmpp', message, clock.wallTime().getTime() - message.since.getTime()));
    },
    onGivenUp: (message, error, reason) => givenUp(crossing, telling, message, { error, reason }),
  });
}

type Telling = Pick<MessageKeeping, 'sent' | 'notices'>;

const lifetimeMs = ({ gateway }: Configuration): number => gateway.queuedMessageLifetime * 1000;

const inDoubt = stanzaError('remote-server-timeout', 'The gateway was interrupted.');

interface Failure {
  readonly error: StanzaError;
  /** For the administrator. */
  readonly reason: string;
}

function givenUp(
  crossing: Crossing,
  { sent, notices }: Telling,
  message: Omit<QueuedMessage, 'id' | 'order' | 'since' | 'until'>,
  { error, reason }: Failure,
): void {
  const { stanza, for: sender, to: contact, from: userJid, correlationId, partnerDomain } = message;
  const jid = parseJid(contact);
  const contactAor = jid.ok ? jidToAor(jid.value) : jid;
  const returned = errorReply(stanza, error);
  crossing.onEvent({
    id: sender === undefined ? 'AnswerNotDelivered' : 'MessageGivenUp',
    level: 'warn',
    component: 'xmpp',
    message: `a message to ${contact} could not be delivered: ${reason}`,
    correlationId,
    facts: { partner: partnerDomain, condition: error.condition, reason },
  });
  if (sender === undefined || returned === undefined || !contactAor.ok) return;
  sent.told(stanza.attributes['id'] ?? '');
  const original = { ...sender, contact, correlationId };
  const addressed = { contact, userJid, contactAor: contactAor.value };
  void tellUndelivered(crossing, notices, { original, addressed, error: returned });
}
