/**
 * Push parser for one XML stream, RFC 6120 §11: bytes in; the stream element, whole first-level elements and the end out.
 *
 * Refuses what a stream must not carry (comments, processing instructions, DTDs, undeclared entities, other encodings)
 * and everything beyond its limits, at the first offence and for good. The only file that knows the XML library.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';

import { type ElementLimits, elementLimitsBeforeAuthentication } from '../s2s-limits.ts';
import type { StreamError, StreamErrorCondition } from '../stream-error.ts';
import type { Element } from './element.ts';

export interface XmlHandlers {
  /** The start tag of the stream element, and the default namespace it declares. */
  onOpen(root: Element, contentNamespace: string): void;
  onElement(element: Element): void;
  onClose(): void;
  /** The stream is not what it must be; nothing follows. */
  onFault(fault: StreamError): void;
}

/** Attributes of one element, namespace declarations included. */
const maxAttributes = 64;
/** Characters of one element or attribute name. */
const maxNameLength = 256;
/** Bytes decoded at a time: what the byte limit may be exceeded by before it is noticed. */
const sliceBytes = 4_096;

class Fault extends Error {
  readonly condition: StreamErrorCondition;
  constructor(condition: StreamErrorCondition, text: string) {
    super(text);
    this.condition = condition;
  }
}

/** Leaves the library from inside a handler. One for all: each stream ends its parsers so, and a new one would note its stack. */
class Stopped extends Error {}
const stopped = new Stopped();

interface OpenElement extends Element {
  readonly children: (Element | string)[];
}

/**
 * The handler fields of the library. Each is set by its name: what sets them by a computed one, as on() and Object.assign do, makes V8
 * keep the parser as a hash table, and the parser ten times slower.
 */
interface HandlerFields {
  doctypeHandler: () => void;
  piHandler: () => void;
  commentHandler: () => void;
  openTagHandler: (tag: SaxesTagNS) => void;
  closeTagHandler: () => void;
  textHandler: (text: string) => void;
  cdataHandler: (text: string) => void;
}

export class XmlParser {
  readonly #library = new SaxesParser({ xmlns: true, position: false });
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #handlers: XmlHandlers;
  readonly #open: OpenElement[] = [];
  #limits: ElementLimits = elementLimitsBeforeAuthentication;
  /** Bytes fed since the last first-level element ended. */
  #bytes = 0;
  #elements = 0;
  /** What was fed last, and all characters fed so far: together they tell what the library has not looked at. */
  #slice = '';
  #fedCharacters = 0;
  #stopped = false;

  constructor(handlers: XmlHandlers) {
    this.#handlers = handlers;
    const library = this.#library as unknown as HandlerFields;
    library.doctypeHandler = () => fail('restricted-xml', 'A document type declaration is not allowed in a stream.');
    library.piHandler = () => fail('restricted-xml', 'Processing instructions are not allowed in a stream.');
    library.commentHandler = () => fail('restricted-xml', 'Comments are not allowed in a stream.');
    library.openTagHandler = (tag) => this.#onOpenTag(tag);
    library.closeTagHandler = () => this.#onCloseTag();
    library.textHandler = (text) => this.#onText(text);
    library.cdataHandler = library.textHandler;
  }

  /** What the peer may send from its next element on. */
  setLimits(limits: ElementLimits): void {
    this.#limits = limits;
  }

  /**
   * Handles the bytes, unless the parser stopped before.
   * @returns The rest of `bytes` is not white space although the parser was stopped in between: somebody put
   * something behind the element that ends this protocol, to be taken for a part of the next one.
   */
  feed(bytes: Uint8Array): { readonly leftover: boolean } {
    if (this.#stopped) return { leftover: bytes.length > 0 };
    let end = 0;
    try {
      for (let offset = 0; offset < bytes.length; offset = end) {
        end = Math.min(offset + sliceBytes, bytes.length);
        this.#write(bytes.subarray(offset, end));
      }
    } catch (error) {
      this.#stopped = true;
      if (error instanceof Stopped) return { leftover: !isWhiteSpace(this.#unread() + latin1(bytes.subarray(end))) };
      this.#handlers.onFault(faultOf(error));
    }
    return { leftover: false };
  }

  /** Takes nothing more. To be called from a handler, or before the connection changes its meaning. */
  stop(): void {
    this.#stopped = true;
  }

  #write(slice: Uint8Array): void {
    try {
      this.#slice = this.#decoder.decode(slice, { stream: true });
    } catch {
      fail('unsupported-encoding', 'The stream is not valid UTF-8.');
    }
    this.#bytes += slice.length;
    this.#fedCharacters += this.#slice.length;
    this.#library.write(this.#slice);
    this.#checkSize(this.#bytes);
  }

  #checkSize(bytes: number): void {
    if (bytes > this.#limits.maxBytes)
      fail('policy-violation', `More than ${this.#limits.maxBytes} bytes in one element.`);
  }

  /** What of the last slice the library has not looked at yet. */
  #unread(): string {
    const characters = this.#fedCharacters - this.#library.position;
    return characters <= 0 ? '' : this.#slice.slice(-characters);
  }

  #onOpenTag(tag: SaxesTagNS): void {
    const depth = this.#open.length;
    if (depth >= this.#limits.maxDepth) fail('policy-violation', `Elements nest deeper than ${this.#limits.maxDepth}.`);
    const opened = openElement(tag);
    if (depth === 0) {
      this.#checkDeclaration();
      this.#open.push(opened);
      this.#startCounting();
      this.#handlers.onOpen(opened, tag.ns[''] ?? '');
      return this.#leaveIfStopped();
    }
    this.#elements += 1;
    if (this.#elements > this.#limits.maxElements)
      fail('policy-violation', `More than ${this.#limits.maxElements} elements in one element.`);
    if (depth > 1) this.#open[depth - 1]?.children.push(opened);
    this.#open.push(opened);
  }

  #checkDeclaration(): void {
    const { version, encoding } = this.#library.xmlDecl;
    if (version !== undefined && version !== '1.0') fail('not-well-formed', 'The stream is not XML 1.0.');
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
      fail('unsupported-encoding', 'The stream is not declared as UTF-8.');
  }

  #onCloseTag(): void {
    const closed = this.#open.pop();
    if (this.#open.length === 1 && closed !== undefined) {
      this.#startCounting();
      this.#handlers.onElement(closed);
    } else if (this.#open.length === 0) this.#handlers.onClose();
    this.#leaveIfStopped();
  }

  #onText(text: string): void {
    const depth = this.#open.length;
    if (depth > 1) this.#open[depth - 1]?.children.push(text);
    else if (!isWhiteSpace(text))
      fail(depth === 0 ? 'not-well-formed' : 'bad-format', 'Text where only elements may be.');
    // White space between elements is keep-alive, however much of it there is over the years [RFC 6120 §4.6.1].
    else if (depth === 1) this.#startCounting();
  }

  #startCounting(): void {
    const unread = Buffer.byteLength(this.#unread());
    this.#checkSize(this.#bytes - unread);
    this.#bytes = unread;
    this.#elements = 0;
  }

  #leaveIfStopped(): void {
    if (this.#stopped) throw stopped;
  }
}

function openElement(tag: SaxesTagNS): OpenElement {
  if (tag.name.length > maxNameLength) fail('policy-violation', nameTooLong);
  const attributes: Record<string, string> = Object.create(null);
  let count = 0;
  for (const name in tag.attributes) {
    const attribute = tag.attributes[name];
    if (attribute === undefined) continue;
    count += 1;
    if (count > maxAttributes) fail('policy-violation', `More than ${maxAttributes} attributes.`);
    if (name.length > maxNameLength) fail('policy-violation', nameTooLong);
    const { prefix, local, uri, value } = attribute;
    if (prefix === 'xmlns' || name === 'xmlns') continue;
    attributes[prefix === '' ? local : prefix === 'xml' ? `xml:${local}` : `{${uri}}${local}`] = value;
  }
  return { name: tag.local, namespace: tag.uri, attributes, children: [] };
}

const nameTooLong = `A name is longer than ${maxNameLength} characters.`;

const isWhiteSpace = (text: string): boolean => !/[^ \t\r\n]/.test(text);
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function fail(condition: StreamErrorCondition, text: string): never {
  throw new Fault(condition, text);
}

/** The library throws plain errors for everything that is not well-formed; handlers of ours that throw are our bugs. */
function faultOf(error: unknown): StreamError {
  if (error instanceof Fault) return { condition: error.condition, text: error.message };
  if (!(error instanceof Error) || error.constructor !== Error) throw error;
  return /namespace|prefix/i.test(error.message)
    ? { condition: 'bad-namespace-prefix', text: 'A namespace prefix is not bound as it must be.' }
    : { condition: 'not-well-formed', text: 'The stream is not well-formed XML.' };
}
