/**
 * One certificate renewed: key, request, answer of the authority, successor in the store. Each step is durable before the next,
 * so that an end at any moment leaves the old certificate serving and the order to be taken up again; nothing of the old
 * certificate is touched before its successor has proven fit.
 */
import { type Certificate, readCertificate } from '../../certificates/certificate.ts';
import { printGeneralName } from '../../certificates/general-name.ts';
import { type KeyPair, newKeyPair, printPrivateKey } from '../../certificates/key-pair.ts';
import { printCertificates } from '../../certificates/pem.ts';
import { keyKindOf, writeSuccessorRequest } from '../../certificates/successor-request.ts';
import type { CertificateRenewal } from '../../config/certificate-renewal.ts';
import type { CertificateRecord, Configuration } from '../../config/configuration.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import type { KeyStore } from '../../store/key-store.ts';
import type { RenewalJournal } from '../../store/renewal-journal.ts';
import { chainOf, unsuitability } from '../certificates/certificates.ts';
import { type ImportPlan, keepImported, planImport } from '../certificates/import-certificate.ts';
import { keepKey } from '../certificates/keep-key.ts';
import type { CertificateOrder, OnlineAuthority } from '../online-authority/online-authority.ts';
import { withSuccessor } from './certificate-succession.ts';

export interface RenewalPorts {
  readonly store: ConfigStore;
  readonly keys: KeyStore;
  readonly journal: RenewalJournal;
  now(): Date;
  authorityFor(renewal: CertificateRenewal): Promise<OnlineAuthority>;
  /** Encrypts a new key where the old one is encrypted. */
  keyPassphrase(): Secret | undefined;
}

/** Milliseconds to wait for writers of the configuration. */
const lockTimeoutMs = 30_000;

/**
 * To be called with the renewal lock held.
 *
 * @returns The record of the successor.
 * @throws PendingAtAuthority, and CodedError what the authority throws, `ObjectNotFound` for a certificate that is gone or is
 *   not renewed, `AuthorityAnswerUnusable` for a successor that is not fit
 */
export async function renewCertificate(
  thumbprint: string,
  ports: RenewalPorts,
  signal?: AbortSignal,
): Promise<CertificateRecord> {
  const { store, keys, journal } = ports;
  const { record, renewal } = renewableOrThrow(store.read(), thumbprint);
  const [leaf] = chainOf(record, keys);
  if (leaf === undefined) throw notRenewed(thumbprint);
  // First, since it also shows whether the keys of this store can be opened.
  const successorOf = identityOf(record, keys);
  const { key, csr } = await orderOf({ record, renewal, leaf }, ports);
  const authority = await ports.authorityFor(renewal);
  const issued = await authority.issue({ csr, names: dnsNames(leaf), successorOf }, signal);
  const plan = fitSuccessor(planOf(issued, key, ports), { leaf, record }, ports.now());
  await keepImported(plan, keys);
  const successor = plan.record;
  const { after } = await store.update({
    cmdlet: 'Update-Certificate',
    target: thumbprint,
    lockTimeoutMs,
    apply: (current) =>
      withSuccessor(current, {
        before: thumbprint,
        successor,
        notBefore: plan.certificate.notBefore,
        now: ports.now(),
      }),
  });
  journal.write(thumbprint, undefined);
  return after.certificates[successor.thumbprint] ?? successor;
}

export interface Renewable {
  readonly record: CertificateRecord;
  readonly renewal: CertificateRenewal;
}

/** @throws CodedError `ObjectNotFound` */
export function renewableOrThrow({ certificates }: Configuration, thumbprint: string): Renewable {
  const record = certificates[thumbprint];
  if (record?.renewal === undefined) throw notRenewed(thumbprint);
  return { record, renewal: record.renewal };
}

const notRenewed = (thumbprint: string): CodedError =>
  new CodedError('ObjectNotFound', `Certificate ${thumbprint} is not one that an authority renews over the network.`, {
    reason: 'it was imported or carried by hand, it has been renewed already, or it is gone',
    fix: ['xgw get-certificate', 'xgw get-help request-certificate -Parameter CA'],
    target: thumbprint,
  });

interface Ordering extends Renewable {
  readonly leaf: Certificate;
}

/** The order that is under way, or a new one: key and request are on disk before anybody is asked. */
async function orderOf({ record, renewal, leaf }: Ordering, ports: RenewalPorts) {
  const { keys, journal } = ports;
  const { thumbprint, publicKeySha256 } = record;
  const attempt = journal.attemptOf(thumbprint);
  const ordered = attempt.orderedKey === undefined ? undefined : keys.readKey(attempt.orderedKey);
  const kept = ordered === undefined ? undefined : keys.readRequest(ordered.publicKeySha256);
  if (ordered !== undefined && kept !== undefined) return { key: ordered, csr: kept };
  const passphrase = keys.isKeyEncrypted(publicKeySha256) ? passphraseOrThrow(record, ports) : undefined;
  const key = await keyFor({ record, renewal, leaf }, keys);
  journal.write(thumbprint, { ...attempt, orderedKey: key.publicKeySha256 });
  const isNew = key.publicKeySha256 !== publicKeySha256;
  if (isNew) await keepKey(keys, key, passphrase);
  const csr = writeSuccessorRequest(leaf, key);
  keys.saveRequest(key.publicKeySha256, csr);
  return { key, csr };
}

/** A key that may be opened still, from memory, has no successor that anybody can read. @throws CodedError `PasswordMissing` */
function passphraseOrThrow({ thumbprint }: CertificateRecord, ports: RenewalPorts): Secret {
  const passphrase = ports.keyPassphrase();
  if (passphrase !== undefined) return passphrase;
  throw new CodedError('PasswordMissing', `The new key of certificate ${thumbprint} cannot be encrypted.`, {
    reason: 'the present key is, and its passphrase is not there any more',
    fix: 'xgw get-help PasswordMissing',
    target: thumbprint,
  });
}

async function keyFor({ record, renewal, leaf }: Ordering, keys: KeyStore): Promise<KeyPair> {
  if (renewal.reuseKey !== true) return await newKeyPair(keyKindOf(leaf));
  const present = keys.readKey(record.publicKeySha256);
  if (present !== undefined) return present;
  throw new CodedError('CertificateMissing', `The private key of certificate ${record.thumbprint} is gone.`, {
    reason: 'its successor is to have the same key',
    fix: 'xgw get-certificate',
    target: record.thumbprint,
  });
}

/** By the certificate that is to be succeeded an authority may know us. Without its key it cannot be shown. */
function identityOf(
  { publicKeySha256, thumbprint }: CertificateRecord,
  keys: KeyStore,
): CertificateOrder['successorOf'] {
  const pair = keys.readKey(publicKeySha256);
  if (pair === undefined) return undefined;
  return { key: printPrivateKey(pair), chain: printCertificates(keys.readChain(thumbprint) ?? []) };
}

const dnsNames = ({ extensions }: Certificate): readonly string[] =>
  extensions.subjectAlternativeNames.flatMap((name) => (name.kind === 'dns' ? [name.name] : []));

function planOf(issued: readonly Buffer[], key: KeyPair, { store, keys, now }: RenewalPorts): ImportPlan {
  const certificates = issued.map((der) => {
    const read = readCertificate(der);
    if (read.ok) return read.value;
    throw unfit(`a certificate cannot be read: ${read.error}`);
  });
  const own = certificates.filter(({ publicKeySha256 }) => publicKeySha256.toString('hex') === key.publicKeySha256);
  if (own.length === 0) throw unfit('none of the certificates is for our key');
  const bundle = { certificates, keys: [], friendlyNames: new Map<string, string>() };
  return planImport(store.read(), bundle, keys, { usages: [], exportable: undefined, now: now() });
}

/** Serving it must not be worse than serving the old one. @throws CodedError `AuthorityAnswerUnusable` */
function fitSuccessor(
  plan: ImportPlan,
  { leaf, record }: { readonly leaf: Certificate; readonly record: CertificateRecord },
  now: Date,
): ImportPlan {
  const { certificate } = plan;
  const later = new Date(Math.max(now.getTime(), certificate.notBefore.getTime()));
  const reason = unsuitability(certificate, later);
  if (reason !== undefined) throw unfit(reason);
  const names = new Set(certificate.extensions.subjectAlternativeNames.map(printGeneralName));
  const lost = leaf.extensions.subjectAlternativeNames.map(printGeneralName).filter((name) => !names.has(name));
  if (lost.length > 0) throw unfit(`it lacks names that the present one has: ${lost.join(', ')}`);
  if (certificate.notAfter <= leaf.notAfter) throw unfit('it lasts no longer than the present one');
  return { ...plan, record: { ...plan.record, privateKeyExportable: record.privateKeyExportable } };
}

const unfit = (reason: string): CodedError =>
  new CodedError('AuthorityAnswerUnusable', 'The authority issued a certificate that cannot succeed the present one.', {
    reason,
    fix: 'xgw get-certificate',
  });
