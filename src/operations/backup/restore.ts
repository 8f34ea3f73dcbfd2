/** A backup brought back: nothing of it, or all of it, and never under a running gateway. */
import type { Configuration } from '../../config/configuration.ts';
import type { BackupContents } from '../../store/backup-archive.ts';
import { openKeyStore } from '../../store/key-store.ts';
import { finishRestore, placeNewKeyFiles, stageRestore } from '../../store/restore-journal.ts';
import { asOnlyGateway } from '../service/service-state.ts';
import { missingFiles, touchedFields } from '../undo-change.ts';

/** The configuration of the backup as the next revision of this store. */
export const restoredConfiguration = (current: Configuration, { configuration }: BackupContents): Configuration => {
  const { changed: _, ...rest } = configuration;
  return { ...rest, revision: current.revision, ...(current.changed && { changed: current.changed }) };
};

export interface RestoreOrder {
  /** The store's folder. */
  readonly folder: string;
  readonly contents: BackupContents;
  /** Of the revision that is made; of no other one. */
  readonly target: string;
  /** Called between the steps, with the name of what has been done. */
  readonly onStep?: (step: 'staged' | 'placed' | 'decided') => void;
  /** The revision that stands when the restore begins. */
  revision(): number;
  /** Replaces the configuration. @returns Whether it did; false: somebody said no. */
  commit(): Promise<boolean>;
}

/** @returns Whether it was done. @throws CodedError `ServiceAlreadyRunning`, and what `commit` throws; then nothing has changed */
export async function restore(order: RestoreOrder): Promise<boolean> {
  const { folder, contents, target, onStep } = order;
  return await asOnlyGateway(folder, async () => {
    await finishRestore(folder);
    stageRestore(folder, order.revision(), target, contents);
    onStep?.('staged');
    try {
      placeNewKeyFiles(folder, contents);
      onStep?.('placed');
      const isDone = await order.commit();
      onStep?.('decided');
      await finishRestore(folder, isDone);
      return isDone;
    } catch (error) {
      await finishRestore(folder);
      throw error;
    }
  });
}

/** What the configuration refers to and the key store does not have, one clause each. */
export const unrestored = (folder: string, before: Configuration, after: Configuration): readonly string[] =>
  missingFiles(after, touchedFields(before, after), openKeyStore(folder)).filter((each) => !each.includes('dialback'));
