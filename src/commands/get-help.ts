/** Get-Help: the help of a cmdlet, of an about_ topic, of a failure or of an event of the log, offline. */
import { nearNames } from '../operations/near-names.ts';
import { isPattern, wildcard } from '../operations/wildcard.ts';
import { CodedError } from '../primitives/errors.ts';
import { type Failure, type FailureId, failures } from '../primitives/failures.ts';
import { type EventPage, logEvents } from '../primitives/log-events.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { aboutTopics } from './host/about-topics.ts';
import { type CmdletContext, type CmdletDescription, defineCmdlet } from './host/cmdlet.ts';
import { cmdletHelp, type HelpPart, parameterHelp, wrapped } from './host/cmdlet-help.ts';
import { outcomes } from './host/exit-code.ts';
import { optional, pattern, switchType, text } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Get-Help',
  aliases: ['help', 'man'],
  synopsis: 'Shows help about a cmdlet, an about_ topic, or the id of a failure or of an event.',
  description: 'Everything is offline. Without a name it lists the about_ topics.',
  parameters: {
    Name: optional(pattern, 'A cmdlet or alias, a topic, the id of a failure or event; * ? and [] list several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
    }),
    Examples: optional(switchType, 'Examples first, parameters in brief; this is the default.'),
    Detailed: optional(switchType, 'With the description and each parameter in full.'),
    Full: optional(switchType, 'Everything.'),
    Parameter: optional(text, 'Only this parameter; * is all of them.'),
    Search: optional(text, 'Topics and cmdlets whose help contains this text.'),
  },
  examples: [
    { command: 'get-help new-xmppfederatedpartner', shows: 'Examples and parameters of one cmdlet.' },
    { command: 'get-help set-xmppfederatedpartner -Parameter TlsNegotiation', shows: 'One parameter.' },
    { command: 'get-help about_exitcodes', shows: 'A topic.' },
    { command: 'get-help NegotiationNotValid', shows: 'What a failure means and what to look at first.' },
    { command: 'get-help PartnerUnreachable', shows: 'What an event of the log means.' },
  ],
  output: { kind: 'HelpTopic', table: ['Name', 'Category', 'Synopsis'] },

  run: async ({ Name, Detailed, Full, Parameter, Search }, context) => {
    if (Search !== undefined) return listTopics(context, (topic) => contains(topic, Search));
    if (Name === undefined && Parameter !== undefined) throw withoutCmdlet(Parameter);
    if (Name === undefined) return listTopics(context, ({ category }) => category === 'HelpFile');
    if (isPattern(Name)) return listTopics(context, ({ name }) => wildcard(Name)(name));
    const cmdlet = cmdletNamed(Name, context.catalogue());
    if (!cmdlet) return context.writeText(otherTopic(Name, context));
    if (!['auto', 'list', 'table'].includes(context.format)) return context.write(helpObject(cmdlet));
    const part: HelpPart = Full ? 'Full' : Detailed ? 'Detailed' : 'Examples';
    context.writeText(Parameter === undefined ? cmdletHelp(cmdlet, part) : parametersHelp(cmdlet, Parameter));
  },
});

const helpObject = ({ name, aliases = [], synopsis, description, parameters, examples }: CmdletDescription) => ({
  Name: name,
  Category: 'Cmdlet',
  Synopsis: synopsis,
  Aliases: aliases,
  Description: description ?? null,
  Parameters: parameters,
  Examples: examples,
});

interface Topic {
  readonly name: string;
  readonly category: 'Cmdlet' | 'HelpFile' | 'Failure' | 'Event';
  readonly synopsis: string;
  /** Made when it is searched. */
  readonly text: () => string;
}

function topicsOf(catalogue: readonly CmdletDescription[]): readonly Topic[] {
  const cmdlets = catalogue.map((cmdlet): Topic => {
    return { name: cmdlet.name, category: 'Cmdlet', synopsis: cmdlet.synopsis, text: () => cmdletHelp(cmdlet, 'Full') };
  });
  const about = aboutTopics.map((topic): Topic => ({ ...topic, category: 'HelpFile' }));
  const ids = Object.entries(failures).map(([name, { meaning }]): Topic => {
    return { name, category: 'Failure', synopsis: meaning, text: () => meaning };
  });
  const events = Object.entries(logEvents).map(([name, { meaning }]): Topic => {
    return { name, category: 'Event', synopsis: meaning, text: () => meaning };
  });
  return [...cmdlets, ...about, ...ids, ...events];
}

function listTopics(context: CmdletContext, isWanted: (topic: Topic) => boolean): void {
  for (const topic of topicsOf(context.catalogue()).filter(isWanted)) {
    context.write({ Name: topic.name, Category: topic.category, Synopsis: topic.synopsis });
  }
}

/** Wherever the lines of the help are broken. */
const contains = ({ name, synopsis, text }: Topic, word: string): boolean =>
  inOneLine(`${name} ${synopsis} ${text()}`).includes(inOneLine(word));

const inOneLine = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, ' ');

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
/** `new-xmpp-federated-partner` is New-XmppFederatedPartner. */
const bare = (name: string): string => name.toLowerCase().replaceAll('-', '');

const cmdletNamed = (wanted: string, catalogue: readonly CmdletDescription[]): CmdletDescription | undefined =>
  catalogue.find(({ name, aliases = [] }) => [name, ...aliases].some((each) => bare(each) === bare(wanted)));

function otherTopic(wanted: string, context: CmdletContext): string {
  // A failure id may be pasted with its cmdlet: `KeyMismatch,Import-Certificate`.
  const [word = wanted] = wanted.split(',');
  const about = aboutTopics.find(({ name }) => isSame(name, word) || isSame(name, `about_${word}`));
  if (about) return `${about.name}\n    ${about.synopsis}\n\n${about.text()}\n`;
  const id = Object.keys(failures).find((each) => isSame(each, word));
  const event = Object.entries<EventPage>(logEvents).find(([each]) => isSame(each, word));
  const pages = [...(id === undefined ? [] : [failureHelp(id as FailureId)]), ...(event ? [eventHelp(...event)] : [])];
  if (pages.length > 0) return pages.join('\n');
  throw notFound(wanted, context);
}

function failureHelp(id: FailureId): string {
  const { category, meaning, next }: Failure = failures[id];
  const { code, category: powerShell } = outcomes[category];
  return [
    ...[id, ...wrapped(meaning, 4), ''],
    ...(next === undefined ? [] : [...wrapped(`Next: ${next}`, 4), '']),
    ...[`    Exit code ${code}, category ${powerShell}.`, ''],
  ].join('\n');
}

const eventHelp = (id: string, { meaning, next }: EventPage): string =>
  [
    ...[id, ...wrapped(meaning, 4), ''],
    ...(next === undefined ? [] : [...wrapped(`Next: ${next}`, 4), '']),
    ...wrapped(`An event of the log: xgw get-eventlog -Filter ${id}`, 4),
    '',
  ].join('\n');

function notFound(wanted: string, context: CmdletContext): CodedError {
  const near = nearNames(
    wanted,
    topicsOf(context.catalogue()).map(({ name }) => name),
  );
  const search = `xgw get-help -Search ${shellWord(wanted)}`;
  const fix = near.length > 0 ? near.map((name) => `xgw get-help ${name}`) : [search, 'xgw get-command'];
  return new CodedError('HelpTopicNotFound', `there is no help for "${wanted}".`, { fix, target: wanted });
}

const withoutCmdlet = (parameter: string): CodedError =>
  new CodedError('ParameterConflict', `-Parameter ${parameter}: of which cmdlet?`, {
    fix: `xgw get-help -Search ${shellWord(parameter)}`,
    target: parameter,
  });

function parametersHelp(cmdlet: CmdletDescription, wanted: string): string {
  const isWanted = wildcard(wanted.replace(/^-/, ''));
  const found = cmdlet.parameters.filter(({ name, aliases = [] }) => [name, ...aliases].some(isWanted));
  if (found.length > 0) return found.flatMap(parameterHelp).join('\n');
  throw new CodedError('HelpTopicNotFound', `${cmdlet.name} has no parameter "${wanted}".`, {
    fix: `xgw get-help ${cmdlet.name.toLowerCase()} -Parameter '*'`,
    target: wanted,
  });
}
