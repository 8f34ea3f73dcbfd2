/** Hostile input by the thousand: the XML splitter and the addresses take anything, throw never, and say the same twice. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { parseSipUri } from '../../../src/gateway/sip/sip-uri.ts';
import { jidToAor, sipUriToJid } from '../../../src/gateway/translation/address.ts';
import {
  bareJid,
  domainpartOf,
  escapeLocalpart,
  parseJid,
  printJid,
  unescapeLocalpart,
} from '../../../src/gateway/xmpp/jid.ts';
import { elementLimitsBeforeAuthentication } from '../../../src/gateway/xmpp/s2s-limits.ts';
import type { Element } from '../../../src/gateway/xmpp/xml/element.ts';
import { XmlParser } from '../../../src/gateway/xmpp/xml/xml-parser.ts';
import { printElement } from '../../../src/gateway/xmpp/xml/xml-writer.ts';

interface Heard {
  readonly lines: readonly string[];
  readonly elements: readonly Element[];
}

/** Under the limits for strangers, where the input is most hostile. */
function hear(chunks: Iterable<Uint8Array>): Heard {
  const lines: string[] = [];
  const elements: Element[] = [];
  const parser = new XmlParser({
    onOpen: (root, contentNamespace) => lines.push(`open ${root.name} ${contentNamespace}`),
    onElement: (element) => {
      elements.push(element);
      lines.push(printElement(element));
    },
    onClose: () => lines.push('close'),
    onFault: ({ condition }) => lines.push(`fault ${condition}`),
  });
  for (const chunk of chunks) parser.feed(Buffer.from(chunk));
  return { lines, elements };
}

const header =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const good = Buffer.from(
  `${header}<message to='ä@b.example' xml:lang='en'><body>hi &lt;&#x20AC;<![CDATA[a<b]]></body><x xmlns='urn:x' p:q='1' xmlns:p='urn:p'/></message> <db:result from='a' to='b'>key</db:result><iq/></stream:stream>`,
);

/** The good stream with some of its bytes replaced, removed or repeated. */
const damaged: fc.Arbitrary<Buffer> = fc
  .array(
    fc.record({
      at: fc.nat({ max: good.length - 1 }),
      remove: fc.nat({ max: 4 }),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc
          .constantFrom(
            '<',
            '</',
            '/>',
            '&',
            '&#',
            ';',
            '"',
            "'",
            '<!--',
            '<!DOCTYPE',
            '<?',
            ']]>',
            'xmlns:',
            '\u0000',
            '\ufeff',
          )
          .map((text) => new Uint8Array(Buffer.from(text))),
      ),
    }),
    { maxLength: 6 },
  )
  .map((damages) =>
    damages.reduce<Buffer>(
      (bytes, { at, remove, insert }) => Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]),
      good,
    ),
  );

const depthOf = ({ children }: Element): number =>
  1 + Math.max(0, ...children.map((child) => (typeof child === 'string' ? 0 : depthOf(child))));
const countOf = ({ children }: Element): number =>
  1 + children.reduce((sum, child) => sum + (typeof child === 'string' ? 0 : countOf(child)), 0);

describe('the XML splitter', () => {
  it('takes any bytes in any chunks without a throw, and is silent after its one fault', () => {
    const noise = fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 });
    fc.assert(
      fc.property(noise, fc.boolean(), (chunks, afterHeader) => {
        const { lines } = hear(afterHeader ? [Buffer.from(header), ...chunks] : chunks);
        const fault = lines.findIndex((line) => line.startsWith('fault'));
        expect(fault === -1 || fault === lines.length - 1).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('hears the same of a damaged stream however it is cut, within the limits', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 });
    const withoutCondition = (line: string): string => (line.startsWith('fault') ? 'fault' : line);
    fc.assert(
      fc.property(damaged, sizes, (bytes, cuts) => {
        const whole = hear([bytes]);
        const pieces = hear(cut(bytes, cuts)).lines.map(withoutCondition);
        // Bytes that are no UTF-8 spoil the chunk they come in: what stood before them may be heard or not.
        if (whole.lines.at(-1) === 'fault unsupported-encoding') expect(pieces.at(-1)).toBe('fault');
        else expect(pieces).toEqual(whole.lines.map(withoutCondition));
        for (const element of whole.elements) {
          expect(depthOf(element)).toBeLessThan(elementLimitsBeforeAuthentication.maxDepth);
          expect(countOf(element)).toBeLessThanOrEqual(elementLimitsBeforeAuthentication.maxElements);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('passes on only what reads the same when it is printed again', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        for (const element of hear([bytes]).elements) {
          const printed = printElement(element);
          expect(hear([Buffer.from(header + printed)]).lines.at(-1)).toBe(printed);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function* cut(bytes: Uint8Array, sizes: readonly number[]): Iterable<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Any UTF-16, lone surrogates included, and much of what addresses are made of. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        'a',
        'B',
        '@',
        '/',
        '.',
        '\\',
        '\\20',
        '\\5c',
        ':',
        '%',
        '%00',
        'ß',
        'İ',
        'ſ',
        '。',
        '\u0301',
        '\u200d',
        'xn--',
        '[',
        ' ',
      ),
      {
        maxLength: 20,
      },
    )
    .map((parts) => parts.join('')),
);
const anyAddress = fc.oneof(
  anyText,
  fc.tuple(anyText, anyText).map(([local, resource]) => `${local}@contoso.example/${resource}`),
  anyText.map((domain) => `alice@${domain}`),
);

describe('addresses', () => {
  it('of any text are read or refused, never thrown; what is read prints as what reads the same', () => {
    fc.assert(
      fc.property(anyAddress, (text) => {
        const domain = domainpartOf(text);
        const jid = parseJid(text);
        if (!jid.ok) return;
        expect(domain).toBe(jid.value.domainpart);
        expect(parseJid(printJid(jid.value))).toEqual(jid);
      }),
      { numRuns: 5_000 },
    );
  });

  it('of any user name are escaped to what gives the name back', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        expect(unescapeLocalpart(escapeLocalpart(name))).toBe(name);
        unescapeLocalpart(name);
      }),
      { numRuns: 2_000 },
    );
  });

  it('cross to SIP as what comes back to the same person, or not at all', () => {
    fc.assert(
      fc.property(anyAddress, (text) => {
        const jid = parseJid(text);
        const aor = jid.ok ? jidToAor(jid.value) : jid;
        if (!jid.ok || !aor.ok) return;
        const uri = parseSipUri(aor.value);
        if (!uri.ok) throw new Error(`${aor.value}: ${uri.error}`);
        const back = sipUriToJid(uri.value);
        if (!back.ok) throw new Error(`${aor.value}: ${back.error}`);
        expect(jidToAor(back.value)).toEqual(aor);
        // Only an escaped backslash that needed no escape comes back plain [XEP-0106 §4.2].
        if (!printJid(jid.value).toLowerCase().includes('\\5c')) expect(back.value).toEqual(bareJid(jid.value));
      }),
      { numRuns: 5_000 },
    );
  });

  it('of any SIP URI become a JID or are refused', () => {
    fc.assert(
      fc.property(anyText, anyText, (user, host) => {
        for (const text of [`sip:${user}@${host}`, `sip:${user}@contoso.example`, user]) {
          const uri = parseSipUri(text);
          const jid = uri.ok ? sipUriToJid(uri.value) : uri;
          if (jid.ok) expect(parseJid(printJid(jid.value))).toEqual(jid);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
