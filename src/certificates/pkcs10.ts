/**
 * Writes a certificate request (RFC 2986) for a plan and a key, reads it back with a reader that shares no code with the
 * writer, and compares field by field: what an administrator sends to an authority is what the summary showed.
 */
import { strict as assert } from 'node:assert';

import type { CertificatePlan } from './certificate-profile.ts';
import { type CertificateRequest, readCertificateRequest } from './certificate-request.ts';
import { keyIdentifier, writeName, writePlannedExtensions, writeSigned } from './certificate-writer.ts';
import { existingDer, explicit, identifier, sequence, set, smallInteger } from './der-writer.ts';
import { printGeneralName } from './general-name.ts';
import type { KeyPair } from './key-pair.ts';
import { oid } from './object-identifiers.ts';
import { printPem } from './pem.ts';

/** @returns DER. */
export function writeCertificateRequest(plan: CertificatePlan, key: KeyPair): Buffer {
  const extensions = sequence(...writePlannedExtensions(plan, key.spki));
  const attribute = sequence(identifier(oid.extensionRequest), set(extensions));
  const info = sequence(smallInteger(0), writeName(plan.subject), existingDer(key.spki), explicit(0, attribute));
  const der = writeSigned(info, key);
  const read = readCertificateRequest(der);
  assert(read.ok, `the request does not read back: ${read.ok ? '' : read.error}`);
  const differences = differencesFromPlan(read.value, plan, key);
  assert(differences.length === 0, `the request differs from its plan in ${differences.join(', ')}`);
  return der;
}

/** @returns The fields in which a request is not what was planned. */
export function differencesFromPlan(
  request: CertificateRequest,
  plan: CertificatePlan,
  key: KeyPair,
): readonly string[] {
  const { extensions } = request;
  const subject = request.subject.relativeNames.map((attributes) =>
    attributes.map(({ type, text }) => ({ type, text })),
  );
  const pairs: Readonly<Record<string, readonly [unknown, unknown]>> = {
    signature: [request.isSignatureValid, true],
    'public key': [request.spki.toString('hex'), key.spki.toString('hex')],
    subject: [subject, plan.subject.map(({ type, text }) => [{ type, text }])],
    'subject alternative names': [
      extensions.subjectAlternativeNames.map(printGeneralName),
      plan.names.map(({ name }) => printGeneralName(name)),
    ],
    'key usage': [[...(extensions.keyUsage ?? [])].toSorted(), plan.keyUsage.toSorted()],
    'extended key usage': [extensions.extendedKeyUsage, plan.extendedKeyUsage],
    'key identifier': [extensions.subjectKeyIdentifier?.toString('hex'), keyIdentifier(key.spki).toString('hex')],
    template: [extensions.templateName, plan.template],
    'number of extensions': [extensions.identifiers.length, plan.template === undefined ? 4 : 5],
  };
  return Object.entries(pairs).flatMap(([field, [is, wanted]]) =>
    JSON.stringify(is) === JSON.stringify(wanted) ? [] : [field],
  );
}

export const requestFormats = ['new', 'pem', 'der', 'base64'] as const;
export type RequestFormat = (typeof requestFormats)[number];

/** `new` is certreq's form: the NEW label and CRLF. `base64` has no armour. */
export function printCertificateRequest(der: Buffer, format: RequestFormat): Buffer {
  switch (format) {
    case 'new':
      return Buffer.from(printPem('NEW CERTIFICATE REQUEST', der, '\r\n'));
    case 'pem':
      return Buffer.from(printPem('CERTIFICATE REQUEST', der));
    case 'der':
      return der;
    default:
      return Buffer.from(
        `${
          der
            .toString('base64')
            .match(/.{1,64}/g)
            ?.join('\n') ?? ''
        }\n`,
      );
  }
}
