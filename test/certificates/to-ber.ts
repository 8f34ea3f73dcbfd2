/** DER as streaming writers put it: every length indefinite, every OCTET STRING in two pieces. */
import { type DerElement, derTag } from '../../src/certificates/der.ts';
import { encodeDer, octetString } from '../../src/certificates/der-writer.ts';

const end = Buffer.alloc(2);

export function toBer({ tag, contents, children, raw }: DerElement): Buffer {
  if (tag === derTag.octetString) {
    const middle = contents.length >> 1;
    const pieces = [contents.subarray(0, middle), contents.subarray(middle)].map((piece) =>
      encodeDer(octetString(piece)),
    );
    return Buffer.concat([Buffer.of(0x24, 0x80), ...pieces, end]);
  }
  const isConstructed = (tag & 0x20) !== 0;
  return isConstructed ? Buffer.concat([Buffer.of(tag, 0x80), ...children.map(toBer), end]) : raw;
}
