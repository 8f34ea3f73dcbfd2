/** A stanza as text that outlives the process: as it stands in a stream, and read back by the same strict parser. */
import { namespaces } from './namespaces.ts';
import { elementLimits } from './s2s-limits.ts';
import { isStanza } from './stanza.ts';
import type { Element } from './xml/element.ts';
import { XmlParser } from './xml/xml-parser.ts';
import { printElement } from './xml/xml-writer.ts';

export const storedStanza = (stanza: Element): string => printElement(stanza);

const header = `<stream:stream xmlns='${namespaces.server}' xmlns:stream='${namespaces.streams}' xmlns:db='${namespaces.dialback}'>`;

/** @returns Nothing for what is not exactly one stanza within the limits of a stream. */
export function readStoredStanza(text: string): Element | undefined {
  const found: Element[] = [];
  let isFaulty = false;
  const parser = new XmlParser({
    onOpen: () => undefined,
    onElement: (element) => void found.push(element),
    onClose: () => undefined,
    onFault: () => {
      isFaulty = true;
    },
  });
  parser.setLimits(elementLimits);
  parser.feed(Buffer.from(header + text));
  const [stanza] = found;
  return !isFaulty && found.length === 1 && stanza !== undefined && isStanza(stanza) ? stanza : undefined;
}
