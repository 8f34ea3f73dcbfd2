import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { octetsOf, readBer } from '../../src/certificates/ber.ts';
import { type DerElement, readDer } from '../../src/certificates/der.ts';
import { encodeDer, implicit, octetString, sequence, set, utf8 } from '../../src/certificates/der-writer.ts';
import { nested } from './nested-der.ts';
import { toBer } from './to-ber.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const element = (bytes: Buffer): DerElement => {
  const read = readDer(bytes);
  if (!read.ok) throw new Error(read.error);
  return read.value;
};
const refusal = (text: string) => {
  const read = readBer(hex(text));
  return read.ok ? read.value.raw.toString('hex') : read.error;
};

describe('the BER reader [X.690 §8]', () => {
  it('reads what is DER as it is', () => {
    const der = encodeDer(sequence(octetString(hex('0102')), set(utf8('ü'))));
    expect(readBer(der)).toEqual(readDer(der));
  });

  it.each([
    ['indefinite lengths', '30 80 30 80 02 01 05 00 00 00 00', '30 05 30 03 02 01 05'],
    ['a length with leading zeros', '30 84 00 00 00 03 02 01 05', '30 03 02 01 05'],
    ['a long length where a short one would do', '30 81 03 02 01 05', '30 03 02 01 05'],
    ['an OCTET STRING in pieces', '24 80 04 01 41 04 02 42 43 00 00', '04 03 41 42 43'],
    ['an OCTET STRING in pieces of pieces', '24 09 24 04 04 02 41 42 04 01 43', '04 03 41 42 43'],
    ['an OCTET STRING of no pieces', '24 80 00 00', '04 00'],
  ])('turns %s into DER', (_, ber, der) => {
    expect(refusal(ber)).toBe(der.replaceAll(' ', ''));
  });

  it.each([
    ['nothing', ''],
    ['an element without its end', '30 80 02 01 05'],
    ['an end without its element', '00 00'],
    ['an end inside a definite length', '30 02 00 00'],
    ['a primitive element of indefinite length', '04 80 41 00 00'],
    ['a child that leaves its parent', '30 03 30 80 02 01 05 00 00'],
    ['an end behind the end of the parent', '30 04 30 80 05 00 00 00'],
    ['bytes after the element', '30 80 00 00 00'],
    ['a tag number above 30', '30 80 1f 81 00 00 00 00'],
    ['a length of nine octets', '30 89 00 00 00 00 00 00 00 00 00'],
    ['an end with contents', '30 80 00 01 00 00 00'],
  ])('refuses %s', (_, ber) => {
    expect(refusal(ber)).toMatch(/[A-Z].*\.$/);
  });

  it('refuses 20 000 levels of either kind', () => {
    const indefinite = Buffer.concat([Buffer.alloc(40_000, hex('30 80')), Buffer.alloc(40_000)]);
    const strings = Buffer.concat([Buffer.alloc(40_000, hex('24 80')), Buffer.alloc(40_000)]);
    for (const bomb of [nested(20_000), indefinite, strings])
      expect(readBer(bomb)).toMatchObject({ ok: false, error: expect.stringContaining('levels') });
  });

  it('reads the BER of any DER as that DER', () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, tie('leaf'), tie('node')),
      leaf: fc.uint8Array({ maxLength: 200 }).map(octetString),
      node: fc
        .array(tie('tree') as fc.Arbitrary<ReturnType<typeof sequence>>, { maxLength: 4 })
        .map((parts) => sequence(...parts)),
    }));
    fc.assert(
      fc.property(tree as fc.Arbitrary<ReturnType<typeof sequence>>, (node) => {
        const der = encodeDer(node);
        const read = readBer(toBer(element(der)));
        expect(read.ok && read.value.raw).toEqual(der);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0x30, 0x24, 0x04, 0x80, 0x00, 0x02, 0x81, 0xa0, 0x01), { maxLength: 40 }),
        (bytes) => {
          const read = readBer(Buffer.from(bytes));
          if (read.ok) expect(readDer(read.value.raw).ok).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('the octets under an implicit tag', () => {
  it('are whole or in pieces', () => {
    expect(octetsOf(element(encodeDer(implicit(0, hex('4142')))), 0x80)).toEqual(hex('4142'));
    expect(octetsOf(element(hex('a0 06 04 01 41 04 01 42')), 0x80)).toEqual(hex('4142'));
    expect(octetsOf(element(hex('a0 03 02 01 05')), 0x80)).toBeUndefined();
    expect(octetsOf(element(hex('02 01 05')))).toBeUndefined();
  });
});
