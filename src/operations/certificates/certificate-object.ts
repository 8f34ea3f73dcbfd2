/** A certificate of the store as an object of the command line: its facts, what it serves, when it is renewed, and whether partners would believe it. */

import { createHash } from 'node:crypto';
import type { Certificate } from '../../certificates/certificate.ts';
import { printDistinguishedName } from '../../certificates/distinguished-name.ts';
import { printGeneralName } from '../../certificates/general-name.ts';
import { describeKey } from '../../certificates/key-pair.ts';
import { validateChain } from '../../certificates/peer-validation.ts';
import { daysLeft } from '../../certificates/remaining-days.ts';
import type { CertificateRecord } from '../../config/configuration.ts';
import type { RenewalAttempt } from '../../store/renewal-journal.ts';
import { nextRenewal } from '../renewal/renewal-schedule.ts';

/** `Valid`, or what a partner with these anchors would say: `incomplete-chain`, `untrusted-root`, `expired`. */
function chainStatus(chain: readonly Certificate[], anchors: readonly Buffer[], now: Date): string {
  const verdict = validateChain({ chain: chain.map(({ der }) => der), anchors, now });
  return verdict.ok ? 'Valid' : verdict.reason;
}

/** How a certificate is seen: when, and by whom it must be believed. */
export interface View {
  readonly now: Date;
  readonly anchors: readonly Buffer[];
  /** Whether the private key is in the store. */
  readonly hasPrivateKey: boolean;
  /** What has come of renewing it; absent: not looked at. */
  readonly attempt?: RenewalAttempt;
  /** Since when the running gateway shows it; absent: it does not. */
  readonly servedSince?: string | undefined;
}

/** What cannot be read is null. */
const leafFacts = (leaf: Certificate | undefined, now: Date) => ({
  Subject: leaf === undefined ? null : printDistinguishedName(leaf.subject),
  SubjectAlternativeNames: leaf?.extensions.subjectAlternativeNames.map(printGeneralName) ?? [],
  Issuer: leaf === undefined ? null : printDistinguishedName(leaf.issuer),
  SerialNumber: leaf?.serialNumber ?? null,
  NotBefore: leaf?.notBefore.toISOString() ?? null,
  NotAfter: leaf?.notAfter.toISOString() ?? null,
  DaysRemaining: leaf === undefined ? null : daysLeft(leaf, now),
});

function statusOf({ localTestCa }: CertificateRecord, chain: readonly Certificate[], { anchors, now }: View): string {
  if (chain.length === 0) return 'file-missing';
  return localTestCa ? 'LOCAL TEST CA' : chainStatus(chain, anchors, now);
}

/** The object that cmdlets emit; the names stand in it in full. @param chain - Empty when its file cannot be used. */
export function certificateObject(record: CertificateRecord, chain: readonly Certificate[], view: View) {
  const [leaf] = chain;
  return {
    Thumbprint: record.thumbprint,
    FriendlyName: record.friendlyName,
    ...leafFacts(leaf, view.now),
    AssignedTo: record.assignedTo,
    PlannedFor: record.planned?.usages ?? [],
    EffectiveDate: record.planned?.from ?? null,
    PreviousFor: record.previousFor ?? [],
    ServedSince: view.servedSince ?? null,
    ...renewalFacts(record, leaf, view.attempt),
    HasPrivateKey: view.hasPrivateKey,
    PrivateKeyExportable: record.privateKeyExportable,
    KeyEncrypted: record.keyEncrypted ?? false,
    KeyAlgorithm: leaf === undefined ? null : describeKey(leaf.x509.publicKey),
    ChainStatus: statusOf(record, chain, view),
    ChainLength: chain.length,
    LocalTestCa: record.localTestCa,
    ThumbprintSha256: leaf === undefined ? null : createHash('sha256').update(leaf.der).digest('hex').toUpperCase(),
    PublicKeySha256: record.publicKeySha256,
    PinSha256: Buffer.from(record.publicKeySha256, 'hex').toString('base64'),
  };
}

const renewalFacts = (
  { thumbprint, renewal }: CertificateRecord,
  leaf: Certificate | undefined,
  attempt: RenewalAttempt | undefined,
) => ({
  RenewalAuthority: renewal?.authority ?? null,
  NextRenewal:
    renewal === undefined || leaf === undefined ? null : nextRenewal(thumbprint, leaf, attempt).toISOString(),
  LastRenewalError: attempt?.lastError ?? null,
});
