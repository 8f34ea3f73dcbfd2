/**
 * XML bodies of SIP messages: one strict reader with limits, and the escaping a writer needs. The only file of the SIP
 * floor that knows the XML library. A document type is refused, so no entity is ever expanded; comments and
 * processing instructions are skipped.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';

import { ok, type Result, refuse } from '../../../primitives/result.ts';

export interface XmlElement {
  readonly name: string;
  /** Empty for an element in no namespace. */
  readonly namespace: string;
  /** By local name. No body we read has two attributes that differ only by namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The element's own character data, without its children's, trimmed. */
  readonly text: string;
}

/** Octets. A presence document of a user with dozens of devices stays under a tenth of it. Source: own choice. */
const maxBytes = 65_536;
/** Levels. Deep nesting makes the parser's namespace look-up quadratic; PIDF needs six. Source: own choice. */
const maxDepth = 32;
/** Source: own choice. */
const maxElements = 2048;
/** Attributes of one element, namespace declarations included. Source: own choice. */
const maxAttributes = 64;

interface OpenElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads a whole document.
 *
 * @param body - UTF-8, whatever its declaration says: Microsoft's documents declare UTF-16 and arrive as UTF-8.
 * @returns The root element, or one clause that says what is wrong: ill-formed, not UTF-8, a document type, a limit.
 */
export function parseXmlBody(body: Uint8Array): Result<XmlElement, string> {
  if (body.length > maxBytes) return refuse(`the document is longer than ${maxBytes} octets`);
  try {
    return ok(readDocument(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'the document cannot be read');
  }
}

/** The parser reports by throwing; `parseXmlBody` makes the refusal a value. */
function readDocument(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;

  parser.on('doctype', () => {
    throw new Error('the document has a document type');
  });
  parser.on('opentag', (tag) => {
    elements += 1;
    if (elements > maxElements) throw new Error(`the document has more than ${maxElements} elements`);
    if (open.length >= maxDepth) throw new Error(`the document is nested deeper than ${maxDepth}`);
    open.push(openElement(tag));
  });
  const addText = (characters: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += characters;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    const closed = { ...element, text: element.text.trim() };
    const parent = open.at(-1);
    if (parent === undefined) root = closed;
    else parent.children.push(closed);
  });
  parser.write(text).close();
  if (root === undefined) throw new Error('the document is empty');
  return root;
}

function openElement(tag: SaxesTagNS): OpenElement {
  const attributes = Object.values(tag.attributes);
  if (attributes.length > maxAttributes) throw new Error(`an element has more than ${maxAttributes} attributes`);
  return {
    name: tag.local,
    namespace: tag.uri,
    attributes: new Map(attributes.map(({ local, value }) => [local, value])),
    children: [],
    text: '',
  };
}

/** The children with this local name, and with this namespace where one is given. */
export function childrenNamed(element: XmlElement, name: string, namespace?: string): readonly XmlElement[] {
  return element.children.filter(
    (child) => child.name === name && (namespace === undefined || child.namespace === namespace),
  );
}

/** The text of the first child with this name, or undefined when there is none or it is empty. */
export function childText(element: XmlElement, name: string, namespace?: string): string | undefined {
  return childrenNamed(element, name, namespace)[0]?.text || undefined;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Not in XML 1.0 at all, not even as a reference: controls, lone surrogates, U+FFFE and U+FFFF [XML 1.0 §2.2]. */
const forbidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Escapes text for element content and for attribute values; what XML cannot carry becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}
