import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { rtfToText } from '../../../../src/gateway/sip/bodies/rtf-text.ts';

/** The text, or the refusal in brackets. */
function text(rtf: string): string {
  const read = rtfToText(Buffer.from(rtf, 'latin1'));
  return read.ok ? read.value : `[${read.error}]`;
}

describe('the text of RTF', () => {
  it.each<[string, string, string]>([
    [
      'as a rich edit control writes it',
      String.raw`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Segoe UI;}}` +
        '\r\n' +
        String.raw`{\colortbl ;\red0\green0\blue0;}{\*\generator Riched20 15.0;}\viewkind4\uc1\pard\cf1\f0\fs20 Hello, \b Alice\b0 !\par` +
        '\r\n}',
      'Hello, Alice!',
    ],
    ['with lines and cells', String.raw`{\rtf1 one\par two\line three\tab four}`, 'one\ntwo\nthree\tfour'],
    ['with escaped characters', String.raw`{\rtf1 a \{b\} c\\d\~e\_f\-g}`, 'a {b} c\\d e-fg'],
    ['with octets of the code page', String.raw`{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}`, 'Привет'],
    [
      'with octets of the font',
      String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\f1\'cf\'f0{\f0 \'fc}\'e8}`,
      'Прüи',
    ],
    ['with characters of two octets', String.raw`{\rtf1\ansi\ansicpg936 \'c4\'e3\'ba\'c3}`, '你好'],
    [
      'with Unicode and its substitutes',
      String.raw`{\rtf1\ansi\uc1 \u20320?\u22909?!{\uc0\u8364 }\u-10179?\u-8704?}`,
      '你好!€😀',
    ],
    ['with quotes and dashes', String.raw`{\rtf1 \ldblquote x\rdblquote\emdash y}`, '“x”—y'],
    ['without pictures and their octets', '{\\rtf1 a{\\pict\\bin4 }}{}b}c}', 'ac'],
    ['with a picture of octets', '{\\rtf1 a{\\pict\\bin3 }}}}c}', 'ac'],
    ['cut off in the middle', String.raw`{\rtf1 a {\b b`, 'a b'],
  ])('%s', (_title, rtf, expected) => expect(text(rtf)).toBe(expected));

  it('is refused when it is none, and when its groups are nested too deep', () => {
    expect(text('Hello')).toBe('[it does not begin as RTF]');
    expect(text(`{\\rtf1 ${'{'.repeat(101)}`)).toBe('[its groups are nested too deep]');
  });

  it('ends on whatever it is given', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '\\',
      "\\'",
      "\\'e4",
      '\\u20320',
      '?',
      '\\uc8',
      '\\bin-1',
      '\\bin9',
      '\\*',
      ' a ',
      '\\f1',
      '\\ansicpg9',
      '\r\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => typeof text(`{\\rtf${pieces.join('')}`) === 'string'),
    );
  });
});
