/** Import-Configuration: what Lync exported, or this program, into the store: one revision, or nothing at all. */
import path from 'node:path';
import { importFormats } from '../operations/import/import-format.ts';
import type { ImportPlan } from '../operations/import/import-plan.ts';
import { CodedError } from '../primitives/errors.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { mandatory, oneOf, optional, path as pathType, switchType } from './host/parameters.ts';
import { changeOutput } from './reports/shown-changes.ts';

export default defineCmdlet({
  name: 'Import-Configuration',
  aliases: ['Import-CsConfiguration'],
  synopsis: 'Reads what Lync or this program exported into the configuration: one revision, or nothing at all.',
  description:
    'CLIXML (Export-Clixml), CSV (Export-Csv), JSON (ConvertTo-Json) and YAML, in UTF-8 or UTF-16, of Get-CsXmppAllowedPartner, Get-CsXmppGatewayConfiguration, Get-CsSipDomain, Get-CsExternalAccessPolicy, Get-CsAccessEdgeConfiguration and Get-CsUser, several kinds in one file too; and the files of export-configuration. What has no place here is named in a warning. An object that breaks a rule refuses the whole file, and is named with its line; -WhatIf names all of them and shows what would change. Secrets are not imported.',
  parameters: {
    Path: mandatory(pathType, 'The file; - for standard input.', { position: 0, aliases: ['FileName'] }),
    FromFormat: optional(oneOf(importFormats, 'ImportFormat'), 'The format, where the file does not show it.', {
      defaultText: 'as the file looks',
    }),
    Merge: optional(switchType, 'What the file does not say stays as it is: so it is without -Replace.'),
    Replace: optional(switchType, 'Of each kind of object that the file has, nothing else stays.'),
    SkipRefused: optional(switchType, 'Imports the objects that break no rule; exit code 11 when others do.'),
  },
  examples: [
    {
      command: 'import-configuration -Path partners.xml -FromFormat clixml -WhatIf',
      shows: 'What the partners that Get-CsXmppAllowedPartner | Export-Clixml partners.xml kept would change.',
    },
    { command: 'import-configuration partners.xml', shows: 'The same partners, imported.' },
    {
      command: 'import-configuration partners.xml -Replace -Confirm:false',
      shows: 'The partners of the file, and no others.',
    },
  ],
  impact: 'Medium',
  output: changeOutput,

  async run(values, context) {
    const { Path, FromFormat: format, Merge, Replace, SkipRefused } = values;
    if (Merge && Replace) throw new CodedError('ParameterConflict', '-Merge and -Replace exclude each other.');
    const { readImportFile } = await import('./settings/import-file.ts');
    const { importPlan } = await import('../operations/import/import-plan.ts');
    const mode = Replace ? 'replace' : 'merge';
    const file = { bytes: await readImportFile(Path, context), file: Path, format };
    const plan = await importPlan(file, context.store.read(), mode);
    for (const warning of plan.warnings) context.warn(warning);
    if (context.whatIf) return await showPlan(plan, Path, context);
    const { importRefused, partlyImported } = await import('../operations/import/refused-import.ts');
    const refused = {
      file: Path,
      refusals: plan.refusals,
      accepted: plan.count,
      fix: `xgw import-configuration ${shellWord(Path)}${Replace ? ' -Replace' : ''} -SkipRefused`,
    };
    const isWhole = plan.refusals.length === 0;
    if (!isWhole && (!SkipRefused || plan.count === 0)) throw importRefused(refused);
    if (await performed(plan, { file: Path, isReplacing: mode === 'replace' }, context)) {
      if (!isWhole) throw partlyImported(refused);
    }
  },
});

/** Every object that is refused is named, and what the others would change. */
async function showPlan(plan: ImportPlan, file: string, context: CmdletContext): Promise<void> {
  const { configurationChanges } = await import('../operations/declarative/configuration-change.ts');
  const { changeCount, showChanges } = await import('./reports/shown-changes.ts');
  const { importRefused, printRefusal } = await import('../operations/import/refused-import.ts');
  const current = context.store.read();
  const after = plan.apply(current);
  const { forgottenPasswords } = await import('./settings/gone-credentials.ts');
  for (const clause of forgottenPasswords(current, after)) context.warn(`${clause}.`);
  const changes = configurationChanges(current, after);
  showChanges(changes, context);
  context.done(`${file}: ${changeCount(changes)}. Nothing was changed.`);
  if (plan.refusals.length === 0) return;
  for (const refusal of plan.refusals) context.warn(`${printRefusal(refusal)}.`);
  throw importRefused({ file, refusals: plan.refusals, accepted: plan.count, areNamed: true });
}

interface Order {
  readonly file: string;
  readonly isReplacing: boolean;
}

/** @returns False when somebody said no. */
async function performed(plan: ImportPlan, { file, isReplacing }: Order, context: CmdletContext): Promise<boolean> {
  const { configurationChanges, countChanges, printCount } = await import(
    '../operations/declarative/configuration-change.ts'
  );
  const { changeCount, showChanges } = await import('./reports/shown-changes.ts');
  const { discardGoneCredentials, forgottenPasswords } = await import('./settings/gone-credentials.ts');
  const { before, after, changed, withheld } = await context.commit({
    target: path.basename(file).slice(0, 256),
    apply: plan.apply,
    ...(isReplacing ? { impact: 'High' as const } : {}),
    consequences: (old, now) =>
      isReplacing ? [changeCount(configurationChanges(old, now)), ...forgottenPasswords(old, now)] : [],
  });
  if (withheld) return false;
  await discardGoneCredentials(before, after, context);
  const changes = configurationChanges(before, after);
  const count = printCount(countChanges(changes)).replaceAll('to ', '');
  context.done(changed ? `${file}: ${count}. Revision ${after.revision}.` : `${file}: nothing to change.`);
  if (context.passThru) showChanges(changes, context);
  return true;
}
