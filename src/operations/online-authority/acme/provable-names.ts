/** Which names which kind of challenge can prove at all, so that nobody is asked in vain. */
import type { AcmeChallenge } from '../../../config/certificate-renewal.ts';
import { CodedError } from '../../../primitives/errors.ts';

/** A wildcard has no host that could be asked. [RFC 8555 §7.1.3; RFC 8737 §3] @throws CodedError `ParameterConflict` */
export function refuseUnprovable(challenge: AcmeChallenge, names: readonly string[]): void {
  const wildcard = names.find((name) => name.startsWith('*.'));
  if (wildcard === undefined || challenge === 'dns-01') return;
  throw new CodedError('ParameterConflict', `${wildcard} cannot be proven by ${challenge}.`, {
    reason: 'a wildcard name needs -AcmeChallenge dns-01',
    fix: 'xgw get-help request-certificate -Parameter AcmeDnsHook',
    target: wildcard,
  });
}
