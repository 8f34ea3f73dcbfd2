/** The name server of an update and the key it knows, as cmdlets are given them. */
import { parseHostWithPort } from '../../config/network-address.ts';
import type { PublishTarget } from '../../operations/dns/publish-records.ts';
import { parseTsigKey, type TsigKey } from '../../operations/dns/tsig-key.ts';
import { refuseExposedSecret } from '../../operations/given-secret.ts';
import { CodedError } from '../../primitives/errors.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import type { CmdletContext } from '../host/cmdlet.ts';

const dnsPort = 53;
/** Milliseconds for one question and for one update. Source: the cmdlet catalogue. */
const defaultTimeoutMs = 5_000;

export interface GivenTarget {
  readonly server: string;
  readonly keyFile: string;
  /** Seconds. */
  readonly ttl: number;
}

/** @throws CodedError `FileNotFound`, `KeyFileExposed`, `FileNotValid` */
export async function dnsTarget({ server, keyFile, ttl }: GivenTarget, context: CmdletContext): Promise<PublishTarget> {
  const parsed = parseHostWithPort(server);
  return {
    // The form was checked when it was bound.
    server: parsed.ok ? { host: parsed.value.host, port: parsed.value.port ?? dnsPort } : { host: '', port: 0 },
    key: await readKey(keyFile, context),
    keyFile,
    ttl,
    timeoutMs: context.timeoutMs ?? defaultTimeoutMs,
    signal: context.signal,
    now: () => context.now(),
  };
}

/** -Force is about records here, and does not open the file of a key. */
async function readKey(file: string, context: CmdletContext): Promise<TsigKey> {
  const bytes = await context.readInput(file);
  if (file !== '-') refuseExposedSecret(file);
  const key = parseTsigKey(bytes.toString('utf8'));
  if (key.ok) return key.value;
  throw new CodedError('FileNotValid', `${file} is not a TSIG key.`, {
    reason: key.error,
    fix: `tsig-keygen -a hmac-sha256 xgw > ${shellWord(file)}`,
    target: file,
  });
}
