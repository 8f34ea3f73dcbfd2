/** Backup-Configuration: configuration, keys and run-time state in one encrypted file. */
import { readGivenSecret } from '../operations/given-secret.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, path, wholeNumber } from './host/parameters.ts';

/** Backups that stay. Source: the cmdlet catalogue. */
const defaultKeep = 10;

export default defineCmdlet({
  name: 'Backup-Configuration',
  synopsis: 'Writes configuration, keys and run-time state into one file.',
  description:
    'With -PasswordFile the file is encrypted and authenticated (scrypt, AES-256-GCM). Without a password the keys, passwords and secrets are left out, since they would stand there for everybody who gets the file. The gateway may be running.',
  parameters: {
    Path: optional(path, 'The folder that the backup goes to.', { position: 0, defaultText: 'backups in the store' }),
    PasswordFile: optional(path, 'File with the password of the backup; only you may read it.'),
    Keep: optional(wholeNumber(1, 10_000), 'Backups that stay in the folder; older ones are removed.', {
      defaultText: String(defaultKeep),
    }),
  },
  examples: [
    { command: 'backup-configuration -PasswordFile password.txt', shows: 'Everything, encrypted, in the store.' },
    { command: 'backup-configuration . -Keep 30', shows: 'The configuration without keys, beside 29 older ones.' },
  ],
  impact: 'Low',
  output: { kind: 'ConfigurationBackup', table: ['Path', 'Revision', 'Encrypted', 'Size'] },

  async run({ Path, PasswordFile, Keep }, context) {
    const { folder } = context.store;
    const configuration = context.store.read();
    const { backupContents, backupFolder, writeBackup } = await import('../operations/backup/backup-file.ts');
    const place = Path ?? backupFolder(folder);
    const password = PasswordFile === undefined ? undefined : await readGivenSecret(PasswordFile, context);
    if (!(await context.shouldProcess(place, 'Write a backup'))) return;
    const contents = await backupContents(folder, configuration, password !== undefined);
    const order = { folder: place, contents, password, now: context.now(), keep: Keep ?? defaultKeep };
    const { file, bytes, removed } = await writeBackup(order);
    if (password === undefined) {
      context.warn('keys, passwords and secrets are not in this backup: it has no password. -PasswordFile gives one.');
    }
    context.done(`revision ${configuration.revision} is in ${file}.`);
    context.write({
      Path: file,
      Revision: configuration.revision,
      Encrypted: password !== undefined,
      KeyFiles: Object.keys(contents.keyFiles ?? {}).length,
      StateRecords: Object.keys(contents.records ?? {}).length,
      Size: bytes,
      Removed: removed,
    });
  },
});
