/** Names that come from the definitions: cmdlets, verbs, nouns, topics, parameters of a cmdlet, properties of its objects. */
import type { BoundSoFar } from './bound-so-far.ts';
import type { Candidate } from './candidate.ts';
import { type CmdletDescription, cmdletNamed, type Definitions, firstSentence } from './definitions.ts';
import type { NameKind } from './name-kinds.ts';

/** @returns Undefined for what is kept in the store. */
export function definedNames(
  kind: NameKind,
  cmdlet: CmdletDescription,
  { given }: BoundSoFar,
  definitions: Definitions,
): readonly Candidate[] | undefined {
  const { cmdlets, topics } = definitions;
  const names = cmdlets.map(({ name, synopsis }) => ({ text: name.toLowerCase(), about: synopsis }));
  switch (kind) {
    case 'cmdlet':
      return names;
    case 'topic':
      return [...names, ...topics.map(({ name, synopsis }) => ({ text: name, about: synopsis }))];
    case 'verb':
      return distinct(cmdlets.map(({ name }) => name.split('-')[0] ?? ''));
    case 'noun':
      return distinct(cmdlets.map(({ name }) => name.split('-')[1] ?? ''));
    case 'parameterOfCmdlet':
      return parametersOf(cmdletNamed(given.get('Name') ?? '', definitions));
    case 'property':
      return distinct(propertiesOf(cmdlet, cmdlets));
    case 'service':
      return [{ text: 'XMPPGW', about: 'The gateway' }];
    default:
      return undefined;
  }
}

const distinct = (names: readonly string[]): readonly Candidate[] =>
  [...new Set(names)].map((text) => ({ text, about: '' }));

const parametersOf = (cmdlet: CmdletDescription | undefined): readonly Candidate[] =>
  (cmdlet?.parameters ?? []).map(({ name, help }) => ({ text: name, about: firstSentence(help) }));

/** Properties have the names of parameters: those of the table, and those that other cmdlets take from such an object. */
function propertiesOf({ output }: CmdletDescription, cmdlets: readonly CmdletDescription[]): readonly string[] {
  if (output === undefined) return [];
  const takers = cmdlets.filter(({ name, output: other }) => other?.kind === output.kind && /^(?:New|Set)-/.test(name));
  const settings = takers.flatMap(({ parameters }) => parameters.filter(({ pipeline }) => pipeline !== undefined));
  return [...output.table, ...settings.map(({ name }) => name)];
}
