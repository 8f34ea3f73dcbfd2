/** Changes of the configuration as people read them (`+ add`, `~ change`, `- delete`, `! consequence`), and as a table for a build's page. */
import {
  type ConfigurationChange,
  countChanges,
  printCount,
} from '../../operations/declarative/configuration-change.ts';
import { cellText } from '../host/cell-text.ts';
import type { CmdletContext, OutputKind } from '../host/cmdlet.ts';

export const changeOutput: OutputKind = {
  kind: 'ConfigurationChange',
  table: ['Action', 'TargetKind', 'Identity', 'Property', 'Before', 'After', 'Consequence'],
};

const signs = { Add: '+', Change: '~', Remove: '-' } as const;

/** Objects for programs; for a person the differences, object by object. */
export function showChanges(changes: readonly ConfigurationChange[], context: CmdletContext): void {
  if (!context.forPerson || context.format !== 'auto') for (const change of changes) context.write({ ...change });
  else if (changes.length > 0) context.writeText(changeLines(changes).join('\n'));
}

/** One block for each object. */
export function changeLines(changes: readonly ConfigurationChange[]): readonly string[] {
  return byObject(changes).flatMap((of) => {
    const [first] = of;
    if (first === undefined) return [];
    const whole = of.find(({ Property }) => Property === null);
    const settings = of.filter(({ Property }) => Property !== null);
    const width = Math.max(0, ...settings.map(({ Property }) => Property?.length ?? 0));
    return [
      `${signs[whole?.Action ?? 'Change']} ${first.TargetKind} ${first.Identity}`,
      ...settings.map((each) => `    ${settingLine(each, width)}`),
      ...of.flatMap(({ Consequence }) => Consequence.map((clause) => `    ! ${clause}`)),
    ];
  });
}

function byObject(changes: readonly ConfigurationChange[]): readonly (readonly ConfigurationChange[])[] {
  const objects = new Map<string, ConfigurationChange[]>();
  for (const each of changes) {
    const name = `${each.TargetKind} ${each.Identity}`;
    objects.set(name, [...(objects.get(name) ?? []), each]);
  }
  return [...objects.values()];
}

function settingLine({ Action, Property, Before, After }: ConfigurationChange, width: number): string {
  const value = Action === 'Change' ? `${shown(Before)} -> ${shown(After)}` : shown(Action === 'Add' ? After : Before);
  return `${signs[Action]} ${(Property ?? '').padEnd(width)}   ${value}`;
}

const shown = (value: unknown): string => (value === '' ? '""' : cellText(value));

/** `2 to add, 1 to change, 0 to delete` */
export const changeCount = (changes: readonly ConfigurationChange[]): string => printCount(countChanges(changes));

/** A table of GitHub-flavoured Markdown. */
export function changesMarkdown(changes: readonly ConfigurationChange[]): string {
  if (changes.length === 0) return 'Nothing differs.';
  const rows = changes.map(({ Action, TargetKind, Identity, Property, Before, After, Consequence }) =>
    [
      `${signs[Action]} ${Action}`,
      TargetKind,
      Identity,
      Property ?? '',
      shown(Before),
      shown(After),
      Consequence.join('; '),
    ]
      .map(inCell)
      .join(' | '),
  );
  return [
    '| Action | Kind | Identity | Property | Before | After | Consequence |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** Nothing of the file becomes markup of the page. */
const inCell = (text: string): string =>
  text.replaceAll(/[\\`*_[\]<>|&]/g, (sign) => `\\${sign}`).replaceAll(/[\r\n]+/g, ' ');
