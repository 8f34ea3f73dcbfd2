/** Which change is undone, and why it cannot be: the revisions read, compared, and the later ones named that are in the way. */
import type { Configuration } from '../config/configuration.ts';
import { CodedError } from '../primitives/errors.ts';
import { readRevision, revisionsBackwards } from '../store/configuration-history.ts';
import type { KeyStore } from '../store/key-store.ts';
import {
  changedSince,
  meets,
  missingFiles,
  printField,
  type TouchedField,
  touchedFields,
  withoutChange,
} from './undo-change.ts';

export interface UndoPlan {
  readonly revision: number;
  readonly touched: readonly TouchedField[];
  /** Pure. @throws CodedError `UndoConflict` */
  apply(current: Configuration): Configuration;
}

/**
 * @param wanted - The revision whose change is undone; undefined: the last one.
 * @throws CodedError `ObjectNotFound` when there is no such change, or the revision before it is kept no longer
 */
export function undoPlan(folder: string, current: Configuration, wanted: number | undefined, keys: KeyStore): UndoPlan {
  const revision = wanted ?? current.revision;
  if (revision < 1 || revision > current.revision) throw noSuchChange(revision, current.revision);
  const [before, after] = [readRevision(folder, revision - 1), readRevision(folder, revision)];
  const touched = touchedFields(before, after);
  return {
    revision,
    touched,
    apply(present) {
      const conflicts = changedSince(touched, after, present);
      if (conflicts.length > 0) throw undoConflict(revision, conflicts, laterChanges(folder, revision, conflicts));
      const undone = withoutChange(present, before, touched);
      const missing = missingFiles(undone, touched, keys);
      if (missing.length > 0) throw filesGone(revision, missing);
      return undone;
    },
  };
}

interface LaterChange {
  readonly configuration: Configuration;
  readonly fields: readonly TouchedField[];
}

/** The newest first: in this order they can be undone. */
function laterChanges(folder: string, revision: number, conflicts: readonly TouchedField[]): readonly LaterChange[] {
  const found: LaterChange[] = [];
  let later: Configuration | undefined;
  for (const earlier of revisionsBackwards(folder)) {
    if (later !== undefined && later.revision > revision) {
      const fields = touchedFields(earlier, later).filter((field) =>
        conflicts.some((conflict) => meets(field, conflict)),
      );
      if (fields.length > 0) found.push({ configuration: later, fields });
    }
    if (earlier.revision <= revision) break;
    later = earlier;
  }
  return found;
}

/** Changes that a message names. */
const maxNamed = 5;

function undoConflict(revision: number, conflicts: readonly TouchedField[], later: readonly LaterChange[]): CodedError {
  const named = later.slice(0, maxNamed).map(({ configuration, fields }) => {
    const { cmdlet = 'a change', user = '' } = configuration.changed ?? {};
    return `revision ${configuration.revision} (${cmdlet} by ${user}) touches ${fields.map(printField).join(', ')}`;
  });
  const more = later.length > maxNamed ? [`and ${later.length - maxNamed} more`] : [];
  const reason = later.length === 0 ? `${conflicts.map(printField).join(', ')} differ` : [...named, ...more].join('; ');
  const [newest] = later;
  return new CodedError('UndoConflict', `revision ${revision} cannot be undone: later changes touch the same fields.`, {
    reason,
    fix: newest ? `xgw undo-configurationchange ${newest.configuration.revision}` : 'xgw get-configurationhistory',
    target: String(revision),
  });
}

const filesGone = (revision: number, missing: readonly string[]): CodedError =>
  new CodedError('UndoConflict', `revision ${revision} cannot be undone: what it would bring back is gone.`, {
    reason: missing.join('; '),
    fix: 'xgw get-help UndoConflict',
    target: String(revision),
  });

const noSuchChange = (revision: number, current: number): CodedError =>
  new CodedError('ObjectNotFound', `there is no change ${revision} to undo.`, {
    reason: current === 0 ? 'nothing has been configured yet' : `the revisions are 1 to ${current}`,
    fix: 'xgw get-configurationhistory',
    target: String(revision),
  });
