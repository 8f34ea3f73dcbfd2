/**
 * What may come next on a command line: cmdlets, parameters in the spelling that was begun, and values. It knows the
 * definitions and asks for names of the store; it knows no shell.
 */
import { kebabOf } from '../host/kebab-name.ts';
import { type BoundSoFar, boundSoFar, namedIn } from './bound-so-far.ts';
import { bare, type Candidate, type Completion, fitting } from './candidate.ts';
import { definedNames } from './defined-names.ts';
import {
  type CmdletDescription,
  cmdletNamed,
  type Definitions,
  firstSentence,
  isParameter,
  type ParameterDescription,
} from './definitions.ts';
import { type NameKind, nameKindOf } from './name-kinds.ts';

export interface Sources {
  readonly definitions: Definitions;
  /** @param configStore - What -ConfigStore says, where it was given. */
  stored(kind: NameKind, configStore: string | undefined): readonly Candidate[];
}

/** @param words - What follows `xgw`. @param current - The word under way, without quotes. */
export function complete(words: readonly string[], current: string, sources: Sources): Completion {
  const [typed, ...tokens] = words;
  if (typed === undefined) return { candidates: cmdletCandidates(current, sources.definitions) };
  const cmdlet = cmdletNamed(typed, sources.definitions);
  if (!cmdlet) return { candidates: [] };
  const bound = boundSoFar(tokens, cmdlet);
  if (!bound.onlyValues && isNamed(current)) return completeNamed(current, { cmdlet, bound, sources });
  const parameter = bound.pending ?? bound.slot;
  const values = parameter ? valuesOf(parameter, current, { cmdlet, bound, sources }) : { candidates: [] };
  const isOpen = current === '' && !bound.pending && !bound.onlyValues;
  if (!isOpen || values.fileAfter !== undefined || values.candidates.length > 0) return values;
  return { candidates: parameterCandidates('-', { cmdlet, bound }) };
}

interface Place {
  readonly cmdlet: CmdletDescription;
  readonly bound: BoundSoFar;
  readonly sources: Sources;
}

const isNamed = (word: string): boolean => /^--?$/.test(word) || isParameter(word);

function completeNamed(word: string, place: Place): Completion {
  const { parameter, head, value } = namedIn(word, place.cmdlet);
  if (value === undefined) return { candidates: parameterCandidates(word, place) };
  if (!parameter) return { candidates: [] };
  const { candidates, fileAfter } = valuesOf(parameter, value, place);
  const whole = candidates.map(({ text, about }) => ({ text: `${head}${text}`, about }));
  return fileAfter === undefined ? { candidates: whole } : { candidates: whole, fileAfter: `${head}${fileAfter}` };
}

/** Aliases are offered where no name fits, so that a list shows each cmdlet once. */
function cmdletCandidates(typed: string, definitions: Definitions): readonly Candidate[] {
  if (typed.startsWith('-')) return fitting(programSwitches, typed);
  const spelled = spelling(typed);
  const all = definitions.cmdlets.map(({ name, synopsis }) => ({ text: spelled(name), about: synopsis }));
  const aliases = definitions.cmdlets.flatMap(({ aliases: own = [], name }) =>
    own.map((alias) => ({ text: spelled(alias), about: name })),
  );
  const found = fitting(all, typed);
  return found.length > 0 ? found : fitting(aliases, typed);
}

const programSwitches: readonly Candidate[] = [
  { text: '--help', about: 'Topics of the help' },
  { text: '--version', about: 'The version' },
];

/** `New-Xmpp` goes on in PascalCase, `new-xmpp-fed` with hyphens, anything else in lower case. */
function spelling(typed: string): (name: string) => string {
  if (/^[A-Z]/.test(typed)) return (name) => name;
  return /^[a-z]+-.*-/.test(typed) ? (name) => kebabOf(name).replaceAll('--', '-') : (name) => name.toLowerCase();
}

function parameterCandidates(typed: string, { cmdlet, bound }: Pick<Place, 'cmdlet' | 'bound'>): readonly Candidate[] {
  const isLong = typed.startsWith('--');
  const spelled = (name: string): string => (isLong ? `--${kebabOf(name)}` : `-${name}`);
  const isFree = ({ name, type, refusedBecause }: ParameterDescription): boolean =>
    refusedBecause === undefined && (!bound.given.has(name) || type.kind === 'list');
  const free = cmdlet.parameters.filter(isFree);
  const names = free.map(({ name, help }) => ({ text: spelled(name), about: firstSentence(help) }));
  const aliases = free.flatMap(({ name, aliases: own = [] }) =>
    own.filter((alias) => /^\w{2}/.test(alias)).map((alias) => ({ text: spelled(alias), about: `-${name}` })),
  );
  const found = [...fitting(names, typed), ...fitting(/^--no/i.test(typed) ? negations(free) : [], typed)];
  return found.length > 0 ? found : fitting(aliases, typed);
}

const negations = (parameters: readonly ParameterDescription[]): readonly Candidate[] =>
  parameters
    .filter(({ type }) => type.kind === 'switch' || type.kind === 'bool')
    .map(({ name }) => ({ text: `--no-${kebabOf(name)}`, about: `-${name}:false` }));

function valuesOf(parameter: ParameterDescription, typed: string, place: Place): Completion {
  const { type } = parameter;
  const before = type.kind === 'list' ? (/^.*,(?=[^,]*$)/s.exec(typed)?.[0] ?? '') : '';
  const sign = type.name.startsWith('ListChange') ? (/^[+-]/.exec(typed.slice(before.length))?.[0] ?? '') : '';
  const head = before + sign;
  if (/\bPath\b/.test(type.name)) return { candidates: [], fileAfter: head };
  const earlier = new Set(before.split(',').map((item) => bare(item.replace(/^[+-]/, ''))));
  const all = candidatesFor(parameter, place).filter(({ text }) => before === '' || !earlier.has(bare(text)));
  const found = fitting(all, typed.slice(head.length));
  return { candidates: found.map(({ text, about }) => ({ text: `${head}${text}`, about })) };
}

function candidatesFor({ name, type }: ParameterDescription, { cmdlet, bound, sources }: Place): readonly Candidate[] {
  if (type.kind === 'switch') return ['true', 'false'].map((text) => ({ text, about: '' }));
  if (type.values) return type.values.map((text) => ({ text, about: '' }));
  const kind = nameKindOf(cmdlet.name, name);
  if (kind === undefined) return [];
  return definedNames(kind, cmdlet, bound, sources.definitions) ?? sources.stored(kind, bound.given.get('ConfigStore'));
}
