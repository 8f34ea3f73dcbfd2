/** -EffectiveDate and -Roll: what a planned change of certificates needs, and what an administrator should know before. */
import { certificateInForce } from '../../config/certificate-assignment.ts';
import type { CertificateUsage, Configuration } from '../../config/configuration.ts';
import { chainOf } from '../../operations/certificates.ts';
import { CodedError } from '../../primitives/errors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { CmdletContext } from '../host/cmdlet.ts';

export interface RollOrder {
  readonly usages: readonly CertificateUsage[];
  readonly from: Date | undefined;
  readonly roll: boolean;
}

/** @throws CodedError `MandatoryParameterMissing` for -Roll without -EffectiveDate, `ObjectNotFound` when there is nothing to change from. */
export function checkRoll(configuration: Configuration, { usages, from, roll }: RollOrder, now: Date): void {
  if (!roll) return;
  if (from === undefined)
    throw new CodedError('MandatoryParameterMissing', '-Roll needs -EffectiveDate.', {
      reason: 'a roll is a change at a time that is known before',
      fix: `xgw set-certificate <thumbprint> -Type ${usages.join(',')} -Roll -EffectiveDate ${example(now)}`,
      target: 'EffectiveDate',
    });
  const bare = usages.filter((usage) => certificateInForce(configuration, usage, now) === undefined);
  if (bare.length === 0) return;
  throw new CodedError('ObjectNotFound', `Nothing serves ${bare.join(', ')}, so there is nothing to roll from.`, {
    reason: 'without -Roll and -EffectiveDate the certificate is assigned at once',
    fix: `xgw set-certificate <thumbprint> -Type ${bare.join(',')}`,
    target: bare[0],
  });
}

/** A week from now, at three in the morning. */
const example = (now: Date): string => `${new Date(now.getTime() + 7 * 86_400_000).toISOString().slice(0, 10)}T03:00`;

/** Whether something serves until the planned certificate takes over. */
export function warnAboutGap(configuration: Configuration, { usages, from }: RollOrder, context: CmdletContext): void {
  const now = context.now();
  if (from === undefined || from <= now) return;
  const keys = openKeyStore(context.store.folder);
  for (const usage of usages) {
    const present = certificateInForce(configuration, usage, now);
    const end = present === undefined ? undefined : chainOf(present, keys)[0]?.notAfter;
    if (end === undefined) context.warn(`Nothing serves ${usage} until ${from.toISOString()}.`);
    else if (end < from)
      context.warn(`The present certificate of ${usage} expires before that, on ${end.toISOString()}.`);
  }
}
