/** Export-Configuration: the configuration as a file that sync-configuration reads, or an older file brought up to date. */
import { statSync } from 'node:fs';
import os from 'node:os';

import { fileSections } from '../config/file-sections.ts';
import { checkOutputFile, writeOutputFile } from '../operations/output-file.ts';
import { CodedError } from '../primitives/errors.ts';
import { type CmdletContext, defineCmdlet, type Values } from './host/cmdlet.ts';
import { listOf, oneOf, optional, path, switchType } from './host/parameters.ts';

const parameters = {
  Path: optional(path, 'The file to write; - is standard output.', { position: 0, defaultText: '-' }),
  Section: optional(listOf(oneOf(fileSections, 'Section')), 'Only these sections.', { defaultText: 'all' }),
  Update: optional(path, 'A file to bring up to date in place: its comments and its order stay.'),
  IncludeSecret: optional(switchType, 'Refused: no secret is written into such a file.'),
};

export default defineCmdlet({
  name: 'Export-Configuration',
  aliases: ['Export-CsConfiguration'],
  synopsis: 'Writes the configuration as a file that can be kept in git and read again.',
  description:
    'YAML, or JSON with -OutputFormat json. What differs from the defaults is written; passwords, the dialback secret, keys and certificates are not: backup-configuration -PasswordFile keeps those, encrypted. Read again by sync-configuration the file changes nothing. -Update writes what has changed in the store into a file that people wrote, and leaves the rest of the file as it is.',
  parameters,
  examples: [
    { command: 'export-configuration', shows: 'Everything, to standard output.' },
    {
      command: 'export-configuration partners.yaml -Section federatedPartners -Force',
      shows: 'The partners, in a file.',
    },
    {
      command: 'export-configuration -Update gateway.yaml',
      shows: 'The file says what the store says; comments stay.',
    },
  ],
  impact: 'Low',
  formats: ['yaml', 'json'],

  async run(values, context) {
    if (values.IncludeSecret === true) throw secretsStay();
    if (values.Update !== undefined) return await update(values.Update, values, context);
    const { Path = '-', Section } = values;
    if (Path !== '-') checkOutputFile(Path, context.force);
    const { exportedDocument } = await import('../operations/declarative/exported-document.ts');
    const configuration = context.store.read();
    const name = configuration.gateway.accessEdgeFqdn ?? os.hostname();
    const document = exportedDocument(configuration, { name, sections: Section });
    const text = await printed(document, context.format === 'json' || /\.json$/i.test(Path));
    if (Path === '-') return context.writeText(text);
    if (!(await context.shouldProcess(Path, 'Write'))) return;
    writeOutputFile(Path, text, 0o644);
    context.done(`revision ${configuration.revision} is in ${Path}.`);
  },
});

async function printed(document: object, asJson: boolean): Promise<string> {
  if (asJson) return `${JSON.stringify(document, undefined, 2)}\n`;
  const { printYaml } = await import('../primitives/yaml-document.ts');
  return await printYaml(document);
}

/** @throws CodedError `FileNotFound`, `FileNotValid`, `ParameterConflict` */
async function update(
  file: string,
  { Path, Section }: Pick<Values<typeof parameters>, 'Path' | 'Section'>,
  context: CmdletContext,
): Promise<void> {
  if (Path !== undefined || Section !== undefined) {
    throw new CodedError('ParameterConflict', '-Update goes with neither -Path nor -Section.', {
      reason: 'the file itself says which sections it speaks of',
      fix: 'xgw export-configuration -Update gateway.yaml',
    });
  }
  const { documentOf, readSourceFiles } = await import('./declarative/configuration-files.ts');
  const { documentEdits } = await import('../operations/declarative/document-update.ts');
  const { editedYaml } = await import('../primitives/yaml-edit.ts');
  const sources = await readSourceFiles(file, context);
  const [source, ...others] = sources;
  if (source === undefined || others.length > 0 || file === '-') {
    throw new CodedError('ParameterConflict', '-Update takes one file.', { target: file });
  }
  const configuration = context.store.read();
  const edits = documentEdits(await documentOf(sources, configuration), configuration);
  if (edits.length === 0) return context.done(`${file} says what the store says.`);
  if (!(await context.shouldProcess(file, `Change ${edits.length} values`))) return;
  const edited = await editedYaml(source.text, edits);
  if (edited === undefined) throw notEditable(file);
  const isOpen = (statSync(file).mode & 0o044) !== 0;
  writeOutputFile(file, edited, isOpen ? 0o644 : 0o600);
  context.done(`${file}: ${edits.length} values changed. It says what revision ${configuration.revision} says.`);
}

const secretsStay = (): CodedError =>
  new CodedError('ParameterConflict', 'no secret is written into an exported configuration.', {
    reason:
      'whoever reads the file would have it; a backup with a password keeps keys, passwords and secrets encrypted',
    fix: 'xgw backup-configuration -PasswordFile password.txt',
  });

const notEditable = (file: string): CodedError =>
  new CodedError('FileNotValid', `${file} cannot be changed in place.`, {
    reason: 'values stand behind aliases; write them out',
    fix: 'xgw export-configuration new.yaml',
    target: file,
  });
