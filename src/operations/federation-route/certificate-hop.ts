/**
 * Have we a certificate that a partner would believe, for the domain we speak from and for the others? The checks are those of
 * test-certificateconfiguration; here each weighs by what it does to this one partner.
 */
import { matchingIdentifier } from '../../certificates/server-identity.ts';
import { servingCertificate } from '../../config/certificate-assignment.ts';
import type { FederatedPartner } from '../../config/federated-partner.ts';
import { effectiveMethods } from '../../config/negotiation.ts';
import { partnerOf } from '../../config/partner-lookup.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import { openKeyStore } from '../../store/key-store.ts';
import { certificateChecks } from '../certificates/certificate-checks.ts';
import type { Examined, Surroundings } from '../certificates/certificate-finding.ts';
import { examinedFiles } from '../certificates/examine-certificates.ts';
import { ownAnchors } from '../certificates/own-anchors.ts';
import { failure, type HopOutcome, type Route, success, warning } from './route-hop.ts';

const renew = 'xgw request-certificate -New -Type ExternalEdge -AllSipDomain -Output edge.csr';

/** @throws CodedError when a file of the trust anchors is gone or damaged */
export function certificateHop({ configuration, domain, local, now, storeFolder }: Route): HopOutcome {
  const partner = partnerOf(configuration, domain);
  if (partner !== undefined && isInClear(partner))
    return success({ target: '', detail: 'not used: TCP dialback only' });
  const record = servingCertificate(configuration, now);
  if (record === undefined)
    return failure({ target: 'ExternalEdge', detail: 'none' }, { cause: 'no certificate is assigned', fix: renew });
  const around = { configuration, anchors: ownAnchors(configuration), now, served: undefined };
  return judge(examinedFiles('ExternalEdge', record, openKeyStore(storeFolder)), around, local);
}

const isInClear = (partner: FederatedPartner): boolean =>
  effectiveMethods(partner).every((method) => method === 'TCP Dialback');

/** The gravest thing that is wrong with it; what only some partners mind is a warning. */
export function judge(examined: Examined, around: Surroundings, local: DomainName): HopOutcome {
  const checks = certificateChecks(examined, around);
  const detail = checks.find(({ Name }) => Name === 'expiry')?.Detail ?? 'unreadable';
  const found = { target: examined.record.thumbprint, detail };
  const uncovered = uncoveredDomains(examined, around);
  const unnamed = { Detail: `it does not name ${uncovered.join(', ')}`, Fix: renew };
  // A partner may have the root or the intermediate that is missing.
  const fatal =
    checks.find(({ Result, Name }) => Result === 'Failure' && Name !== 'chain') ??
    (uncovered.includes(local) ? unnamed : undefined);
  if (fatal !== undefined) return failure(found, { cause: fatal.Detail, fix: fatal.Fix ?? renew });
  // A key that is encrypted is opened by the service, and that is the next hop.
  const doubts = checks.filter(({ Result, Name }) => Result !== 'Success' && Name !== 'key');
  const doubt = uncovered.length > 0 ? unnamed : doubts[0];
  if (doubt !== undefined) return warning(found, { cause: doubt.Detail, fix: doubt.Fix ?? renew });
  return success({ ...found, detail: `${detail}; it names every SIP domain` });
}

const uncoveredDomains = ({ chain: [leaf] }: Examined, { configuration }: Surroundings): readonly DomainName[] =>
  Object.values(configuration.sipDomains)
    .map(({ identity }) => identity)
    .filter((domain) => matchingIdentifier(leaf?.extensions.subjectAlternativeNames ?? [], domain) === undefined);
