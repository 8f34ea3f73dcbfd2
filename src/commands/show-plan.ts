/** Show-Plan: what a plan would change. A stale one is shown like any other, and says so. */
import { countChanges, printCount } from '../operations/declarative/configuration-change.ts';
import { type Plan, readPlan, staleness } from '../operations/declarative/plan-file.ts';
import { localTime } from './host/cell-text.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, path } from './host/parameters.ts';
import { changeLines, changesMarkdown } from './reports/shown-changes.ts';

export default defineCmdlet({
  name: 'Show-Plan',
  synopsis: 'Shows what a plan of sync-configuration would change.',
  description:
    'A plan whose revision is no longer the current one, or whose file has changed, is shown too and marked STALE; it would be refused. -OutputFormat markdown is for the summary page of a build; with json and the other formats the plan is one object with its changes.',
  parameters: { Path: mandatory(path, 'The plan that sync-configuration -OutPlan wrote.', { position: 0 }) },
  examples: [
    { command: 'show-plan plan.json', shows: 'The changes, object by object.' },
    { command: 'show-plan plan.json -OutputFormat markdown', shows: 'The same as a table for a build server.' },
  ],
  output: {
    kind: 'ConfigurationPlan',
    table: ['Owner', 'BaseRevision', 'Stale', 'ToAdd', 'ToChange', 'ToDelete', 'Created'],
  },
  formats: ['text', 'markdown'],

  async run({ Path }, context) {
    const plan = readPlan(Path, await context.readInput(Path));
    const stale = staleness(plan, context.store.read());
    if (context.format === 'markdown') return context.writeText(markdownOf(plan, stale));
    if (context.format === 'text' || (context.format === 'auto' && context.forPerson)) {
      return context.writeText(textOf(plan, stale));
    }
    context.write(planObject(plan, stale));
  },
});

const headOf = ({ owner, baseRevision, created }: Plan): string =>
  `Plan of ${owner} for revision ${baseRevision}, made ${localTime(new Date(created))}`;

function textOf(plan: Plan, stale: string | undefined): string {
  const lines = changeLines(plan.changes).map((line) => `  ${line}`);
  return [
    headOf(plan),
    ...(stale === undefined ? [] : [`STALE (${stale})`]),
    ...(lines.length === 0 ? ['  nothing differs'] : lines),
    `${printCount(countChanges(plan.changes))}.`,
  ].join('\n');
}

const markdownOf = (plan: Plan, stale: string | undefined): string =>
  [
    `### ${headOf(plan)}`,
    '',
    ...(stale === undefined ? [] : [`**STALE** (${stale})`, '']),
    `${printCount(countChanges(plan.changes))}.`,
    '',
    changesMarkdown(plan.changes),
  ].join('\n');

function planObject(plan: Plan, stale: string | undefined) {
  const { added, changed, removed } = countChanges(plan.changes);
  return {
    Owner: plan.owner,
    Created: plan.created,
    BaseRevision: plan.baseRevision,
    Stale: stale !== undefined,
    StaleReason: stale ?? null,
    Prune: plan.prune,
    TakeOwnership: plan.takeOwnership,
    Files: plan.files.map(({ file }) => file),
    ToAdd: added,
    ToChange: changed,
    ToDelete: removed,
    Changes: plan.changes,
  };
}
