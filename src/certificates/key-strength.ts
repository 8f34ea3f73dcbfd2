/** Which keys and signature algorithms are strong enough: RSA from 2048 bits, P-256 and up, SHA-2 only. [RFC 9325 §4.5] */
import type { KeyObject } from 'node:crypto';

import type { DerElement } from './der.ts';
import { readOid } from './der-values.ts';
import { oid, signatureName } from './object-identifiers.ts';

/** Bits. */
const minimumRsaBits = 2048;

const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** @returns What is wrong with the key as one clause, or undefined. */
export function weaknessOfKey(key: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve = 'of the key' } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      if (modulusLength >= minimumRsaBits) return undefined;
      return `the RSA key has ${modulusLength} bits, ${minimumRsaBits} are the least`;
    case 'ec':
      return curves.has(namedCurve) ? undefined : `the curve ${namedCurve} is not P-256, P-384 or P-521`;
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return `keys of type ${key.asymmetricKeyType} are not accepted`;
  }
}

const strongSignatures = new Set<string>([
  oid.sha256WithRsa,
  oid.sha384WithRsa,
  oid.sha512WithRsa,
  oid.ecdsaWithSha256,
  oid.ecdsaWithSha384,
  oid.ecdsaWithSha512,
  oid.ed25519,
  oid.ed448,
]);
const strongHashes = new Set<string>([oid.sha256, oid.sha384, oid.sha512]);

/** @param algorithm - An AlgorithmIdentifier. @returns What is wrong as one clause, or undefined. */
export function weaknessOfSignature(algorithm: DerElement): string | undefined {
  const [identifier, parameters] = algorithm.children;
  const name = readOid(identifier) ?? 'unknown';
  if (strongSignatures.has(name)) return undefined;
  if (name === oid.rsaPss && strongHashes.has(hashOfPss(parameters))) return undefined;
  return `the signature algorithm ${signatureName(name)} is not accepted (SHA-1 and MD5 are broken)`;
}

/** RSASSA-PSS names its hash in the parameters; without them it is SHA-1. [RFC 4055 §3.1] */
function hashOfPss(parameters: DerElement | undefined): string {
  const hash = parameters?.children.find((part) => part.tag === 0xa0)?.children[0]?.children[0];
  return readOid(hash) ?? 'SHA-1';
}
