/** The certificate requests of the store: numbered, found, given up, shown. Every function of a configuration is pure. */
import type { CertificateRequestRecord, Configuration } from '../../config/configuration.ts';
import { CodedError } from '../../primitives/errors.ts';

/** @throws CodedError `ObjectAlreadyExists`: a second pending request of the same name is rarely wanted */
export function refuseSecondRequest(
  { certificateRequests }: Configuration,
  friendlyName: string,
  force: boolean,
): void {
  const pending = Object.values(certificateRequests).find(
    (request) => request.status === 'Pending' && request.friendlyName.toLowerCase() === friendlyName.toLowerCase(),
  );
  if (pending === undefined || force) return;
  throw new CodedError('ObjectAlreadyExists', `Certificate request '${friendlyName}' is pending already.`, {
    reason: `it is request ${pending.requestId} of ${pending.created.slice(0, 16).replace('T', ' ')} UTC`,
    fix: [
      `xgw show-certificaterequest ${pending.requestId}`,
      ...(pending.renewal === undefined ? [] : [`xgw request-certificate -Retrieve -RequestId ${pending.requestId}`]),
    ],
    target: friendlyName,
  });
}

/** Pure. The request gets the next number. */
export function addRequest(
  configuration: Configuration,
  record: CertificateRequestRecord,
  force: boolean,
): Configuration {
  refuseSecondRequest(configuration, record.friendlyName, force);
  const { certificateRequests } = configuration;
  const requestId = Math.max(0, ...Object.keys(certificateRequests).map(Number)) + 1;
  return { ...configuration, certificateRequests: { ...certificateRequests, [requestId]: { ...record, requestId } } };
}

/** The record of a key among the requests of a configuration. */
export const requestOfKey = (
  { certificateRequests }: Configuration,
  publicKeySha256: string,
): CertificateRequestRecord | undefined =>
  Object.values(certificateRequests).findLast((request) => request.publicKeySha256 === publicKeySha256);

/** @throws CodedError `ObjectNotFound` */
export function requestOrThrow({ certificateRequests }: Configuration, requestId: number): CertificateRequestRecord {
  const found = certificateRequests[String(requestId)];
  if (found !== undefined) return found;
  throw new CodedError('ObjectNotFound', `there is no certificate request ${requestId}.`, {
    fix: 'xgw request-certificate -List',
    target: String(requestId),
  });
}

/** Pure. @throws CodedError `ObjectNotFound` */
export function clearRequest(configuration: Configuration, requestId: number): Configuration {
  const request = requestOrThrow(configuration, requestId);
  const { certificateRequests } = configuration;
  return {
    ...configuration,
    certificateRequests: { ...certificateRequests, [requestId]: { ...request, status: 'Cleared' } },
  };
}

/** Whether anything in the configuration still needs the private key. */
export const isKeyInUse = (configuration: Configuration, publicKeySha256: string): boolean =>
  Object.values(configuration.certificates).some((certificate) => certificate.publicKeySha256 === publicKeySha256) ||
  Object.values(configuration.certificateRequests).some(
    (request) => request.status === 'Pending' && request.publicKeySha256 === publicKeySha256,
  );

/** The object that cmdlets emit. */
export const requestObject = (record: CertificateRequestRecord, path: string | null = null) => ({
  RequestId: record.requestId === 0 ? null : record.requestId,
  Type: record.usages,
  FriendlyName: record.friendlyName,
  Subject: record.subject,
  SubjectAlternativeNames: record.subjectAlternativeNames.map(({ name, reason }) => ({ Name: name, Reason: reason })),
  KeyAlgorithm: record.keyAlgorithm,
  PrivateKeyExportable: record.privateKeyExportable,
  Path: path,
  PublicKeySha256: record.publicKeySha256 === '' ? null : record.publicKeySha256,
  Created: record.created,
  Status: record.status,
});
