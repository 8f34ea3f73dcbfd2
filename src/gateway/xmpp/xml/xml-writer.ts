/** Elements to text: escaped, with namespace declarations only where the namespace changes. What XML cannot carry becomes U+FFFD. */
import { namespaces } from '../namespaces.ts';
import { type Element, isElement } from './element.ts';

/** Prefixes that the stream header binds. Some servers know dialback by this prefix only [XEP-0220 §2.1]. */
const boundPrefixes: ReadonlyMap<string, string> = new Map([
  [namespaces.streams, 'stream'],
  [namespaces.dialback, 'db'],
]);

/** Everything outside the Char production of XML 1.0 §2.2; lone surrogates included. */
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Most texts have nothing of either kind in them, and one look tells. */
const plainText = /^[\t\n -%'-;=?-\ud7ff]*$/;
const plainAttribute = /^[ !#-%(-;=?-\ud7ff]*$/;

const escape = (text: string, special: RegExp): string =>
  text.replaceAll(notXml, '\ufffd').replaceAll(special, (character) => entities[character] ?? character);

export const escapeText = (text: string): string => (plainText.test(text) ? text : escape(text, /[&<>\r]/g));
export const escapeAttribute = (text: string): string =>
  plainAttribute.test(text) ? text : escape(text, /[&<>"'\r\n\t]/g);

/** Prints an element as it stands inside a stream whose content namespace is `jabber:server`. */
export const printElement = (printed: Element): string => print(printed, namespaces.server, boundPrefixes);

/** Prints an element as a document of its own. */
export const printDocument = (printed: Element): string => print(printed, '', new Map());

function print(printed: Element, defaultNamespace: string, prefixes: ReadonlyMap<string, string>): string {
  const prefix = prefixes.get(printed.namespace);
  const name = prefix === undefined ? printed.name : `${prefix}:${printed.name}`;
  const inner = prefix === undefined ? printed.namespace : defaultNamespace;
  let text = `<${name}`;
  if (inner !== defaultNamespace) text += ` xmlns="${escapeAttribute(inner)}"`;
  text += printAttributes(printed);
  let content = '';
  for (const child of printed.children) content += isElement(child) ? print(child, inner, prefixes) : escapeText(child);
  return content === '' ? `${text}/>` : `${text}>${content}</${name}>`;
}

function printAttributes({ attributes }: Element): string {
  let printed = '';
  let index = 0;
  for (const name of Object.keys(attributes)) {
    const value = escapeAttribute(attributes[name] ?? '');
    const qualified = name.startsWith('{') ? /^\{(.*)\}([^}]+)$/s.exec(name) : null;
    const [, uri = '', local = ''] = qualified ?? [];
    printed +=
      qualified === null
        ? ` ${name}="${value}"`
        : ` xmlns:a${index}="${escapeAttribute(uri)}" a${index}:${local}="${value}"`;
    index += 1;
  }
  return printed;
}
