/** Sync-Configuration: makes the configuration what a file says, in one revision or not at all; or plans it. */
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, path, switchType } from './host/parameters.ts';
import { changeCount, changeOutput } from './reports/shown-changes.ts';

export default defineCmdlet({
  name: 'Sync-Configuration',
  aliases: ['Apply-Configuration'],
  synopsis: 'Makes the configuration what a file says: one revision, or nothing at all.',
  description:
    'The file owns what it makes. A section that it does not have stays as it is; a setting that it says no longer goes back to its default; an object that was made by hand, or by another file, is never changed silently. Objects that the file made and has no longer go only with -Prune. -WhatIf -OutPlan keeps what would change in a file, which show-plan shows and -Plan applies once, to the revision that it was made for. The running gateway follows at once.',
  parameters: {
    Path: optional(path, 'The file, - for standard input, or a folder whose files are read as one.', { position: 0 }),
    Plan: optional(path, 'A plan that -OutPlan made, in place of -Path.'),
    OutPlan: optional(path, 'With -WhatIf: the file for the plan.'),
    Prune: optional(switchType, 'Removes what this file made and has no longer.'),
    TakeOwnership: optional(switchType, "What was made by hand, or by another file, becomes this file's."),
    DetailedExitCode: optional(switchType, 'With -WhatIf: exit code 20 when something would change.'),
  },
  examples: [
    { command: 'sync-configuration -Path gateway.yaml -WhatIf', shows: 'What would change; changes nothing.' },
    {
      command: 'sync-configuration -Path gateway.yaml -Prune -Confirm:false',
      shows: 'What the file says; what it made and has no longer is removed.',
    },
    {
      command: 'sync-configuration -Path gateway.yaml -WhatIf -OutPlan plan.json -Force',
      shows: 'A plan that somebody looks at before -Plan plan.json applies it.',
    },
  ],
  impact: 'Medium',
  output: changeOutput,

  async run(values, context) {
    const sync = await import('./declarative/configuration-sync.ts');
    sync.refuseMixture(values, context);
    const { Path, Plan } = values;
    const order =
      Plan === undefined
        ? await sync.orderOf(Path ?? '', values, context)
        : await sync.orderOfPlan(Plan, values, context);
    if (!context.whatIf) return await sync.performSync(order, context);
    const changes = await sync.planSync(order, values.OutPlan, context);
    if (changes.length > 0 && values.DetailedExitCode === true) {
      throw new CodedError('DifferencesFound', `${changeCount(changes)}.`);
    }
  },
});
