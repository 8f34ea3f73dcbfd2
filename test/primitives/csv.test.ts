import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { printCsv, readCsv } from '../../src/primitives/csv.ts';

const fieldsOf = (text: string, delimiter?: string) => {
  const read = readCsv(text, delimiter);
  return read.ok ? read.value.map(({ fields }) => fields) : read.error;
};

describe('CSV', () => {
  it('is read as it was printed [RFC 4180]', () => {
    const record = fc.array(fc.string(), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1 }), (records) => {
        expect(fieldsOf(records.map(printCsv).join('\r\n'))).toEqual(records);
      }),
    );
  });

  it('any text is records or a fault with its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a') }), (text) => {
        const read = readCsv(text);
        const last = text.split(/\r\n|\n|\r/).length;
        const lines = read.ok ? read.value.map(({ line }) => line) : [read.error.line];
        for (const line of lines) expect(line >= 1 && line <= last).toBe(true);
      }),
    );
  });

  it('records say the line that they begin in; blank lines are none', () => {
    const read = readCsv('a,b\r\n\r\n"x\r\ny",1\r\n\nz,\n');
    expect(read).toEqual({
      ok: true,
      value: [
        { fields: ['a', 'b'], line: 1 },
        { fields: ['x\r\ny', '1'], line: 3 },
        { fields: ['z', ''], line: 6 },
      ],
    });
  });

  it('other delimiters are read too', () => expect(fieldsOf('a;"b;c"\n', ';')).toEqual([['a', 'b;c']]));

  it.each([
    ['a,b\nc,"d\n\n', { sentence: 'a quote is not closed', line: 2 }],
    ['a\n"b"c\n', { sentence: 'text follows a closing quote', line: 2 }],
  ])('%j is refused', (text, fault) => expect(fieldsOf(text)).toEqual(fault));

  it('many quotes take no longer than many letters', () => {
    expect(fieldsOf(`a,"${'""'.repeat(200_000)}`)).toMatchObject({ sentence: 'a quote is not closed' });
    expect(fieldsOf('"x'.repeat(200_000))).toMatchObject({ sentence: expect.any(String) });
  });
});
