/** The anchors that our own certificates are judged by: those of the gateway, as a partner is likely to have them. */
import { trustAnchors } from '../certificates/trust-anchors.ts';
import type { Configuration } from '../config/configuration.ts';

/** DER. @throws CodedError `FileNotFound`, `CertificateUnreadable` for the file of TrustedRootsPath */
export function ownAnchors({ gateway }: Configuration): readonly Buffer[] {
  const paths = gateway.trustedRootsPath === undefined ? [] : [gateway.trustedRootsPath];
  return trustAnchors({ useSystemRoots: gateway.useSystemRoots, paths }).ders;
}
