/** Import-User: users of a list, in one revision; those that cannot be imported are named, and the others are. */
import path from 'node:path';

import { importFormats } from '../operations/import/import-format.ts';
import type { UserImport } from '../operations/import/import-users.ts';
import { findUser, userObject } from '../operations/users.ts';
import { userOutput } from './get-user.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { mandatory, oneOf, optional, path as pathType, switchType } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Import-User',
  synopsis: 'Adds the users of a list.',
  description:
    'CSV with a header row, JSON, CLIXML or YAML: SipAddress, DisplayName, HomeServer (or RegistrarPool), Deployment, SurvivableBranch, Site, ExternalAccessPolicy. Users that Get-CsUser exported are Legacy until move-user moves them. A user that cannot be imported is named with the line; the others are imported in one revision, and the exit code is 11. Passwords are not imported: set-user -PasswordFile.',
  parameters: {
    Path: mandatory(pathType, 'The file; - for standard input.', { position: 0 }),
    FromFormat: optional(oneOf(importFormats, 'ImportFormat'), 'The format, where the file does not show it.', {
      defaultText: 'as the file looks',
    }),
    Update: optional(switchType, 'Users that exist become what the file says; what it does not say stays.'),
  },
  examples: [
    { command: 'import-user users.csv', shows: 'Users of a spreadsheet.' },
    { command: 'import-user users.csv -Update', shows: 'The same again, after the spreadsheet was changed.' },
  ],
  impact: 'Low',
  output: userOutput,

  async run({ Path, FromFormat: format, Update }, context) {
    const { readImportFile } = await import('./settings/import-file.ts');
    const { userImport } = await import('../operations/import/import-users.ts');
    const { importRefused, partlyImported } = await import('../operations/import/refused-import.ts');
    const file = { bytes: await readImportFile(Path, context), file: Path, format };
    const users = await userImport(file, context.store.read(), Update === true);
    for (const warning of users.warnings) context.warn(warning);
    const { refusals, identities } = users;
    const refused = { file: Path, refusals, accepted: identities.length };
    if (identities.length === 0 && refusals.length > 0) throw importRefused(refused);
    await commit(users, Path, context);
    if (refusals.length > 0) throw partlyImported(refused);
  },
});

async function commit({ identities, apply }: UserImport, file: string, context: CmdletContext): Promise<void> {
  const { before, after, changed, withheld } = await context.commit({
    target: path.basename(file).slice(0, 256),
    apply,
  });
  if (withheld) return;
  const added = Object.keys(after.users).length - Object.keys(before.users).length;
  const counts = `${added} added, ${identities.length - added} there before`;
  context.done(changed ? `${file}: ${counts}. Revision ${after.revision}.` : `${file}: nothing to change.`);
  if (!context.passThru) return;
  for (const identity of identities) {
    const user = findUser(after, identity);
    if (user !== undefined) context.write(userObject(after, user, changed));
  }
}
