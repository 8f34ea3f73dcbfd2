/** What a name server answers to an update. Success counts only when it is signed; a refusal need not be [RFC 8945 §5.3]. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { headerLength } from './dns-bytes.ts';
import { type SignedMessage, signatureIn, verifiedAnswer } from './tsig.ts';
import type { TsigKey } from './tsig-key.ts';
import { updateOpcode } from './update-message.ts';

/** As IANA registers them; a TSIG error takes the place of the NOTAUTH that carries it. */
export type UpdateCode = string;

const codes = 'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE'.split(' ');
const signatureErrors = new Map([
  [16, 'BADSIG'],
  [17, 'BADKEY'],
  [18, 'BADTIME'],
  [22, 'BADTRUNC'],
]);

/** @returns `NOERROR`, or the code of the refusal. Refuses what is no answer to this update, and a success that is not proven. */
export function readUpdateAnswer(
  bytes: Buffer,
  asked: SignedMessage,
  key: TsigKey,
  now: Date,
): Result<UpdateCode, string> {
  if (bytes.length < headerLength) return refuse('the answer is too short to be one');
  const flags = bytes.readUInt16BE(2);
  const isAnswer = flags >= 0x80_00 && ((flags >> 11) & 0xf) === updateOpcode;
  if (!isAnswer || bytes.readUInt16BE(0) !== asked.bytes.readUInt16BE(0))
    return refuse('the answer is not to this update');
  const code = codes[flags & 0xf] ?? `RCODE${flags & 0xf}`;
  if (code !== 'NOERROR') return ok(signatureErrors.get(signatureIn(bytes)?.error ?? 0) ?? code);
  const verified = verifiedAnswer(bytes, asked, key, now);
  return verified.ok ? ok(code) : verified;
}
