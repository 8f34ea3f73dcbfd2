/**
 * A file that holds certificates of authorities and none of ours, sorted by what they are: a self-signed one is a root to be
 * trusted, another one belongs between a certificate of the store and its root. A root is never served, and an intermediate is
 * never trusted by itself.
 */
import type { Certificate } from '../../certificates/certificate.ts';
import type { CertificateBundle } from '../../certificates/certificate-bundle.ts';
import { orderChain } from '../../certificates/chain.ts';
import { fileAnchors } from '../../certificates/trust-anchors.ts';
import type { CertificateRecord, Configuration } from '../../config/configuration.ts';
import { CodedError } from '../../primitives/errors.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { readChainOf } from './certificates.ts';
import { ownAnchors } from './own-anchors.ts';

export interface CompletedChain {
  readonly record: CertificateRecord;
  /** Leaf first, root left out. */
  readonly chain: readonly Certificate[];
}

export interface AuthoritiesPlan {
  /** Chains of the store that become longer. */
  readonly completed: readonly CompletedChain[];
  /** Roots that nobody has told us to trust before. */
  readonly newRoots: readonly Certificate[];
  /** Roots that are trusted already. */
  readonly knownRoots: readonly Certificate[];
  /** Intermediates that belong to no certificate of ours. */
  readonly unused: readonly Certificate[];
}

const isAuthority = ({ extensions }: Certificate): boolean => extensions.basicConstraints?.isCa === true;

/** Whether all certificates are of authorities, and no key came along. */
export const holdsAuthoritiesOnly = ({ certificates, keys }: CertificateBundle): boolean =>
  certificates.length > 0 && keys.length === 0 && certificates.every(isAuthority);

/** Looks, and keeps nothing. */
export function planAuthorities(
  configuration: Configuration,
  { certificates }: CertificateBundle,
  keys: KeyStore,
): AuthoritiesPlan {
  const roots = certificates.filter(({ isSelfIssued }) => isSelfIssued);
  const between = certificates.filter(({ isSelfIssued }) => !isSelfIssued);
  const completed = Object.values(configuration.certificates).flatMap((record) => {
    const [leaf, ...issuers] = readChainOf(record, keys).chain;
    if (leaf === undefined) return [];
    const { chain } = orderChain(leaf, [...issuers, ...between]);
    return chain.length > issuers.length + 1 ? [{ record, chain }] : [];
  });
  const anchors = new Set(ownAnchors(configuration).map((der) => der.toString('hex')));
  const isKnown = ({ der }: Certificate): boolean => anchors.has(der.toString('hex'));
  const used = completed.flatMap(({ chain }) => chain);
  return {
    completed,
    newRoots: roots.filter((root) => !isKnown(root)),
    knownRoots: roots.filter(isKnown),
    unused: between.filter((certificate) => !used.includes(certificate)),
  };
}

/** @throws CodedError `TrustFileForeign` when the gateway trusts a file that is kept by somebody else */
export function refuseForeignTrustFile(
  { gateway: { trustedRootsPath } }: Configuration,
  keys: KeyStore,
  file: string,
): void {
  if (trustedRootsPath === undefined || trustedRootsPath === keys.trustedRootsPath) return;
  throw new CodedError('TrustFileForeign', `The trusted authorities stand in ${trustedRootsPath}.`, {
    reason: 'that file is kept by you and not by this program',
    fix: [
      `cat ${shellWord(file)} >> ${shellWord(trustedRootsPath)}`,
      'xgw get-xmppgatewayconfiguration -Property TrustedRootsPath',
    ],
    target: trustedRootsPath,
  });
}

/**
 * Files first: the configuration names them afterwards. Roots of a file that is not in force any more go to the trash.
 *
 * @param configuration - As it is now, and not as it was before somebody was asked.
 */
export function keepAuthorities(
  { completed, newRoots }: AuthoritiesPlan,
  keys: KeyStore,
  { gateway }: Configuration,
): void {
  for (const { record, chain } of completed)
    keys.saveChain(
      record.thumbprint,
      chain.map(({ der }) => der),
    );
  if (newRoots.length === 0) return;
  const before = gateway.trustedRootsPath === undefined ? [] : fileAnchors(gateway.trustedRootsPath).ders;
  if (before.length === 0) keys.discardTrustedRoots();
  const added = newRoots.filter(({ der }) => !before.some((one) => one.equals(der)));
  keys.saveTrustedRoots([...before, ...added.map(({ der }) => der)]);
}

/** Pure. */
export const withTrustedRoots = (configuration: Configuration, keys: KeyStore): Configuration => ({
  ...configuration,
  gateway: { ...configuration.gateway, trustedRootsPath: keys.trustedRootsPath },
});
