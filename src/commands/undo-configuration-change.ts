/** Undo-ConfigurationChange: takes one change back, in a new revision, and leaves what came later. */

import type { Configuration } from '../config/configuration.ts';
import { configurationDiff } from '../config/configuration-diff.ts';
import { printField } from '../operations/undo-change.ts';
import { undoPlan } from '../operations/undo-revision.ts';
import { openKeyStore } from '../store/key-store.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, wholeNumber } from './host/parameters.ts';
import { differenceLine } from './host/should-process.ts';

/** Objects that the target names, and differences that the question does. */
const maxNamed = 20;

function shownDifferences(before: Configuration, after: Configuration): readonly string[] {
  const all = configurationDiff(before, after);
  const shown = all.slice(0, maxNamed).map((each) => `${each.identity} ${differenceLine(each, 0)}`);
  return all.length > maxNamed ? [...shown, `and ${all.length - maxNamed} more differences`] : shown;
}

export default defineCmdlet({
  name: 'Undo-ConfigurationChange',
  synopsis: 'Takes one change of the configuration back; later ones stay.',
  description:
    'The fields that the change touched get the values of before, as a new revision, which can be undone in its turn. It is refused, naming them, when later changes touch the same fields, and when a key, certificate or password of before is gone. -WhatIf shows the fields.',
  parameters: {
    Revision: optional(wholeNumber(1, 2 ** 48), 'The revision that made the change.', {
      position: 0,
      pipeline: 'both',
      defaultText: 'the last one',
    }),
  },
  examples: [
    { command: 'undo-configurationchange -WhatIf', shows: 'What would be as it was.' },
    {
      command: 'undo-configurationchange 3 -Confirm:false',
      shows: 'The third change is taken back, without a question.',
    },
  ],
  impact: 'High',
  output: { kind: 'UndoneChange', table: ['Revision', 'Undone', 'Cmdlet', 'Fields'] },
  accepts: ['ConfigurationRevision'],

  async run({ Revision }, context) {
    const current = context.store.read();
    const plan = undoPlan(context.store.folder, current, Revision, openKeyStore(context.store.folder));
    const names = [...new Set(plan.touched.map(({ key }) => key ?? 'Global'))];
    const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : '';
    const name = `${names.slice(0, maxNamed).join(', ')}${more}`;
    const committed = await context.commit({
      target: name,
      apply: plan.apply,
      // -WhatIf shows them by itself.
      consequences: (before, after) => (context.whatIf ? [] : shownDifferences(before, after)),
    });
    if (committed.withheld) return;
    const { revision, changed } = committed.after;
    context.done(`revision ${plan.revision} is undone: ${name}. Revision ${revision}.`);
    if (!context.passThru) return;
    context.write({
      Revision: revision,
      Undone: plan.revision,
      Cmdlet: changed?.cmdlet ?? null,
      Fields: plan.touched.map(printField),
      Changed: committed.changed,
    });
  },
});
