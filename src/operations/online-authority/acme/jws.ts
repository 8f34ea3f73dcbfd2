/** JSON Web Signatures as ACME has them: flattened JSON, ES256 by the account key, HS256 for an external account. [RFC 8555 §6.2] */
import { strict as assert } from 'node:assert';
import { createHash, createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** A public P-256 key. [RFC 7518 §6.2.1] */
export interface Jwk {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

export interface Jws {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

export const base64url = (data: string | Buffer): string => Buffer.from(data).toString('base64url');

/** @param key - Private or public, P-256. The members are in lexicographic order, as a thumbprint needs them. */
export function jwkOf(key: KeyObject): Jwk {
  const { crv, kty, x, y } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  assert(kty === 'EC' && crv === 'P-256' && x !== undefined && y !== undefined, 'an account key is of P-256');
  return { crv, kty, x, y };
}

/** [RFC 7638 §3] */
export const jwkThumbprint = (jwk: Jwk): string =>
  createHash('sha256')
    .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
    .digest('base64url');

/** @param payload - JSON; the empty text reads a resource (POST-as-GET). [RFC 8555 §6.3] */
export function signEs256(header: Readonly<Record<string, unknown>>, payload: string, key: KeyObject): Jws {
  const parts = partsOf({ alg: 'ES256', ...header }, payload);
  // JWS has the two numbers side by side, not in DER. [RFC 7518 §3.4]
  const signature = sign('sha256', signedText(parts), { key, dsaEncoding: 'ieee-p1363' });
  return { ...parts, signature: base64url(signature) };
}

/** @param key - The octets of the shared key. */
export function signHs256(header: Readonly<Record<string, unknown>>, payload: string, key: Buffer): Jws {
  const parts = partsOf({ alg: 'HS256', ...header }, payload);
  return { ...parts, signature: createHmac('sha256', key).update(signedText(parts)).digest('base64url') };
}

type Parts = Pick<Jws, 'protected' | 'payload'>;

const partsOf = (header: Readonly<Record<string, unknown>>, payload: string): Parts => ({
  protected: base64url(JSON.stringify(header)),
  payload: base64url(payload),
});

const signedText = (parts: Parts): Buffer => Buffer.from(`${parts.protected}.${parts.payload}`, 'ascii');
