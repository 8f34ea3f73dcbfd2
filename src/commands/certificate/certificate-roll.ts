/** -EffectiveDate and -Roll: what a planned change of certificates needs, and what an administrator should know before. */
import { certificateInForce } from '../../config/certificate-assignment.ts';
import type { CertificateUsage, Configuration } from '../../config/configuration.ts';
import { readChainOf } from '../../operations/certificates/certificates.ts';
import { CodedError } from '../../primitives/errors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { dateTime, optional, switchType } from '../host/parameters.ts';

export interface RollOrder {
  readonly usages: readonly CertificateUsage[];
  readonly from: Date | undefined;
  readonly roll: boolean;
  /** What was typed before -Type: `xgw set-certificate <thumbprint>` */
  readonly command: string;
}

/** @throws CodedError `MandatoryParameterMissing` for -Roll without -EffectiveDate, `ObjectNotFound` when there is nothing to change from. */
export function checkRoll(configuration: Configuration, { usages, from, roll, command }: RollOrder, now: Date): void {
  if (!roll) return;
  if (from === undefined)
    throw new CodedError('MandatoryParameterMissing', '-Roll needs -EffectiveDate.', {
      reason: 'a roll is a change at a time that is known before',
      fix: `${command} -Type ${usages.join(',')} -Roll -EffectiveDate ${example(now)}`,
      target: 'EffectiveDate',
    });
  const bare = usages.filter((usage) => certificateInForce(configuration, usage, now) === undefined);
  if (bare.length === 0) return;
  throw new CodedError('ObjectNotFound', `Nothing serves ${bare.join(', ')}, so there is nothing to roll from.`, {
    reason: 'without -Roll and -EffectiveDate the certificate is assigned at once',
    fix: `${command} -Type ${bare.join(',')}`,
    target: bare[0],
  });
}

/** A week from now, at three in the morning. */
const example = (now: Date): string => `${new Date(now.getTime() + 7 * 86_400_000).toISOString().slice(0, 10)}T03:00`;

export const rollParameters = {
  EffectiveDate: optional(dateTime, 'When it takes over; a time without a zone is local.', {
    aliases: ['EffectiveTime'],
    defaultText: 'now',
  }),
  Roll: optional(
    switchType,
    'A planned change from the present certificate, which there must be. It needs -EffectiveDate.',
  ),
};

/** Whether something serves until the planned certificate takes over. */
export function warnAboutGap(configuration: Configuration, { usages, from }: RollOrder, context: CmdletContext): void {
  const now = context.now();
  if (from === undefined || from <= now) return;
  const keys = openKeyStore(context.store.folder);
  for (const usage of usages) {
    const present = certificateInForce(configuration, usage, now);
    const end = present === undefined ? undefined : readChainOf(present, keys).chain[0]?.notAfter;
    if (end === undefined) context.warn(`Nothing serves ${usage} until ${from.toISOString()}.`);
    else if (end < from)
      context.warn(`The present certificate of ${usage} expires before that, on ${end.toISOString()}.`);
  }
}
