/** The parts that requests and certificates have in common, written: names, extensions, signatures. [RFC 5280 §4.1, §4.2] */
import { createHash, type KeyObject, sign } from 'node:crypto';

import type { CertificatePlan } from './certificate-profile.ts';
import { readDer } from './der.ts';
import { readBitStringOctets } from './der-values.ts';
import {
  bitString,
  bmp,
  boolean,
  type DerNode,
  encodeDer,
  existingDer,
  explicit,
  ia5,
  identifier,
  implicit,
  keyUsageBitString,
  nullValue,
  octetString,
  printable,
  sequence,
  set,
  utf8,
} from './der-writer.ts';
import type { KeyPair } from './key-pair.ts';
import { oid } from './object-identifiers.ts';
import type { Subject } from './subject.ts';
import type { PlannedName } from './subject-alternative-name.ts';

/** Country is a PrintableString by its definition; all else is UTF8String. [RFC 5280 §4.1.2.4] */
export const writeName = (subject: Subject): DerNode =>
  sequence(
    ...subject.map(({ type, text }) =>
      set(sequence(identifier(type), type === oid.country ? printable(text) : utf8(text))),
    ),
  );

export const writeExtension = (type: string, isCritical: boolean, value: DerNode): DerNode =>
  sequence(identifier(type), ...(isCritical ? [boolean(true)] : []), octetString(encodeDer(value)));

function writeGeneralName(name: PlannedName['name']): DerNode {
  switch (name.kind) {
    case 'dns':
      return implicit(2, Buffer.from(name.name, 'ascii'));
    case 'srv':
      return explicit(0, identifier(oid.srvName), explicit(0, ia5(name.name)));
    default:
      return explicit(0, identifier(oid.xmppAddr), explicit(0, utf8(name.address)));
  }
}

/** The extensions of a plan: what a request asks for and the local authority grants. */
export function writePlannedExtensions(plan: CertificatePlan, spki: Buffer): readonly DerNode[] {
  const names = sequence(...plan.names.map(({ name }) => writeGeneralName(name)));
  return [
    writeExtension(oid.keyUsage, true, keyUsageBitString(plan.keyUsage)),
    writeExtension(oid.extendedKeyUsage, false, sequence(...plan.extendedKeyUsage.map(identifier))),
    // Without a subject the names are all there is, so they must not be ignored. [RFC 5280 §4.2.1.6]
    writeExtension(oid.subjectAlternativeName, plan.subject.length === 0, names),
    writeExtension(oid.subjectKeyIdentifier, false, octetString(keyIdentifier(spki))),
    ...(plan.template === undefined ? [] : [writeExtension(oid.certificateTemplateName, false, bmp(plan.template))]),
  ];
}

/** SHA-1 of the public key bits: a name for the key, not a protection. [RFC 5280 §4.2.1.2 (1)] */
export function keyIdentifier(spki: Buffer): Buffer {
  const read = readDer(spki);
  const bits = readBitStringOctets(read.ok ? read.value.children[1] : undefined) ?? spki;
  return createHash('sha1').update(bits).digest();
}

interface SignatureKind {
  readonly algorithm: DerNode;
  readonly hash: 'sha256' | 'sha384';
}

/** SHA-256, and SHA-384 with the curve that needs it. RSA names a NULL parameter, ECDSA none. [RFC 4055 §5, RFC 5758 §3.2] */
function signatureKind(key: KeyObject): SignatureKind {
  if (key.asymmetricKeyType === 'rsa')
    return { algorithm: sequence(identifier(oid.sha256WithRsa), nullValue()), hash: 'sha256' };
  if (key.asymmetricKeyDetails?.namedCurve === 'secp384r1')
    return { algorithm: sequence(identifier(oid.ecdsaWithSha384)), hash: 'sha384' };
  return { algorithm: sequence(identifier(oid.ecdsaWithSha256)), hash: 'sha256' };
}

export const signatureAlgorithm = (key: KeyObject): DerNode => signatureKind(key).algorithm;

/** `SEQUENCE { toBeSigned, algorithm, signature }`: the frame of certificates and requests alike. */
export function writeSigned(toBeSigned: DerNode, signer: KeyPair): Buffer {
  const bytes = encodeDer(toBeSigned);
  const { algorithm, hash } = signatureKind(signer.privateKey);
  return encodeDer(sequence(existingDer(bytes), algorithm, bitString(sign(hash, bytes, signer.privateKey))));
}
