/** Have we a certificate that a partner would believe, for the domain we speak from and for the others? */
import type { Certificate } from '../../certificates/certificate.ts';
import { matchingIdentifier } from '../../certificates/server-identity.ts';
import { servingCertificate } from '../../config/certificate-assignment.ts';
import type { CertificateRecord } from '../../config/configuration.ts';
import type { FederatedPartner } from '../../config/federated-partner.ts';
import { effectiveMethods } from '../../config/negotiation.ts';
import { partnerOf } from '../../gateway/policy/partners.ts';
import { openKeyStore } from '../../store/key-store.ts';
import { chainOf, chainStatus, unsuitability } from '../certificates.ts';
import { ownAnchors } from '../own-anchors.ts';
import { failure, type HopOutcome, type Route, success, warning } from './route-hop.ts';

const dayMs = 86_400_000;
/** Days before the end of a certificate from which on the test warns. */
const warnDays = 30;
const renew = 'xgw request-certificate -New -Type ExternalEdge -AllSipDomain -Output edge.csr';

/** @throws CodedError when a file of the certificate or of the trust anchors is gone or damaged */
export function certificateHop(route: Route): HopOutcome {
  const { configuration, domain, now, storeFolder } = route;
  const partner = partnerOf(configuration, domain);
  if (partner !== undefined && isInClear(partner))
    return success({ target: '', detail: 'not used: TCP dialback only' });
  const record = servingCertificate(configuration, now);
  if (record === undefined)
    return failure({ target: 'ExternalEdge', detail: 'none' }, { cause: 'no certificate is assigned', fix: renew });
  const keys = openKeyStore(storeFolder);
  const hasKey = keys.keyNames().includes(record.publicKeySha256);
  return judge({ record, chain: chainOf(record, keys), hasKey, anchors: ownAnchors(configuration) }, route);
}

const isInClear = (partner: FederatedPartner): boolean =>
  effectiveMethods(partner).every((method) => method === 'TCP Dialback');

export interface OwnCertificate {
  readonly record: CertificateRecord;
  /** Leaf first. */
  readonly chain: readonly Certificate[];
  readonly hasKey: boolean;
  /** DER, as a partner is likely to have them. */
  readonly anchors: readonly Buffer[];
}

/** The gravest thing that is wrong with it; what only some partners mind is a warning. */
export function judge(own: OwnCertificate, { configuration, local, now }: Route): HopOutcome {
  const [leaf] = own.chain;
  if (leaf === undefined) return failure({ target: '', detail: 'unreadable' }, { cause: 'it is gone', fix: renew });
  const days = Math.floor((leaf.notAfter.getTime() - now.getTime()) / dayMs);
  const found = { target: own.record.thumbprint, detail: `${days} days left` };
  const uncovered = Object.values(configuration.sipDomains)
    .map(({ identity }) => identity)
    .filter((domain) => matchingIdentifier(leaf.extensions.subjectAlternativeNames, domain) === undefined);
  const unnamed = uncovered.length === 0 ? undefined : `it does not name ${uncovered.join(', ')}`;
  const fatal =
    unsuitability(leaf, now) ??
    (own.hasKey ? undefined : 'its private key is not in the store') ??
    (uncovered.includes(local) ? unnamed : undefined);
  if (fatal !== undefined) return failure(found, { cause: fatal, fix: renew });
  const doubt = unnamed ?? distrust(own, now) ?? (days < warnDays ? `it expires in ${days} days` : undefined);
  if (doubt !== undefined) return warning(found, { cause: doubt, fix: renew });
  return success({ ...found, detail: `${found.detail}, names every SIP domain` });
}

function distrust({ record, chain, anchors }: OwnCertificate, now: Date): string | undefined {
  if (record.localTestCa) return 'it is from the LOCAL TEST CA, which partners do not trust';
  const status = chainStatus(chain, anchors, now);
  return status === 'Valid' ? undefined : `partners with the same trust anchors would say ${status}`;
}
