import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { elementLimits, elementLimitsBeforeAuthentication } from '../../../../src/gateway/xmpp/s2s-limits.ts';
import { attributesOf, type Element, element } from '../../../../src/gateway/xmpp/xml/element.ts';
import { XmlParser } from '../../../../src/gateway/xmpp/xml/xml-parser.ts';
import { printDocument, printElement } from '../../../../src/gateway/xmpp/xml/xml-writer.ts';

interface Heard {
  readonly lines: string[];
  readonly elements: Element[];
  readonly parser: XmlParser;
}

function listen(authenticated = true): Heard {
  const lines: string[] = [];
  const elements: Element[] = [];
  const parser = new XmlParser({
    onOpen: (root, contentNamespace) => lines.push(`open ${root.name} ${contentNamespace}`),
    onElement: (received) => {
      elements.push(received);
      lines.push(printElement(received));
    },
    onClose: () => lines.push('close'),
    onFault: ({ condition }) => lines.push(`fault ${condition}`),
  });
  if (authenticated) parser.setLimits(elementLimits);
  return { lines, elements, parser };
}

const header =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const inMessage = (content: string): string => `${header}<message>${content}</message>`;

function faultOf(text: string | Buffer): string | undefined {
  const { parser, lines } = listen();
  parser.feed(Buffer.from(text));
  parser.feed(Buffer.from(' <presence/>'));
  return lines.find((line) => line.startsWith('fault'))?.slice(6);
}

describe('XML stream parser', () => {
  it('gives the stream, its elements and its end', () => {
    const { parser, lines } = listen();
    parser.feed(
      Buffer.from(
        `${header} <message to='a'><body>hi &lt;&amp;&#x20AC; <![CDATA[a<b]]></body></message>\n</stream:stream>`,
      ),
    );
    expect(lines).toEqual([
      'open stream jabber:server',
      '<message to="a"><body>hi &lt;&amp;€ a&lt;b</body></message>',
      'close',
    ]);
  });

  it('keeps attributes that look like object members apart from the object', () => {
    const { parser, elements } = listen();
    parser.feed(Buffer.from(`${header}<message __proto__='x' constructor='y' xml:lang='en' p:z='1' xmlns:p='urn:p'/>`));
    expect(Object.entries(elements[0]?.attributes ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['xml:lang', 'en'],
      ['{urn:p}z', '1'],
    ]);
    expect(elements[0]?.attributes['toString']).toBeUndefined();
  });

  it.each([
    ['DOCTYPE', `<!DOCTYPE a [<!ENTITY x "y">]>${header}`, 'restricted-xml'],
    ['DOCTYPE in the stream', `${header}<!DOCTYPE a SYSTEM "file:///etc/passwd">`, 'not-well-formed'],
    [
      'billion laughs',
      '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><stream><m>&b;</m></stream>',
      'restricted-xml',
    ],
    ['processing instruction', inMessage('<?php x?>'), 'restricted-xml'],
    ['comment', inMessage('<!-- c -->'), 'restricted-xml'],
    ['a second XML declaration', `${header}<?xml version='1.0'?><message/>`, 'not-well-formed'],
    ['undeclared entity', inMessage('<body>&foo;</body>'), 'not-well-formed'],
    ['HTML entity', inMessage('<body>&nbsp;</body>'), 'not-well-formed'],
    ['bare ampersand', inMessage('<body>a & b;</body>'), 'not-well-formed'],
    ['reference to NUL', inMessage('<body>&#0;</body>'), 'not-well-formed'],
    ['reference to U+FFFE', inMessage('<body>&#xFFFE;</body>'), 'not-well-formed'],
    ['reference to a surrogate', inMessage('<body>&#xD800;</body>'), 'not-well-formed'],
    ['NUL', inMessage('<body>\u0000</body>'), 'not-well-formed'],
    ['control character in an attribute', inMessage('<body a="\u0001"/>'), 'not-well-formed'],
    ['U+FFFE', inMessage('<body>\ufffe</body>'), 'not-well-formed'],
    ['unbound element prefix', inMessage('<foo:bar/>'), 'bad-namespace-prefix'],
    ['unbound attribute prefix', inMessage('<bar foo:x="1"/>'), 'bad-namespace-prefix'],
    ['xmlns bound to a prefix', inMessage('<a xmlns:p="http://www.w3.org/2000/xmlns/"/>'), 'not-well-formed'],
    ['wrong end tag', inMessage('<a><b></a></b>'), 'not-well-formed'],
    ['attribute twice', inMessage('<a x="1" x="2"/>'), 'not-well-formed'],
    ['attribute twice by namespace', inMessage('<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>'), 'not-well-formed'],
    ['attribute without quotes', inMessage('<a x=1/>'), 'not-well-formed'],
    ['less-than in an attribute', inMessage('<a x="<"/>'), 'not-well-formed'],
    [']]> in text', inMessage('<body>a]]>b</body>'), 'not-well-formed'],
    ['text between elements', `${header}hello<message/>`, 'bad-format'],
    ['text before the stream', `hello${header}`, 'not-well-formed'],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: contoso.example\r\n\r\n<', 'not-well-formed'],
    ['XML 1.1', header.replace("'1.0'", "'1.1'"), 'not-well-formed'],
    ['another declared encoding', header.replace('?>', " encoding='ISO-8859-1'?>"), 'unsupported-encoding'],
    ['UTF-16', Buffer.from(header, 'utf16le'), 'not-well-formed'],
    ['invalid UTF-8', Buffer.concat([Buffer.from(`${header}<message>`), Buffer.from([0xff])]), 'unsupported-encoding'],
    [
      'overlong UTF-8',
      Buffer.concat([Buffer.from(`${header}<message>`), Buffer.from([0xc0, 0xbc])]),
      'unsupported-encoding',
    ],
    [
      'a surrogate in UTF-8',
      Buffer.concat([Buffer.from(`${header}<message>`), Buffer.from([0xed, 0xa0, 0x80])]),
      'unsupported-encoding',
    ],
    [
      '65 attributes',
      inMessage(`<a ${Array.from({ length: 65 }, (_, index) => `a${index}=''`).join(' ')}/>`),
      'policy-violation',
    ],
    ['a name of 257 characters', inMessage(`<${'a'.repeat(257)}/>`), 'policy-violation'],
  ])('refuses %s, and everything after it', (_, text, condition) => {
    expect(faultOf(text)).toMatch(
      condition === 'not-well-formed' ? /^(not-well-formed|bad-namespace-prefix|restricted-xml)$/ : condition,
    );
  });

  it('refuses 100,000 nested elements at the first one too deep', () => {
    expect(faultOf(`${header}${'<a>'.repeat(100_000)}`)).toBe('policy-violation');
  });

  it.each([
    ['before', false, elementLimitsBeforeAuthentication.maxDepth],
    ['after', true, elementLimits.maxDepth],
  ])('takes elements nested to the limit %s authentication, and not one deeper', (_, authenticated, maxDepth) => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    const { parser, lines } = listen(authenticated);
    parser.feed(Buffer.from(header + nested(maxDepth - 1)));
    expect(lines).toHaveLength(2);
    parser.feed(Buffer.from(nested(maxDepth)));
    expect(lines.at(-1)).toBe('fault policy-violation');
  });

  it('counts elements before and after authentication', () => {
    const content = '<a/>'.repeat(elementLimitsBeforeAuthentication.maxElements - 1);
    const before = listen(false);
    before.parser.feed(Buffer.from(inMessage(content)));
    before.parser.feed(Buffer.from(`<message>${content}<b/></message>`));
    expect(before.lines.map((line) => line.slice(0, 22))).toEqual([
      'open stream jabber:ser',
      '<message><a/><a/><a/><',
      'fault policy-violation',
    ]);
  });

  it.each([
    ['before', false, elementLimitsBeforeAuthentication.maxBytes],
    ['after', true, elementLimits.maxBytes],
  ])('takes an element of exactly the limit %s authentication, and not one byte more', (_, authenticated, maxBytes) => {
    const sized = (bytes: number): string => `<message>${'x'.repeat(bytes - '<message></message>'.length)}</message>`;
    const { parser, lines } = listen(authenticated);
    parser.feed(Buffer.from(header));
    parser.feed(Buffer.from(sized(maxBytes - 1) + sized(maxBytes)));
    expect(lines.filter((line) => line.startsWith('<message>'))).toHaveLength(2);
    parser.feed(Buffer.from(sized(maxBytes + 1)));
    expect(lines.at(-1)).toBe('fault policy-violation');
    expect(lines.filter((line) => line.startsWith('<message>'))).toHaveLength(2);
  });

  it('stops an endless tag at the limit, whatever it is made of', () => {
    for (const piece of ['x', ' ', 'a="', '&']) {
      const { parser, lines } = listen(false);
      parser.feed(Buffer.from(`${header}<message `));
      for (let fed = 0; fed < 20 && lines.length < 2; fed += 1) parser.feed(Buffer.from(piece.repeat(1_000)));
      expect(lines.at(-1)).toMatch(/^fault/);
    }
  });

  it('takes white space between elements for ever', () => {
    const { parser, lines } = listen(false);
    parser.feed(Buffer.from(header));
    for (let round = 0; round < 3; round += 1) parser.feed(Buffer.from(`${' '.repeat(5_000)}<message/>`));
    expect(lines.filter((line) => line === '<message/>')).toHaveLength(3);
  });

  it('hears the same however the bytes are cut', () => {
    const text = `${header} <message to='ü€😀'><body a='1'>ü€😀\r\n&amp;<![CDATA[]]x]]></body></message><iq/>\n</stream:stream>`;
    const bytes = Buffer.from(text);
    const whole = listen();
    whole.parser.feed(bytes);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: bytes.length }), { maxLength: 40 }), (cuts) => {
        const { parser, lines } = listen();
        const positions = [...new Set([0, ...cuts, bytes.length])].toSorted((left, right) => left - right);
        positions.slice(1).forEach((end, index) => parser.feed(bytes.subarray(positions[index], end)));
        expect(lines).toEqual(whole.lines);
      }),
    );
  });

  it('never throws, whatever comes', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      '&',
      ';',
      '"',
      '=',
      ' ',
      '<!--',
      '<![CDATA[',
      ']]>',
      '<?',
      'xmlns',
      ':',
      '\u0000',
      '<a>',
      '</a>',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const { parser } = listen();
        parser.feed(Buffer.from(header + pieces.join('')));
      }),
      { numRuns: 500 },
    );
  });

  it('says whether somebody put something behind the element at which it was stopped', () => {
    const behind = (rest: string): boolean => {
      const parser: XmlParser = new XmlParser({
        onOpen: () => undefined,
        onElement: () => parser.stop(),
        onClose: () => undefined,
        onFault: () => undefined,
      });
      return parser.feed(Buffer.from(`${header}<starttls/>${rest}`)).leftover;
    };
    expect(behind('')).toBe(false);
    expect(behind('\r\n ')).toBe(false);
    expect(behind('<')).toBe(true);
    expect(behind('<auth/>')).toBe(true);
    expect(behind(' '.repeat(10_000))).toBe(false);
    expect(behind(`${' '.repeat(10_000)}x`)).toBe(true);
  });
});

describe('XML writer', () => {
  it('declares a namespace only where it changes, and uses the prefixes of the stream', () => {
    const error = element('error', 'jabber:server', {}, element('forbidden', 'urn:ietf:params:xml:ns:xmpp-stanzas'));
    expect(printElement(element('result', 'jabber:server:dialback', { type: 'error' }, error))).toBe(
      '<db:result type="error"><error><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></db:result>',
    );
  });

  it('replaces what XML cannot carry', () => {
    expect(printElement(element('body', 'jabber:server', { a: '\u0001"<\n' }, 'a\u0000\ufffe\ud800&\r'))).toBe(
      '<body a="\ufffd&quot;&lt;&#10;">a\ufffd\ufffd\ufffd&amp;&#13;</body>',
    );
  });

  it('prints what the parser reads back', () => {
    const name = fc.constantFrom('a', 'body', 'x-y', 'ü');
    const namespace = fc.constantFrom('jabber:server', 'urn:a', 'jabber:server:dialback', '');
    const text = fc
      .string({ unit: 'grapheme' })
      .map((value) => value.replaceAll(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?'));
    const attributes = fc
      .dictionary(fc.constantFrom('to', 'xml:lang', '{urn:q}n', '__proto__'), text)
      .map((values) => attributesOf(Object.entries(values)));
    const tree: fc.Arbitrary<Element> = fc.letrec<{ node: Element }>((tie) => ({
      node: fc
        .record({
          name,
          namespace,
          attributes,
          children: fc.array(
            fc.oneof(
              { maxDepth: 4 },
              text.filter((value) => value !== ''),
              tie('node'),
            ),
            { maxLength: 3 },
          ),
        })
        .map((node) => ({ ...node, children: joinTexts(node.children) })),
    })).node;
    fc.assert(
      fc.property(tree, (node) => {
        const { parser, elements, lines } = listen();
        parser.feed(
          Buffer.from(
            `${header.replace('<stream:stream', "<stream:stream xmlns:db='jabber:server:dialback'")}${printElement(node)}`,
          ),
        );
        expect(lines.at(-1)).not.toMatch(/^fault/);
        expect({ ...elements[0] }).toEqual({ ...node });
        expect(printDocument(node)).toMatch(/^</);
      }),
    );
  });
});

/** Neighbouring texts are one text to a parser. */
function joinTexts(children: readonly (Element | string)[]): (Element | string)[] {
  const joined: (Element | string)[] = [];
  for (const child of children) {
    const last = joined.at(-1);
    if (typeof child === 'string' && typeof last === 'string') joined[joined.length - 1] = last + child;
    else joined.push(child);
  }
  return joined;
}
