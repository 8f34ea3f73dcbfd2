/**
 * A certificate that came back: matched to its private key by the key itself, never by name; its chain put in order; what is
 * wrong with it said before anything is kept.
 */
import type { Certificate } from '../../certificates/certificate.ts';
import type { CertificateBundle } from '../../certificates/certificate-bundle.ts';
import { orderChain } from '../../certificates/chain.ts';
import { printDistinguishedName } from '../../certificates/distinguished-name.ts';
import type { KeyPair } from '../../certificates/key-pair.ts';
import type { CertificateRecord, CertificateUsage, Configuration } from '../../config/configuration.ts';
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { requestOfKey } from './certificate-requests.ts';
import {
  type AssignmentTime,
  assignCertificate,
  type CertificateToKeep,
  readChainOf,
  refuseUnsuitable,
  thumbprintOf,
  withCertificate,
} from './certificates.ts';
import { keepKey } from './keep-key.ts';

export interface ImportPlan extends CertificateToKeep {
  /** Leaf first, root left out. */
  readonly chain: readonly Certificate[];
  /** That root, when it came along; it is not trusted by that. */
  readonly root?: Certificate | undefined;
  /** The key that came with the certificate; undefined when the store has it. */
  readonly newKey: KeyPair | undefined;
  readonly usages: readonly CertificateUsage[];
  readonly when: AssignmentTime;
}

export interface ImportWanted {
  readonly usages: readonly CertificateUsage[];
  /** Undefined: as requested, and exportable for a key that came along. */
  readonly exportable: boolean | undefined;
  /** Whether the private key is to be encrypted in the store. */
  readonly encryptsKey?: boolean;
  /** When it takes over; undefined: at once. */
  readonly from?: Date | undefined;
  readonly now: Date;
}

/** Looks, and keeps nothing. @throws CodedError `CertificateUnreadable`, `KeyMismatch`, `CertificateUnsuitable` */
export function planImport(
  configuration: Configuration,
  bundle: CertificateBundle,
  keys: KeyStore,
  wanted: ImportWanted,
): ImportPlan {
  if (bundle.certificates.length === 0)
    throw new CodedError('CertificateUnreadable', 'The file holds no certificate.', {
      reason: bundle.keys.length > 0 ? 'it holds a private key only' : 'it is empty',
    });
  const leaf = leafOf(configuration, bundle, keys);
  const { from, now } = wanted;
  if (wanted.usages.length > 0) refuseUnsuitable(leaf, now, from);
  const others = bundle.certificates.filter((certificate) => certificate !== leaf);
  const publicKeySha256 = leaf.publicKeySha256.toString('hex');
  const known = recordOf(configuration, leaf, bundle.friendlyNames.get(publicKeySha256));
  const isEncrypted = wanted.encryptsKey === true || keys.isKeyEncrypted(publicKeySha256);
  const record = {
    ...known,
    privateKeyExportable: wanted.exportable ?? known.privateKeyExportable,
    ...(isEncrypted && { keyEncrypted: true }),
  };
  // An authority that sends the leaf alone sent its intermediate with another certificate.
  const { chain } = orderChain(leaf, [...others, ...storedIssuers(configuration, keys)]);
  return {
    certificate: leaf,
    chain,
    root: others.find((other) => other.isSelfIssued && chain.at(-1)?.x509.checkIssued(other.x509) === true),
    newKey: bundle.keys.find((key) => key.publicKeySha256 === record.publicKeySha256),
    usages: wanted.usages,
    when: { now, from },
    record,
  };
}

/** Intermediates of all certificates there are; a damaged file is no hindrance here. */
const storedIssuers = ({ certificates }: Configuration, keys: KeyStore): readonly Certificate[] =>
  Object.values(certificates).flatMap((record) => {
    const { chain } = readChainOf(record, keys);
    return chain.slice(1);
  });

/** Characters. */
const maxFriendlyName = 256;

/** What is known of a certificate already, or of the request it answers, stays. */
function recordOf(configuration: Configuration, leaf: Certificate, name: string | undefined): CertificateRecord {
  const thumbprint = thumbprintOf(leaf);
  const publicKeySha256 = leaf.publicKeySha256.toString('hex');
  const known = configuration.certificates[thumbprint] ?? requestOfKey(configuration, publicKeySha256);
  return {
    thumbprint,
    friendlyName: known?.friendlyName ?? (name?.slice(0, maxFriendlyName) || printDistinguishedName(leaf.subject)),
    publicKeySha256,
    privateKeyExportable: known?.privateKeyExportable ?? true,
    ...inStore(configuration.certificates[thumbprint]),
    ...(known?.renewal && { renewal: known.renewal }),
  };
}

/** What only a certificate has that is in the store already. */
const inStore = (existing: CertificateRecord | undefined) => ({
  localTestCa: existing?.localTestCa ?? false,
  assignedTo: existing?.assignedTo ?? [],
});

/** The certificate for a key that we have; of several, the one that lasts longest. */
function leafOf(configuration: Configuration, bundle: CertificateBundle, keys: KeyStore): Certificate {
  const known = new Set([...keys.keyNames(), ...bundle.keys.map((key) => key.publicKeySha256)]);
  const [longest] = bundle.certificates
    .filter((certificate) => known.has(certificate.publicKeySha256.toString('hex')))
    .toSorted((left, right) => right.notAfter.getTime() - left.notAfter.getTime());
  if (longest !== undefined) return longest;
  throw keyMismatch(configuration, bundle.certificates);
}

function keyMismatch(configuration: Configuration, certificates: readonly Certificate[]): CodedError {
  const leaf = certificates.find((certificate) => certificate.extensions.basicConstraints?.isCa !== true);
  const pending = Object.values(configuration.certificateRequests).filter(({ status }) => status === 'Pending');
  const waiting = pending.map(({ requestId, publicKeySha256 }) => `request ${requestId} has ${publicKeySha256}`);
  const isFor =
    leaf === undefined
      ? 'the file holds certificates of authorities only, not yours'
      : `the certificate is for the public key ${leaf.publicKeySha256.toString('hex')}`;
  return new CodedError('KeyMismatch', 'No private key in the store belongs to this certificate.', {
    reason: `${isFor}; ${waiting.length === 0 ? 'no request is pending' : waiting.join(', ')}`,
    fix: ['xgw request-certificate -List', 'xgw get-help import-certificate'],
    target: leaf === undefined ? undefined : printDistinguishedName(leaf.subject),
  });
}

/** Key and chain on disk, durably. The configuration does not name them yet. */
export async function keepImported(plan: ImportPlan, keys: KeyStore, keyPassphrase?: Secret): Promise<void> {
  const { publicKeySha256 } = plan.record;
  // A key that rests encrypted is not replaced by the same key as anybody can read it.
  const isKept =
    keyPassphrase === undefined
      ? keys.isKeyEncrypted(publicKeySha256)
      : keyToEncrypt(plan, keys, keyPassphrase) !== undefined;
  if (plan.newKey !== undefined && !isKept) await keepKey(keys, plan.newKey, keyPassphrase);
  keys.saveChain(
    plan.record.thumbprint,
    plan.chain.map(({ der }) => der),
  );
}

/**
 * The key that the store has and that is to be encrypted when the import is certain; undefined where there is none.
 *
 * @throws CodedError `PasswordWrong` when it is encrypted under another passphrase
 */
export function keyToEncrypt(plan: ImportPlan, keys: KeyStore, passphrase: Secret | undefined): KeyPair | undefined {
  const { publicKeySha256 } = plan.record;
  if (passphrase === undefined || !keys.keyNames().includes(publicKeySha256)) return undefined;
  try {
    return keys.readKey(publicKeySha256);
  } catch (error) {
    // A damaged file is replaced by the key that came along.
    if (plan.newKey !== undefined && isCodedError(error) && error.id === 'KeyFileDamaged') return plan.newKey;
    throw error;
  }
}

/** Pure. The pending request of the key is completed. */
export function addImported(configuration: Configuration, plan: ImportPlan): Configuration {
  const { record } = plan;
  const request = requestOfKey(configuration, record.publicKeySha256);
  const added = withCertificate(configuration, record);
  const completed =
    request === undefined || request.status !== 'Pending'
      ? added
      : {
          ...added,
          certificateRequests: {
            ...added.certificateRequests,
            [request.requestId]: { ...request, status: 'Completed' as const },
          },
        };
  return plan.usages.length === 0 ? completed : assignCertificate(completed, record.thumbprint, plan.usages, plan.when);
}
