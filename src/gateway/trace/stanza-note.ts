/** A stanza on a stream, as a step of the trace: all of it but what people say. */
import type { TraceNote, TraceSubject } from '../../primitives/trace-step.ts';
import { childText } from '../translation/instant-message.ts';
import { chatStateOf } from '../translation/typing.ts';
import type { StreamSummary } from '../xmpp/s2s-event.ts';
import { type Element, isElement } from '../xmpp/xml/element.ts';
import { printElement } from '../xmpp/xml/xml-writer.ts';
import { exchangeOfStanza } from './exchange.ts';

interface OnStream {
  readonly stanza: Element;
  readonly stream: StreamSummary;
  readonly direction: 'In' | 'Out';
  /** What people say is kept too. */
  readonly withBodies: boolean;
}

export function stanzaNote({ stanza, stream, direction, withBodies }: OnStream): TraceNote {
  const { from, to, type } = stanza.attributes as { from?: string; to?: string; type?: string };
  const kept = withBodies ? stanza : withoutText(stanza);
  return {
    kind: 'Wire',
    component: 'xmpp',
    subject: subjectOf(stanza),
    level: type === 'error' ? 'warn' : 'trace',
    direction,
    summary: labelOf(stanza),
    exchange: exchangeOfStanza(stanza),
    from,
    to,
    peer: stream.remoteDomain,
    peerAddress: `${stream.peerAddress}:${stream.peerPort}`,
    transport: stream.tls?.protocol ?? 'tcp',
    size: textLength(stanza),
    raw: () => printElement(kept),
  };
}

const subjects: Readonly<Record<string, TraceSubject>> = { message: 'Im', presence: 'Presence', iq: 'Iq' };

export const subjectOf = ({ name }: Pick<Element, 'name'>): TraceSubject => subjects[name] ?? 'Other';

/** `<message> chat composing id=a7`: what a reader of the trace needs, and nothing of the content. */
export function labelOf(stanza: Element): string {
  const { id, type } = stanza.attributes as { id?: string; type?: string };
  const state = stanza.name === 'message' && childText(stanza, 'body') === '' ? chatStateOf(stanza) : undefined;
  const parts = [`<${stanza.name}>`, type, state, id === undefined ? undefined : `id=${id}`];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** Elements whose text is a word of the protocol. */
const protocolWords: ReadonlySet<string> = new Set(['show', 'priority']);

function withoutText(original: Element): Element {
  if (protocolWords.has(original.name)) return original;
  const children = original.children.map((child) => (isElement(child) ? withoutText(child) : hidden(child.length)));
  return { ...original, children };
}

export const hidden = (characters: number): string => `[${characters} characters]`;

const textLength = ({ children }: Element): number =>
  children.reduce((sum, child) => sum + (isElement(child) ? textLength(child) : child.length), 0);
