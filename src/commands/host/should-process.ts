/** -WhatIf, -Confirm, -Force and impact: whether a change may happen, and what it would do. PowerShell's ShouldProcess. */
import type { Configuration } from '../../config/configuration.ts';
import { configurationDiff, type FieldChange } from '../../config/configuration-diff.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import { cellText } from './cell-text.ts';
import type { Committed, ConfigurationChange, Impact, OutputObject } from './cmdlet.ts';
import { filledIn, type Localize } from './localized-text.ts';
import { phrases } from './phrases.ts';
import type { Question } from './question.ts';
import { countQuestion, severeRemoval, tooManyRemoved } from './severe-removal.ts';

/** How a person answered; `All` answers count for the rest of the pipe. */
type Answer = 'Yes' | 'YesToAll' | 'No' | 'NoToAll';

export interface ProcessRules {
  readonly cmdlet: string;
  readonly impact: Impact;
  readonly whatIf: boolean;
  /** undefined: -Confirm was not given. */
  readonly confirm: boolean | undefined;
  readonly force: boolean;
  /** From this impact on, changes are asked for. Source: $ConfirmPreference, High unless XGW_CONFIRMPREFERENCE says otherwise. */
  readonly preference: Impact | 'None';
  readonly interactive: boolean;
  readonly ifRevision: number | undefined;
  readonly lockTimeoutMs: number;
  /** -MaximumRemoval: as many objects are meant. */
  readonly maximumRemoval: number | undefined;
  /** The command line with -Confirm:false, for the error where nobody can be asked. */
  readonly confirmedCommand: string;
  ask(question: Question): Promise<string | undefined>;
  readonly localize: Localize;
  /** One line to the person. */
  readonly say: (line: string) => void;
  /** Where a program reads standard output: what -WhatIf says goes there as objects. */
  readonly emit?: (object: OutputObject) => void;
}

export interface ShouldProcess {
  commit(change: ConfigurationChange, store: ConfigStore): Promise<Committed>;
  shouldProcess(target: string, action: string, impact?: Impact): Promise<boolean>;
  /** The pipe brings as many objects, several, to a cmdlet that removes: its impact is High from now on. */
  severalArrive(count: number): void;
}

const ranks: Readonly<Record<Impact, number>> = { Low: 1, Medium: 2, High: 3 };

export function shouldProcessOf(rules: ProcessRules): ShouldProcess {
  let forAll: boolean | undefined;
  let least = rules.impact;
  let arriving = 0;
  /** Of all that arrives the first one decides: later ones meet fewer objects. */
  let isSettled = false;
  /** How a person answered the question of the count. */
  let meant: boolean | undefined;

  const mayHappen = async (impact: Impact, what: string, reason: string): Promise<boolean> => {
    if (!mustAsk(rules, impact)) return true;
    if (forAll !== undefined) return forAll;
    if (!rules.interactive) throw nobodyToAsk(rules, what, reason);
    const answer = await confirmation(rules, what, reason);
    if (answer === 'YesToAll' || answer === 'NoToAll') forAll = answer === 'YesToAll';
    return answer === 'Yes' || answer === 'YesToAll';
  };

  /** @returns Whether as many may be removed; undefined for a change that is not severe. @throws CodedError `RemovalTooLarge` */
  const severeMayHappen = async (before: Configuration, preview: Configuration): Promise<boolean | undefined> => {
    if (isSettled) return meant;
    const severe = severeRemoval(before, preview, arriving);
    isSettled = arriving > 0;
    if (!severe) return undefined;
    const { maximumRemoval, interactive, confirmedCommand, confirm, force } = rules;
    if (maximumRemoval !== undefined && severe.count <= maximumRemoval) return undefined;
    const mayAsk = interactive && maximumRemoval === undefined && confirm !== false && !force;
    if (!mayAsk) throw tooManyRemoved(severe, maximumRemoval, confirmedCommand);
    meant = (await rules.ask(countQuestion(severe)))?.trim() === String(severe.count);
    return meant;
  };

  return {
    async commit(change, store) {
      const { cmdlet, ifRevision, lockTimeoutMs } = rules;
      const before = store.read();
      const preview = change.apply(before);
      if (rules.whatIf) return tellWhatIf(rules, change, before, preview);
      const { target } = change;
      const differs = configurationDiff(before, preview).length > 0;
      const impact = higher(least, change.impact);
      const consequences = (change.consequences?.(before, preview) ?? []).join('; ');
      const counted = await severeMayHappen(before, preview);
      const may = counted ?? (!differs || (await mayHappen(impact, `${verbOf(cmdlet)} ${target}`, consequences)));
      if (!may) return withheld(before, preview);
      const order = { cmdlet, target, lockTimeoutMs, apply: appliedOnce(change, before, preview) };
      const update = await store.update(ifRevision === undefined ? order : { ...order, ifRevision });
      return { ...update, withheld: false };
    },
    async shouldProcess(target, action, impact) {
      if (!rules.whatIf) return await mayHappen(higher(least, impact), `${decapitalised(action)}: ${target}`, '');
      tellIntent(rules, target, action);
      return false;
    },
    severalArrive(count) {
      least = 'High';
      arriving = count;
    },
  };
}

/** It is pure: of the same configuration it makes the same again. */
const appliedOnce =
  (change: ConfigurationChange, before: Configuration, preview: Configuration) =>
  (current: Configuration): Configuration =>
    current === before ? preview : change.apply(current);

const withheld = (before: Configuration, after: Configuration): Committed => ({
  before,
  after,
  changed: false,
  withheld: true,
});

const nounOf = (cmdlet: string): string => cmdlet.split('-')[1] ?? cmdlet;
const verbOf = (cmdlet: string): string => (cmdlet.split('-')[0] ?? cmdlet).toLowerCase().replace('new', 'create');
const decapitalised = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const higher = (own: Impact, raised: Impact | undefined): Impact =>
  raised && ranks[raised] > ranks[own] ? raised : own;

/** -Confirm asks whatever the impact; -Confirm:false and -Force never ask. */
function mustAsk({ confirm, force, preference }: ProcessRules, impact: Impact): boolean {
  if (confirm !== undefined) return confirm;
  return !force && preference !== 'None' && ranks[impact] >= ranks[preference];
}

const nobodyToAsk = ({ confirmedCommand }: ProcessRules, what: string, reason: string): CodedError =>
  new CodedError('ConfirmationRequired', `this would ${what} and needs a confirmation, but there is no terminal.`, {
    ...(reason === '' ? {} : { reason }),
    fix: confirmedCommand,
  });

const answers: ReadonlyMap<string, Answer> = new Map([
  ['y', 'Yes'],
  ['yes', 'Yes'],
  ['a', 'YesToAll'],
  ['n', 'No'],
  ['no', 'No'],
  ['l', 'NoToAll'],
  // Chinese: yes, no.
  ['是', 'Yes'],
  ['否', 'No'],
]);

/** Default No: a stray Enter must not delete. */
async function confirmation(rules: ProcessRules, what: string, reason: string): Promise<Answer> {
  if (reason !== '') rules.say(reason);
  rules.say(phrases.confirmKeys);
  const answer = await rules.ask({
    message: `${rules.cmdlet}: ${what}?`,
    help: phrases.confirmHelp,
    initial: 'N',
    refuse: (text) => (answers.has(text.toLowerCase()) ? undefined : phrases.confirmRefusal),
  });
  return answers.get((answer ?? 'n').toLowerCase()) ?? 'No';
}

function tellIntent({ cmdlet, emit, say, localize }: ProcessRules, target: string, action: string): void {
  if (emit) return emit({ Action: action, TargetKind: nounOf(cmdlet), Identity: target, Kind: 'ConfigurationChange' });
  say(filledIn(localize(phrases.whatIfActs), { cmdlet, target, action: decapitalised(action) }));
  say(phrases.nothingChanged);
}

function tellWhatIf(
  { cmdlet, emit, say, localize }: ProcessRules,
  change: ConfigurationChange,
  before: Configuration,
  after: Configuration,
): Committed {
  const differences = configurationDiff(before, after);
  const consequences = change.consequences?.(before, after) ?? [];
  if (emit) for (const each of differences) emit(changeObject(each, consequences));
  else {
    say(filledIn(localize(phrases.whatIf), { cmdlet, target: change.target, revision: before.revision }));
    const width = Math.max(0, ...differences.map(({ property }) => property?.length ?? 0));
    for (const each of differences) say(`  ${differenceLine(each, width)}`);
    if (differences.length === 0) say(`  ${localize(phrases.nothingDiffers)}`);
    for (const consequence of consequences) say(`  ! ${consequence}`);
    say(phrases.nothingChanged);
  }
  return withheld(before, after);
}

const signs = { Add: '+', Change: '~', Remove: '-' } as const;

export function differenceLine(
  { action, kind, identity, property, before, after }: FieldChange,
  width: number,
): string {
  if (property === undefined) return `${signs[action]} ${kind} ${identity}`;
  const value = action === 'Change' ? `${shown(before)} -> ${shown(after)}` : shown(action === 'Add' ? after : before);
  return `${signs[action]} ${property.padEnd(width)}   ${value}`;
}

const shown = (value: unknown): string => (value === '' ? '""' : cellText(value));

const changeObject = (change: FieldChange, consequences: readonly string[]): OutputObject => ({
  Action: change.action,
  TargetKind: change.kind,
  Identity: change.identity,
  Property: change.property ?? null,
  Before: change.before ?? null,
  After: change.after ?? null,
  Consequence: consequences,
  Kind: 'ConfigurationChange',
});
