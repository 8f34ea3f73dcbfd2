/** Every file outside of the store that a configuration names: whoever moves or confines the gateway must let it read them. */
import type { CertificateRenewal } from './certificate-renewal.ts';
import type { Configuration } from './configuration.ts';

export const filesNamedIn = ({ gateway, federatedPartners, certificates }: Configuration): readonly string[] => [
  ...(gateway.trustedRootsPath === undefined ? [] : [gateway.trustedRootsPath]),
  ...Object.values(federatedPartners).flatMap(({ trustedRootsPath }) => trustedRootsPath ?? []),
  ...Object.values(certificates).flatMap(({ renewal }) => (renewal === undefined ? [] : filesOfRenewal(renewal))),
];

const filesOfRenewal = ({ rootsPath, est, acme }: CertificateRenewal): readonly string[] =>
  [rootsPath, est?.passwordFile, acme?.dnsHook, acme?.eabHmacKeyFile].filter((file) => file !== undefined);
