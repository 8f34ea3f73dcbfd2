/** Compare-Configuration: what differs between a file and the store, the store and the running gateway, or two revisions. */
import type { Configuration } from '../config/configuration.ts';
import { configurationOf } from '../operations/loaded-configuration.ts';
import { CodedError } from '../primitives/errors.ts';
import { readRevision } from '../store/configuration-history.ts';
import { type CmdletContext, defineCmdlet, type Values } from './host/cmdlet.ts';
import { optional, path, switchType, wholeNumber } from './host/parameters.ts';
import { changeCount, changeOutput, showChanges } from './reports/shown-changes.ts';

const parameters = {
  Path: optional(path, 'The file that the configuration should be; - and a folder as with sync-configuration.', {
    position: 0,
  }),
  Runtime: optional(switchType, 'From what the running gateway has loaded.'),
  Since: optional(wholeNumber(0, 2 ** 48), 'From this revision.'),
  DetailedExitCode: optional(switchType, 'Exit code 20 when something differs.'),
};

export default defineCmdlet({
  name: 'Compare-Configuration',
  synopsis: 'Shows what differs between file, store, running gateway and earlier revisions.',
  description:
    'With -Path: what would have to change so that the store is what the file says, whoever made it. -Since and -Runtime compare an earlier revision, or what the gateway has loaded, with the store, and with -Path with the file. Nothing is changed; settings that the file does not speak of are no difference.',
  parameters,
  examples: [
    { command: 'compare-configuration gateway.yaml', shows: 'How far the store has drifted from the file.' },
    { command: 'compare-configuration gateway.yaml -DetailedExitCode', shows: 'For a nightly job: 20 when it has.' },
    { command: 'compare-configuration -Since 1', shows: 'Everything that changed since the first revision.' },
  ],
  output: changeOutput,

  async run(values, context) {
    const before = await baseOf(values, context);
    const after = await otherOf(values, before, context);
    const { configurationChanges } = await import('../operations/declarative/configuration-change.ts');
    // Whose an object is says nothing about what it is.
    const changes = configurationChanges(before, after).filter(({ Property }) => Property !== 'Owner');
    showChanges(changes, context);
    if (changes.length > 0 && values.DetailedExitCode === true) {
      throw new CodedError('DifferencesFound', `${changeCount(changes)}.`);
    }
    context.done(changes.length === 0 ? 'nothing differs.' : `${changeCount(changes)}.`);
  },
});

type Given = Values<typeof parameters>;

async function baseOf({ Path, Runtime, Since }: Given, { store }: CmdletContext): Promise<Configuration> {
  if (Runtime === true && Since !== undefined) {
    throw new CodedError('ParameterConflict', '-Runtime and -Since exclude each other.');
  }
  if (Path === undefined && Runtime !== true && Since === undefined) {
    throw new CodedError('MandatoryParameterMissing', 'one of -Path, -Runtime and -Since is needed.', {
      fix: 'xgw compare-configuration gateway.yaml',
    });
  }
  return Since === undefined ? await configurationOf(store, Runtime) : readRevision(store.folder, Since);
}

async function otherOf({ Path }: Given, before: Configuration, context: CmdletContext): Promise<Configuration> {
  if (Path === undefined) return context.store.read();
  const { documentOf, readSourceFiles } = await import('./declarative/configuration-files.ts');
  const { declaredConfiguration } = await import('../operations/declarative/declared-configuration.ts');
  const { owner, desired } = await documentOf(await readSourceFiles(Path, context), before);
  return declaredConfiguration(before, { owner, desired, takeOwnership: true, prune: true }).configuration;
}
