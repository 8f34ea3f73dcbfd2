/**
 * Requests that no configuration knows: a process ended after key and request were on disk, and before their number was. The key
 * is good, an import finds it; whoever does not want it is shown that it is there.
 */
import { statSync } from 'node:fs';
import path from 'node:path';

import { type CertificateRequest, readCertificateRequest } from '../../certificates/certificate-request.ts';
import { printDistinguishedName } from '../../certificates/distinguished-name.ts';
import { printGeneralName } from '../../certificates/general-name.ts';
import { describeKey } from '../../certificates/key-pair.ts';
import type { Configuration } from '../../config/configuration.ts';
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { orderedKeys } from '../../store/renewal-journal.ts';
import { isKeyInUse, type requestObject } from './certificate-requests.ts';

export interface OrphanedRequest {
  readonly publicKeySha256: string;
  readonly request: CertificateRequest;
  readonly created: Date;
}

/** What cannot be read is no request. @param storeFolder - The folder of `store.json`. */
export function orphanedRequests(
  configuration: Configuration,
  keys: KeyStore,
  storeFolder: string,
): readonly OrphanedRequest[] {
  const ordered = orderedKeys(storeFolder);
  const unknown = keys.keyNames().filter((name) => !ordered.has(name) && !isKeyInUse(configuration, name));
  return unknown.flatMap((publicKeySha256) => {
    const request = keptRequest(publicKeySha256, keys);
    const file = statSync(path.join(keys.folder, `${publicKeySha256}.key.pem`), { throwIfNoEntry: false });
    return request === undefined || file === undefined ? [] : [{ publicKeySha256, request, created: file.mtime }];
  });
}

function keptRequest(publicKeySha256: string, keys: KeyStore): CertificateRequest | undefined {
  try {
    const request = readCertificateRequest(keys.readRequest(publicKeySha256) ?? Buffer.alloc(0));
    return request.ok ? request.value : undefined;
  } catch (error) {
    if (isCodedError(error)) return undefined;
    throw error;
  }
}

/** @throws CodedError `ObjectNotFound` */
export function orphanOrThrow(orphans: readonly OrphanedRequest[], publicKeySha256: string): OrphanedRequest {
  const found = orphans.find((orphan) => orphan.publicKeySha256 === publicKeySha256.toLowerCase());
  if (found !== undefined) return found;
  throw new CodedError('ObjectNotFound', `there is no orphaned request for the public key ${publicKeySha256}.`, {
    fix: 'xgw get-certificaterequest -Status Orphaned',
    target: publicKeySha256,
  });
}

/** As other requests are shown; what stood in the configuration only is lost. */
export const orphanObject = ({
  publicKeySha256,
  request,
  created,
}: OrphanedRequest): Omit<ReturnType<typeof requestObject>, 'Status'> & { readonly Status: string } => ({
  RequestId: null,
  Type: [],
  FriendlyName: '',
  Subject: printDistinguishedName(request.subject),
  SubjectAlternativeNames: request.extensions.subjectAlternativeNames.map((name) => ({
    Name: printGeneralName(name),
    Reason: 'in the request',
  })),
  KeyAlgorithm: describeKey(request.publicKey),
  PrivateKeyExportable: true,
  Path: null,
  PublicKeySha256: publicKeySha256,
  Created: created.toISOString(),
  Status: 'Orphaned',
});
