/** DER that is as deep as it is long. */

/** Elements inside each other, with the lengths that belong there. */
export function nested(depth: number): Buffer {
  const headers: Buffer[] = [];
  let length = 0;
  for (let level = 0; level < depth; level += 1) {
    const octets = length < 128 ? [length] : [0x83, length >> 16, (length >> 8) & 255, length & 255];
    headers.push(Buffer.from([0x30, ...octets]));
    length += 1 + octets.length;
  }
  return Buffer.concat(headers.toReversed());
}
