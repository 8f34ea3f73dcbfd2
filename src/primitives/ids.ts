/** Unguessable tokens: stream ids, branches, tags, Call-IDs, correlation ids. All from the system's CSPRNG. */
import { randomBytes } from 'node:crypto';

/** Source of randomness as a parameter: tests pass one that counts. */
export interface Ids {
  /** A token of `bits` random bits as lower-case hexadecimal; safe in XML, in SIP headers and in file names. */
  token(bits: number): string;
}

/** Bytes that are fetched at a time: the system's generator costs far more to ask than to read from. */
const poolBytes = 8192;
let pool = Buffer.alloc(0);
let used = 0;

export const randomIds: Ids = {
  token(bits) {
    const bytes = Math.ceil(bits / 8);
    if (used + bytes > pool.length) {
      pool = randomBytes(Math.max(poolBytes, bytes));
      used = 0;
    }
    const token = pool.toString('hex', used, used + bytes);
    // What was given out is a secret perhaps, and stays in no memory of ours.
    pool.fill(0, used, used + bytes);
    used += bytes;
    return token;
  },
};

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ten characters that name one message in the log, the trace and error records: sortable to the second, 20 random bits. */
export function correlationId(now: Date, ids: Ids = randomIds): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const random = Number.parseInt(ids.token(24), 16) % 2 ** 20;
  return base32(seconds, 6) + base32(random, 4);
}

function base32(value: number, width: number): string {
  let text = '';
  for (let rest = value; text.length < width; rest = Math.floor(rest / 32)) text = crockford.charAt(rest % 32) + text;
  return text;
}
