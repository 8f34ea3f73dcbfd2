import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { childrenNamed, childText, escapeXml, parseXmlBody } from '../../../../src/gateway/sip/bodies/xml-body.ts';

const parse = (text: string) => parseXmlBody(Buffer.from(text));

describe('XML bodies of SIP messages', () => {
  it('reads elements, namespaces, attributes and text, and skips comments and processing instructions', () => {
    const read = parse(
      '<?xml version="1.0"?><a xmlns="urn:x" k="v"><!-- no --><?pi?> one <b xmlns="">two</b><![CDATA[<3>]]></a>',
    );
    if (!read.ok) throw new Error(read.error);
    expect(read.value).toMatchObject({ name: 'a', namespace: 'urn:x', text: 'one <3>' });
    expect(read.value.attributes.get('k')).toBe('v');
    expect(childText(read.value, 'b', '')).toBe('two');
    expect(childrenNamed(read.value, 'b', 'urn:x')).toEqual([]);
  });

  it('reads a document that declares UTF-16 and is UTF-8, as Microsoft sends it', () => {
    expect(parse('<?xml version="1.0" encoding="utf-16"?><a>ü</a>')).toMatchObject({ ok: true, value: { text: 'ü' } });
  });

  it.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /document type/],
    ['an undeclared entity', '<a>&b;</a>', /entity/],
    ['an undeclared prefix', '<x:a/>', /namespace/],
    ['an unclosed element', '<a><b></a>', /./],
    ['two roots', '<a/><b/>', /./],
    ['nothing', '', /./],
    ['text alone', 'hello', /./],
    ['nesting deeper than 32', '<a>'.repeat(10_000), /nested deeper/],
    ['more than 2048 elements', `<a>${'<b/>'.repeat(3000)}</a>`, /more than 2048/],
    ['more than 64 attributes', `<a ${Array.from({ length: 65 }, (_, i) => `k${i}=""`).join(' ')}/>`, /attributes/],
    ['more than 65536 octets', `<a>${'x'.repeat(65_536)}</a>`, /longer than/],
  ])('refuses %s', (_, text, reason) => {
    const read = parse(text);
    expect(read.ok ? '' : read.error).toMatch(reason);
  });

  it('refuses what is not UTF-8', () => {
    expect(parseXmlBody(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e])).ok).toBe(false);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (body) => void parseXmlBody(body)));
    const pieces = fc.constantFrom(
      '<a>',
      '</a>',
      '<a',
      '/>',
      ' b="',
      '"',
      '&',
      '&#',
      ';',
      ']]>',
      '<![CDATA[',
      '<!',
      'x',
      'xmlns:y=',
    );
    fc.assert(fc.property(fc.array(pieces), (parts) => void parse(parts.join(''))));
  });

  it('escapes so that any text comes back, except for characters XML cannot carry', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = parse(`<a b="${escapeXml(text)}">.${escapeXml(text)}.</a>`);
        const carried = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
        expect(read).toMatchObject({ ok: true, value: { text: `.${carried.replace(/\r\n?/g, '\n')}.` } });
      }),
    );
    expect(escapeXml('a\ud800b\udc00')).toBe('a\ufffdb\ufffd');
    expect(escapeXml('😀')).toBe('😀');
  });
});
