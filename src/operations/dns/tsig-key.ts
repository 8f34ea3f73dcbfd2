/**
 * The key that a name server and this gateway share, to sign updates with [RFC 8945]. Read as BIND keeps it, `key "name" {
 * algorithm hmac-sha256; secret "..."; };`, or in the short form of its tools, `hmac-sha256:name:secret`. MD5 and SHA-1 are refused.
 */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { Secret } from '../../primitives/secret.ts';

const tsigAlgorithms = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;
export type TsigAlgorithm = (typeof tsigAlgorithms)[number];

export interface TsigKey {
  /** In lower case, without a dot at the end. */
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  /** Base64. */
  readonly secret: Secret;
}

/** Characters: more is no key file. */
const maxLength = 4096;
/** Bytes of a secret: shorter ones can be guessed. Source: NIST SP 800-107 §5.3.2 would have the length of the hash; keys of 128 bits are in use. */
const minSecret = 16;

/** The text is in no refusal. */
export function parseTsigKey(text: string): Result<TsigKey, string> {
  if (text.length > maxLength) return refuse(`it has more than ${maxLength} characters`);
  const plain = withoutComments(text).trim();
  const parts = plain.startsWith('key') ? statement(plain) : plain.split(':');
  if (parts === undefined || parts.length !== 3)
    return refuse('it holds no key "name" { algorithm ...; secret "..."; };');
  const [algorithmWord = '', name = '', secret = ''] = parts;
  const algorithm = tsigAlgorithms.find((each) => each === algorithmWord.toLowerCase().replace(/\.$/, ''));
  if (algorithm === undefined) return refuse(`its algorithm is none of ${tsigAlgorithms.join(', ')}`);
  if (!isKeyName(name)) return refuse('the name of its key is no domain name');
  const bytes = Buffer.from(secret, 'base64');
  if (bytes.length < minSecret || bytes.toString('base64') !== secret)
    return refuse(`its secret is not ${minSecret} bytes or more in base64`);
  return ok({ name: name.toLowerCase().replace(/\.$/, ''), algorithm, secret: new Secret(secret) });
}

/** As BIND's own: `//` and `#` to the end of the line. Base64 may hold `//`, so only what stands before a quote counts. */
const withoutComments = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^([^"]*?)(?:\/\/|#).*$/, '$1'))
    .join('\n');

function statement(text: string): readonly string[] | undefined {
  const [, name, body = ''] = /^key\s+"?([^"\s{]{1,255})"?\s*\{([^{}]*)\}\s*;?$/.exec(text) ?? [];
  const [, algorithm] = /(?:^|[\s;])algorithm\s+"?([\w.-]{1,64})"?\s*;/.exec(body) ?? [];
  const [, secret] = /(?:^|[\s;])secret\s+"?([A-Za-z0-9+/=]{1,1024})"?\s*;/.exec(body) ?? [];
  return name === undefined || algorithm === undefined || secret === undefined ? undefined : [algorithm, name, secret];
}

/** One label is enough for a key, and `_` is allowed. */
const isKeyName = (name: string): boolean => name.length <= 253 && /^[\w-]{1,63}(?:\.[\w-]{1,63})*\.?$/.test(name);
