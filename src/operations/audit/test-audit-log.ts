/** The audit log examined against itself, its head, and what the revisions of the configuration remember of it. */
import type { Configuration } from '../../config/configuration.ts';
import { isCodedError } from '../../primitives/errors.ts';
import type { ChainEnd } from '../../store/audit-line.ts';
import { type AuditVerdict, verifyAudit } from '../../store/audit-verification.ts';
import { revisionsBackwards } from '../../store/configuration-history.ts';

export const testAuditLog = (storeFolder: string): AuditVerdict =>
  verifyAudit(storeFolder, rememberedEnds(storeFolder));

/** Of the current revision and those that are kept, as far as they can be read. */
function rememberedEnds(storeFolder: string): ReadonlyMap<number, ChainEnd> {
  const ends = new Map<number, ChainEnd>();
  try {
    for (const configuration of revisionsBackwards(storeFolder)) {
      const end = endIn(configuration);
      if (end !== undefined) ends.set(configuration.revision, end);
    }
  } catch (error) {
    // A revision that is damaged remembers nothing; get-configurationstore says that it is.
    if (!isCodedError(error)) throw error;
  }
  return ends;
}

function endIn({ changed }: Configuration): ChainEnd | undefined {
  const [, line, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(changed?.audit ?? '') ?? [];
  return line === undefined || hash === undefined ? undefined : { line: Number(line), hash };
}
