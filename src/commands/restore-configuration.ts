/** Restore-Configuration: brings a backup back, as a new revision; all of it or nothing. */
import path from 'node:path';
import { configurationDiff } from '../config/configuration-diff.ts';
import { readGivenSecret } from '../operations/given-secret.ts';
import { Secret } from '../primitives/secret.ts';
import type { BackupContents } from '../store/backup-archive.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, path as pathType, wholeNumber } from './host/parameters.ts';
import { differenceLine } from './host/should-process.ts';

/** Differences that the question names. */
const maxNamed = 20;

export default defineCmdlet({
  name: 'Restore-Configuration',
  synopsis: 'Replaces configuration, keys and run-time state by those of a backup.',
  description:
    'The gateway must be stopped. The restored configuration is a new revision, so it can be undone; keys that the backup does not have stay. A process that is killed in the middle leaves what was before, or what comes after: the next start ends what had begun. -WhatIf shows what differs.',
  parameters: {
    Path: mandatory(pathType, 'A backup, or a folder of backups, of which the newest is taken.', { position: 0 }),
    Revision: optional(wholeNumber(0, 2 ** 48), 'Of a folder the newest backup of this revision.'),
    PasswordFile: optional(pathType, 'File with the password of the backup; only you may read it.'),
  },
  examples: [
    {
      command: 'restore-configuration backups -PasswordFile password.txt -WhatIf',
      shows: 'What the newest backup would change.',
    },
    {
      command: 'restore-configuration backups -Revision 10 -PasswordFile password.txt -Confirm:false',
      shows: 'The configuration, keys and state of revision 10, without a question.',
    },
  ],
  impact: 'High',
  output: { kind: 'RestoredConfiguration', table: ['Path', 'BackupRevision', 'Revision', 'KeyFiles', 'StateRecords'] },

  async run({ Path, Revision, PasswordFile }, context) {
    const { findBackup, openBackup } = await import('../operations/backup/backup-file.ts');
    const file = findBackup(Path, Revision);
    const contents = await openBackup(file, () => passwordOf(PasswordFile, context));
    const before = context.store.read();
    const after = await restored(file, contents, context);
    if (after === undefined) return;
    const { unrestored } = await import('../operations/backup/restore.ts');
    for (const clause of unrestored(context.store.folder, before, after)) context.warn(`${clause}.`);
    context.done(`${file} is restored. Revision ${after.revision}.`);
    if (!context.passThru) return;
    context.write({
      Path: file,
      BackupRevision: contents.configuration.revision,
      Revision: after.revision,
      KeyFiles: Object.keys(contents.keyFiles ?? {}).length,
      StateRecords: Object.keys(contents.records ?? {}).length,
      Changed: after.revision !== before.revision,
    });
  },
});

async function passwordOf(file: string | undefined, context: CmdletContext): Promise<Secret | undefined> {
  if (file !== undefined) return await readGivenSecret(file, context);
  return context.interactive ? new Secret(await context.askSecret('Password of the backup', false)) : undefined;
}

/** @returns The configuration now; undefined when nothing was done. */
async function restored(file: string, contents: BackupContents, context: CmdletContext) {
  const { restore, restoredConfiguration } = await import('../operations/backup/restore.ts');
  const { store } = context;
  const target = path.basename(file);
  const change = {
    target,
    apply: (current: ReturnType<typeof store.read>) => restoredConfiguration(current, contents),
    consequences: (before: ReturnType<typeof store.read>, after: ReturnType<typeof store.read>) =>
      context.whatIf ? [] : differences(before, after),
  };
  if (context.whatIf) return void (await context.commit(change));
  if (contents.keyFiles === undefined) context.warn('this backup holds no keys; those of the store stay.');
  const commit = async (): Promise<boolean> => {
    const differs = configurationDiff(store.read(), contents.configuration).length > 0;
    if (!differs) return await context.shouldProcess(target, 'Restore keys and state; the configuration is the same');
    return !(await context.commit(change)).withheld;
  };
  const isDone = await restore({
    folder: store.folder,
    contents,
    target,
    revision: () => store.read().revision,
    commit,
  });
  return isDone ? store.read() : undefined;
}

function differences(before: Parameters<typeof configurationDiff>[0], after: Parameters<typeof configurationDiff>[1]) {
  const all = configurationDiff(before, after).map((each) => `${each.identity} ${differenceLine(each, 0)}`);
  return all.length > maxNamed ? [...all.slice(0, maxNamed), `and ${all.length - maxNamed} more differences`] : all;
}
