/** What the certificate wizard knows before it asks: the configuration, the last request, the files there are. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

import { readCertificateRequest } from '../../certificates/certificate-request.ts';
import { oid } from '../../certificates/object-identifiers.ts';
import type { CertificateRequestRecord, Configuration } from '../../config/configuration.ts';
import type { KeyStore } from '../../store/key-store.ts';
import type { Answers } from './step-driver.ts';

export interface CertificateFacts {
  readonly accessEdgeFqdn: string | undefined;
  /** The default one first. */
  readonly sipDomains: readonly string[];
  readonly pending: readonly CertificateRequestRecord[];
  /** Organization, OU, City, State, Country of the request before. */
  readonly lastSubject: Answers;
  folderExists(file: string): boolean;
  fileExists(file: string): boolean;
}

export function certificateFacts(configuration: Configuration, keys: KeyStore): CertificateFacts {
  const domains = Object.values(configuration.sipDomains);
  const requests = Object.values(configuration.certificateRequests);
  return {
    accessEdgeFqdn: configuration.gateway.accessEdgeFqdn,
    sipDomains: domains
      .toSorted((one, other) => Number(other.isDefault) - Number(one.isDefault))
      .map(({ identity }) => identity),
    pending: requests.filter(({ status }) => status === 'Pending'),
    lastSubject: subjectOf(requests.at(-1), keys),
    folderExists: (file) =>
      statSync(path.dirname(path.resolve(file)), { throwIfNoEntry: false })?.isDirectory() === true,
    fileExists: (file) => existsSync(file),
  };
}

const parameterOf = new Map<string, string>([
  [oid.country, 'Country'],
  [oid.stateOrProvince, 'State'],
  [oid.locality, 'City'],
  [oid.organization, 'Organization'],
  [oid.organizationalUnit, 'OU'],
]);

/** Read from the request itself: its text in the configuration is for people. */
function subjectOf(record: CertificateRequestRecord | undefined, keys: KeyStore): Answers {
  const der = record && keys.readRequest(record.publicKeySha256);
  const request = der && readCertificateRequest(der);
  if (!request?.ok) return {};
  const attributes = request.value.subject.relativeNames.flat();
  return Object.fromEntries(
    attributes.flatMap(({ type, text }) => {
      const parameter = parameterOf.get(type);
      return parameter === undefined || text === undefined ? [] : [[parameter, text]];
    }),
  );
}
