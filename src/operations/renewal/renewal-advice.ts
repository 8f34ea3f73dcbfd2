/** What authorities say of when to renew, asked for now and then and kept in the journal. Whoever does not answer changes nothing. */
import type { Certificate } from '../../certificates/certificate.ts';
import type { CertificateRecord } from '../../config/configuration.ts';
import { isCodedError } from '../../primitives/errors.ts';
import { chainOf } from '../certificates/certificates.ts';
import type { RenewalPorts } from './renew-certificate.ts';

const minuteMs = 60_000;
/** Milliseconds to the next question where the server does not say, and the bounds of what it may say. Source: twice a day and more. */
const pauseMs = { usual: 360 * minuteMs, least: minuteMs, most: 1440 * minuteMs } as const;

/** Asks for those certificates whose time to ask has come. @throws nothing that an authority can cause */
export async function refreshAdvice(
  records: readonly CertificateRecord[],
  ports: RenewalPorts,
  signal: AbortSignal,
): Promise<void> {
  for (const { thumbprint, renewal } of records) {
    const attempt = ports.journal.attemptOf(thumbprint);
    const isDue = attempt.adviceAgain === undefined || new Date(attempt.adviceAgain) <= ports.now();
    if (signal.aborted || !isDue || renewal?.authority.startsWith('acme:') !== true) continue;
    const advice = await adviceFor(thumbprint, ports, signal);
    const pause = Math.min(Math.max(advice?.askAgainMs ?? pauseMs.usual, pauseMs.least), pauseMs.most);
    const kept = advice && { advice: { from: advice.from.toISOString(), until: advice.until.toISOString() } };
    const adviceAgain = new Date(ports.now().getTime() + pause).toISOString();
    ports.journal.write(thumbprint, { ...attempt, ...kept, adviceAgain });
  }
}

async function adviceFor(thumbprint: string, { store, keys, authorityFor }: RenewalPorts, signal: AbortSignal) {
  try {
    const record = store.read().certificates[thumbprint];
    const leaf: Certificate | undefined = record && chainOf(record, keys)[0];
    if (leaf === undefined || record?.renewal === undefined) return undefined;
    return await (await authorityFor(record.renewal)).renewalAdvice?.(leaf, signal);
  } catch (error) {
    if (isCodedError(error)) return undefined;
    throw error;
  }
}
