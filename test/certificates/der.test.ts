import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { derLimits, readDer } from '../../src/certificates/der.ts';
import { readBoolean, readInteger, readOid, readTime } from '../../src/certificates/der-values.ts';
import { nested } from './nested-der.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const read = (text: string) => {
  const result = readDer(hex(text));
  return result.ok ? result.value : result.error;
};
const element = (text: string) => {
  const result = readDer(hex(text));
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

describe('the DER reader [X.690 §10]', () => {
  it('reads nested elements, with their bytes', () => {
    const top = element('30 06 02 01 05 30 01 00'.replace('30 01 00', '04 01 41'));
    expect(top.children.map((child) => child.contents.toString('hex'))).toEqual(['05', '41']);
    expect(top.children[0]?.raw).toEqual(hex('02 01 05'));
  });

  it.each([
    ['nothing', ''],
    ['a header without a length', '30'],
    ['an indefinite length', '30 80 00 00'],
    ['a length of more octets than needed', '04 81 01 41'],
    ['a length with a leading zero', '04 82 00 81'],
    ['a length of five octets', '04 85 01 00 00 00 00'],
    ['contents that end early', '04 05 41'],
    ['a child longer than its parent', '30 03 04 05 41 42 43'],
    ['bytes after the element', '05 00 00'],
    ['a second element', '05 00 05 00'],
    ['a tag number above 30', '1f 81 00 00'],
  ])('refuses %s', (_, text) => {
    expect(typeof read(text)).toBe('string');
  });

  it('refuses a bomb of 20 000 nested sequences', () => {
    const bomb = nested(20_000);
    expect(readDer(bomb)).toMatchObject({ ok: false });
    const roomy = { maxBytes: 10_000_000, maxElements: 100_000, maxDepth: derLimits.maxDepth };
    expect(readDer(bomb, roomy)).toMatchObject({ ok: false, error: expect.stringContaining('levels') });
  });

  it('keeps its limits exactly', () => {
    expect(readDer(nested(derLimits.maxDepth)).ok).toBe(true);
    expect(readDer(nested(derLimits.maxDepth + 1)).ok).toBe(false);
    const nulls = (count: number) =>
      Buffer.concat([
        hex('30 82'),
        Buffer.from([(count * 2) >> 8, (count * 2) & 255]),
        Buffer.alloc(count * 2, hex('05 00')),
      ]);
    expect(readDer(nulls(derLimits.maxElements - 1)).ok).toBe(true);
    expect(readDer(nulls(derLimits.maxElements)).ok).toBe(false);
    expect(readDer(Buffer.alloc(derLimits.maxBytes + 1))).toMatchObject({
      ok: false,
      error: expect.stringContaining('bytes'),
    });
  });

  it('never throws, and what it accepts is all of the input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = readDer(Buffer.from(bytes));
        if (result.ok) expect(result.value.raw).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the values inside', () => {
  it.each([
    ['06 03 55 04 03', '2.5.4.3'],
    ['06 09 2a 86 48 86 f7 0d 01 01 0b', '1.2.840.113549.1.1.11'],
    ['06 02 88 37', '2.999'],
  ])('%s is the identifier %s', (text, expected) => {
    expect(readOid(element(text))).toBe(expected);
  });

  it.each(['06 00', '06 02 80 01', '06 01 86', '06 0a 2b ff ff ff ff ff ff ff ff 7f'])(
    '%s is no identifier',
    (text) => {
      expect(readOid(element(text))).toBeUndefined();
    },
  );

  it('takes only 00 and ff for a boolean, and minimal integers', () => {
    expect(readBoolean(element('01 01 ff'))).toBe(true);
    expect(readBoolean(element('01 01 01'))).toBeUndefined();
    expect(readInteger(element('02 02 00 80'))).toEqual(hex('00 80'));
    expect(readInteger(element('02 02 00 01'))).toBeUndefined();
  });

  it('reads dates of both types, and no others', () => {
    const time = (tag: number, text: string) =>
      readTime(element(Buffer.concat([Buffer.from([tag, text.length]), Buffer.from(text)]).toString('hex')));
    expect(time(0x17, '491231235959Z')).toEqual(new Date('2049-12-31T23:59:59Z'));
    expect(time(0x17, '500101000000Z')).toEqual(new Date('1950-01-01T00:00:00Z'));
    expect(time(0x18, '20500101000000Z')).toEqual(new Date('2050-01-01T00:00:00Z'));
    for (const wrong of ['2611310000Z', '261131000000Z', '26022900000+0Z', '260101000000+0100'])
      expect(time(0x17, wrong)).toBeUndefined();
  });
});
