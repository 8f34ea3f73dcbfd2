/** What an administrator should know about a certificate that is imported, before partners find out: one sentence each. Pure. */
import { printGeneralName } from '../../certificates/general-name.ts';
import { missingIssuer } from '../../certificates/missing-issuer.ts';
import { type ChainVerdict, validateChain } from '../../certificates/peer-validation.ts';
import type { Configuration } from '../../config/configuration.ts';
import { domainsWithoutName } from './certificate-findings.ts';
import { requestOfKey } from './certificate-requests.ts';
import { unsuitability } from './certificates.ts';
import type { ImportPlan } from './import-certificate.ts';

export function importWarnings(
  configuration: Configuration,
  plan: ImportPlan,
  anchors: readonly Buffer[],
  now: Date,
): readonly string[] {
  const { from = now } = plan.when;
  const at = from > now ? from : now;
  const unsuitable = unsuitability(plan.certificate, at);
  const verdict = validateChain({ chain: plan.chain.map(({ der }) => der), anchors, now: at });
  return [
    ...(unsuitable === undefined ? [] : [`The certificate cannot be assigned: ${unsuitable}.`]),
    ...differentNames(configuration, plan),
    ...uncoveredDomains(configuration, plan),
    ...(verdict.ok ? [] : distrust(plan, verdict, unsuitable !== undefined)),
  ];
}

/** Against what was requested; nothing is known of a certificate from elsewhere. */
function differentNames(configuration: Configuration, { certificate, record }: ImportPlan): readonly string[] {
  const asked = requestOfKey(configuration, record.publicKeySha256)?.subjectAlternativeNames.map(({ name }) => name);
  if (asked === undefined) return [];
  const names = certificate.extensions.subjectAlternativeNames.map(printGeneralName);
  const [missing, added] = [notIn(names, asked), notIn(asked, names)];
  return [
    ...(missing.length === 0 ? [] : [`The authority left out names that were requested: ${missing.join(', ')}.`]),
    ...(added.length === 0 ? [] : [`The authority added names that were not requested: ${added.join(', ')}.`]),
  ];
}

const notIn = (present: readonly string[], wanted: readonly string[]): readonly string[] =>
  wanted.filter((name) => !present.includes(name));

/** Partners never see the internal edge. */
function uncoveredDomains(
  configuration: Configuration,
  { certificate, usages, record }: ImportPlan,
): readonly string[] {
  const asked = requestOfKey(configuration, record.publicKeySha256)?.usages ?? [];
  const known = usages.length > 0 ? usages : asked;
  if (known.length > 0 && known.every((usage) => usage === 'InternalEdge')) return [];
  const uncovered = domainsWithoutName(certificate, configuration);
  if (uncovered.length === 0) return [];
  return [
    `No name of the certificate covers ${uncovered.join(', ')}: partners refuse it there. xgw test-certificateconfiguration says which name does what.`,
  ];
}

/** What partners have against it, when all is as it is now; once, also where it is unsuitable by itself. */
function distrust(
  { chain, root }: ImportPlan,
  { reason, detail }: Exclude<ChainVerdict, { ok: true }>,
  isUnsuitable: boolean,
): readonly string[] {
  const isIncomplete = reason === 'incomplete-chain';
  const missing = isIncomplete && root === undefined ? missingIssuer(chain) : undefined;
  if (missing !== undefined) {
    const where = missing.uri === undefined ? '' : ` It can be fetched from ${missing.uri}.`;
    return [
      `The certificate of "${missing.subject}" is missing: import it together with yours, in one file or with -Chain, or partners cannot build the chain.${where}`,
    ];
  }
  if (isIncomplete || reason === 'untrusted-root' || reason === 'self-signed')
    return ['Partners will not trust this certificate unless they import its root.'];
  return isUnsuitable ? [] : [`Partners refuse this certificate: ${detail}.`];
}
