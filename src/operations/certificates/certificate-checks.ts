/** The checks of a certificate that depend on no domain, each as one finding. Pure. */

import type { Certificate } from '../../certificates/certificate.ts';
import { printDistinguishedName } from '../../certificates/distinguished-name.ts';
import { missingIssuer } from '../../certificates/missing-issuer.ts';
import { oid, purposeName } from '../../certificates/object-identifiers.ts';
import { problemOfDates, problemOfStrength, problemOfUse } from '../../certificates/path-rules.ts';
import { validateChain } from '../../certificates/peer-validation.ts';
import { daysLeft, lastDays } from '../../certificates/remaining-days.ts';
import { servingCertificate } from '../../config/certificate-assignment.ts';
import type { CertificateFinding, Examined, FindingResult, Surroundings } from './certificate-finding.ts';

interface Check {
  readonly result: FindingResult;
  readonly detail: string;
  readonly fix?: string;
}

const passed = (detail: string): Check => ({ result: 'Success', detail });

export function certificateChecks(examined: Examined, around: Surroundings): readonly CertificateFinding[] {
  const [leaf] = examined.chain;
  const checks: Readonly<Record<string, Check>> =
    leaf === undefined
      ? { file: { result: 'Failure', detail: examined.problems.join('; ') || 'the file of the certificate is gone' } }
      : {
          chain: chainCheck(examined, around),
          purpose: purposeCheck(leaf),
          key: keyCheck(examined, around),
          strength: strengthCheck(leaf),
          expiry: expiryCheck(leaf, examined, around),
          ...serviceCheck(examined, around),
        };
  return Object.entries(checks).map(([Name, { result, detail, fix }]) => ({
    Type: examined.usage,
    Domain: null,
    Name,
    Covered: null,
    Result: result,
    Detail: detail,
    Fix: result === 'Success' ? null : (fix ?? renewal(examined)),
  }));
}

const renewal = ({ usage }: Examined): string => `xgw request-certificate -New -Type ${usage} -Output edge.csr`;

/** What a partner with these anchors would say, and what it lacks. Dates are another check. */
function chainCheck({ chain, record }: Examined, { anchors, anchorSources, now }: Surroundings): Check {
  const [leaf] = chain;
  if (record.localTestCa)
    return { result: 'Warning', detail: 'it is of the LOCAL TEST CA: partners trust it only when they have its root' };
  const at = leaf === undefined || problemOfDates(leaf, now) === undefined ? now : leaf.notBefore;
  const verdict = validateChain({ chain: chain.map(({ der }) => der), anchors, now: at });
  if (verdict.ok)
    return passed(
      `it leads to "${verdict.path
        .slice(-1)
        .map(({ subject }) => printDistinguishedName(subject))
        .join('')}"`,
    );
  if (verdict.reason === 'incomplete-chain') return incomplete(chain, record.thumbprint);
  const isPrivate = verdict.reason === 'untrusted-root' || verdict.reason === 'self-signed';
  const known = anchorSources === undefined ? '' : `. Known here: ${anchorSources.join(', ') || 'no authority'}`;
  const detail = verdict.detail.replace(/\.$/, '');
  return {
    result: 'Failure',
    detail: isPrivate ? `${detail}; partners refuse it unless they have that root${known}` : detail,
    ...(isPrivate ? { fix: 'xgw import-certificate root.pem' } : {}),
  };
}

function incomplete(chain: readonly Certificate[], thumbprint: string): Check {
  const missing = missingIssuer(chain);
  const where = missing?.uri === undefined ? '' : `, to be had at ${missing.uri}`;
  const detail = `the chain is served incomplete: the certificate of "${missing?.subject}" is missing${where}`;
  if (missing?.uri === undefined) return { result: 'Failure', detail, fix: 'xgw get-help import-certificate' };
  const steps = [
    `xgw export-certificate ${thumbprint} -Path chain.pem`,
    `curl -fsS '${missing.uri.replaceAll("'", '%27')}' | openssl x509 -inform DER >> chain.pem`,
    'xgw import-certificate chain.pem',
  ];
  return { result: 'Failure', detail, fix: steps.join(' && ') };
}

function purposeCheck(leaf: Certificate): Check {
  const problem = problemOfUse(leaf);
  if (problem !== undefined) return { result: 'Failure', detail: problem.detail };
  const { extendedKeyUsage } = leaf.extensions;
  if (extendedKeyUsage === undefined) return passed('it is for every purpose');
  const purposes = extendedKeyUsage.map(purposeName).join(', ');
  const isForClients = extendedKeyUsage.includes(oid.clientAuth);
  return passed(isForClients ? `it is for ${purposes}` : 'it is for serverAuth, which partners must accept both ways');
}

function keyCheck(examined: Examined, { served }: Surroundings): Check {
  const { record, chain, keySha256, problems } = examined;
  const [leaf] = chain;
  if (problems.length > 0) return { result: 'Failure', detail: problems.join('; ') };
  if (examined.isKeyLocked === true) return lockedKey(served === record.thumbprint);
  if (keySha256 === undefined) return { result: 'Failure', detail: 'its private key is not in the store' };
  const isMatch = keySha256 === leaf?.publicKeySha256.toString('hex') && keySha256 === record.publicKeySha256;
  if (isMatch) return passed('the private key in the store belongs to it');
  return { result: 'Failure', detail: `the private key in the store is for the public key ${keySha256}, not for it` };
}

/** Only who has the passphrase can open it: that a gateway shows the certificate says as much. */
const lockedKey = (isServed: boolean): Check =>
  isServed
    ? passed('it is encrypted, and the running gateway has opened it')
    : {
        result: 'Warning',
        detail: 'it is encrypted, and was not opened: its passphrase is not known here',
        fix: 'XGW_KEY_PASSPHRASE_FILE=/etc/xgw/key-pass xgw test-certificateconfiguration',
      };

function strengthCheck(leaf: Certificate): Check {
  const problem = problemOfStrength(leaf, false);
  return problem === undefined ? passed('key and signature are strong') : { result: 'Failure', detail: problem.detail };
}

function expiryCheck(leaf: Certificate, { record }: Examined, { now, failsWithinDays }: Surroundings): Check {
  const problem = problemOfDates(leaf, now);
  if (problem !== undefined) return { result: 'Failure', detail: problem.detail };
  const days = daysLeft(leaf, now);
  const detail = `it lasts ${days} more ${days === 1 ? 'day' : 'days'}, until ${leaf.notAfter.toISOString()}`;
  if (failsWithinDays !== undefined && days <= failsWithinDays) return { result: 'Failure', detail };
  return days >= lastDays ? passed(detail) : { result: 'Warning', detail: `${detail} ("${record.friendlyName}")` };
}

/** Only for the certificate that streams should be shown, and only while a gateway runs. */
function serviceCheck({ usage, record }: Examined, around: Surroundings): Readonly<Record<string, Check>> {
  const { served, configuration, now } = around;
  const expected = servingCertificate(configuration, now);
  if (served === undefined || usage === 'InternalEdge' || expected?.thumbprint !== record.thumbprint) return {};
  if (served === record.thumbprint) return { service: passed('the running gateway shows it') };
  const detail = `the running gateway shows ${served === '' ? 'no certificate' : served} in its place`;
  return { service: { result: 'Failure', detail, fix: 'xgw get-eventlog -Tail 20' } };
}
