/**
 * The key derivation of PKCS#12 (RFC 7292 Appendix B), for the integrity of every such file and for the encryption of older ones.
 * Node.js has none. A million iterations take a second, so the event loop gets its turn in between.
 */
import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

export type Pkcs12Hash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** What the derived octets are for: the ID octet. [RFC 7292 Appendix B.3] */
export const purposes = { key: 1, iv: 2, mac: 3 } as const;

export interface Pkcs12Derivation {
  readonly hash: Pkcs12Hash;
  /** As `pkcs12Password` makes it. */
  readonly password: Buffer;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly purpose: (typeof purposes)[keyof typeof purposes];
  /** Octets. */
  readonly length: number;
}

/** UTF-16, most significant octet first, with two zero octets at its end. [RFC 7292 Appendix B.1] */
export const pkcs12Password = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf16le').swap16();

/** Octets that a hash takes at a time, and that it gives. */
const blockSizes = { sha1: 64, sha224: 64, sha256: 64, sha384: 128, sha512: 128 } as const;

/** Iterations, about 20 ms. */
const turn = 20_000;

/** @source RFC 7292 Appendix B.2; the names of the variables are those of its steps. */
export async function deriveByPkcs12(order: Pkcs12Derivation): Promise<Buffer> {
  const v = blockSizes[order.hash];
  const D = Buffer.alloc(v, order.purpose);
  const I = Buffer.concat([filled(order.salt, v), filled(order.password, v)]);
  const A: Buffer[] = [];
  for (let made = 0; made < order.length; ) {
    let Ai = digest(order.hash, Buffer.concat([D, I]));
    for (let round = 1; round < order.iterations; round += 1) {
      Ai = digest(order.hash, Ai);
      if (round % turn === 0) await setImmediate();
    }
    A.push(Ai);
    made += Ai.length;
    const B = repeated(Ai, v);
    for (let at = 0; at < I.length; at += v) addWithCarry(I.subarray(at, at + v), B);
  }
  return Buffer.concat(A).subarray(0, order.length);
}

const digest = (name: Pkcs12Hash, data: Buffer): Buffer => hash(name, data, 'buffer');

/** Copies of the bytes up to the next whole block; nothing of nothing. */
const filled = (bytes: Buffer, block: number): Buffer => repeated(bytes, block * Math.ceil(bytes.length / block));

const repeated = (bytes: Buffer, length: number): Buffer =>
  length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes);

/** block = (block + addend + 1) mod 2^(8v) */
function addWithCarry(block: Buffer, addend: Buffer): void {
  let carry = 1;
  for (let at = block.length - 1; at >= 0; at -= 1) {
    carry += block.readUInt8(at) + addend.readUInt8(at);
    block.writeUInt8(carry & 0xff, at);
    carry >>= 8;
  }
}
