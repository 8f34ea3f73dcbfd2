/** The anchors that our own certificates are judged by: those of the gateway, as a partner is likely to have them. */
import { type TrustAnchors, trustAnchors } from '../../certificates/trust-anchors.ts';
import type { Configuration } from '../../config/configuration.ts';

/** DER. @throws CodedError `FileNotFound`, `CertificateUnreadable` for the file of TrustedRootsPath */
export const ownAnchors = (configuration: Configuration): readonly Buffer[] => ownTrustAnchors(configuration).ders;

/** The same with where they come from. */
export function ownTrustAnchors({ gateway }: Configuration): TrustAnchors {
  const paths = gateway.trustedRootsPath === undefined ? [] : [gateway.trustedRootsPath];
  return trustAnchors({ useSystemRoots: gateway.useSystemRoots, paths });
}
