/** What every remove- of the configuration does: one name or a pattern, one revision for all, a question when it is several. */
import type { Configuration } from '../../config/configuration.ts';
import { isPattern } from '../../operations/wildcard.ts';
import type { CmdletContext, Committed, OutputObject } from '../host/cmdlet.ts';

export interface Removal {
  /** `partner`, `SIP domain`. */
  readonly words: string;
  /** A name, or a pattern. */
  readonly identity: string;
  readonly ifExists: boolean | undefined;
  /** Identities of the objects meant, none for a name that does not exist. */
  readonly select: (configuration: Configuration) => readonly string[];
  /** Pure; throws `ObjectNotFound` for a name that does not exist. */
  readonly remove: (configuration: Configuration, identities: readonly string[]) => Configuration;
  readonly output: (configuration: Configuration, identity: string) => OutputObject;
  readonly consequences?: (before: Configuration, after: Configuration) => readonly string[];
}

/** @returns What happened; undefined when there was nothing to remove, or somebody said no. */
export async function removeNamed(context: CmdletContext, removal: Removal): Promise<Committed | undefined> {
  const { words, identity } = removal;
  const names = removal.select(context.store.read());
  const severalMeant = isPattern(identity);
  if (names.length === 0 && (severalMeant || removal.ifExists === true)) {
    context.done(`there is no ${words} ${identity}; nothing was removed.`);
    return undefined;
  }
  // A name that does not exist is left to `remove`, which knows the near ones.
  const wanted = names.length === 0 ? [identity] : names;
  const committed = await context.commit({
    target: wanted.join(', '),
    ...(severalMeant || wanted.length > 1 ? { impact: 'High' } : {}),
    apply: (current) => removal.remove(current, wanted),
    ...(removal.consequences === undefined ? {} : { consequences: removal.consequences }),
  });
  if (committed.withheld) return undefined;
  context.done(`${words} ${wanted.join(', ')} removed. Revision ${committed.after.revision}.`);
  if (context.passThru) for (const name of wanted) context.write(removal.output(committed.before, name));
  return committed;
}
