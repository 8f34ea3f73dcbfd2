/** Get-Help: the help of a cmdlet, of an about_ topic, of a failure or of an event of the log, offline. */
import { nearNames } from '../operations/near-names.ts';
import { isPattern, wildcard } from '../operations/wildcard.ts';
import { CodedError } from '../primitives/errors.ts';
import { type Failure, type FailureId, failures } from '../primitives/failures.ts';
import { type EventPage, logEvents } from '../primitives/log-events.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { type AboutTopic, aboutTopics } from './host/about-topics.ts';
import { type CmdletContext, type CmdletDescription, defineCmdlet } from './host/cmdlet.ts';
import { cmdletHelp, type HelpPart, parameterHelp } from './host/cmdlet-help.ts';
import { outcomes } from './host/exit-code.ts';
import { wrapped } from './host/filled-lines.ts';
import { filledIn, type Localize } from './host/localized-text.ts';
import { optional, pattern, switchType, text } from './host/parameters.ts';
import { phrases } from './host/phrases.ts';

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
    const { localize } = context;
    const whole = Parameter === undefined;
    context.writeText(whole ? cmdletHelp(cmdlet, part, localize) : parametersHelp(cmdlet, Parameter, localize));
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

function topicsOf(catalogue: readonly CmdletDescription[], localize: Localize): readonly Topic[] {
  const cmdlets = catalogue.map((cmdlet): Topic => {
    const text = (): string => cmdletHelp(cmdlet, 'Full', localize);
    return { name: cmdlet.name, category: 'Cmdlet', synopsis: localize(cmdlet.synopsis), text };
  });
  const about = aboutTopics.map((topic): Topic => {
    const { name, synopsis } = topic;
    return { name, category: 'HelpFile', synopsis: localize(synopsis), text: () => topicText(topic, localize) };
  });
  const page =
    (category: 'Failure' | 'Event') =>
    ([name, { meaning }]: [string, { readonly meaning: string }]): Topic => {
      return { name, category, synopsis: localize(meaning), text: () => localize(meaning) };
    };
  const [ids, events] = [Object.entries(failures).map(page('Failure')), Object.entries(logEvents).map(page('Event'))];
  return [...cmdlets, ...about, ...ids, ...events];
}

const topicText = ({ isComposed, text }: AboutTopic, localize: Localize): string =>
  isComposed ? text(localize) : localize(text());

function listTopics(context: CmdletContext, isWanted: (topic: Topic) => boolean): void {
  for (const topic of topicsOf(context.catalogue(), context.localize).filter(isWanted)) {
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
  const { localize } = context;
  if (about) return `${about.name}\n    ${localize(about.synopsis)}\n\n${topicText(about, localize)}\n`;
  const id = Object.keys(failures).find((each) => isSame(each, word));
  const event = Object.entries<EventPage>(logEvents).find(([each]) => isSame(each, word));
  const pages = [
    ...(id === undefined ? [] : [failureHelp(id as FailureId, localize)]),
    ...(event ? [eventHelp(...event, localize)] : []),
  ];
  if (pages.length > 0) return pages.join('\n');
  throw notFound(wanted, context);
}

function failureHelp(id: FailureId, localize: Localize): string {
  const { category, meaning, next }: Failure = failures[id];
  const { code, category: powerShell } = outcomes[category];
  const ending = filledIn(localize(phrases.exitCode), { code, category: powerShell });
  return pageText(id, { meaning, next }, ending, localize);
}

function eventHelp(id: string, page: EventPage, localize: Localize): string {
  const ending = filledIn(localize(phrases.eventOfTheLog), { line: `xgw get-eventlog -Filter ${id}` });
  return pageText(id, page, ending, localize);
}

interface Page {
  readonly meaning: string;
  readonly next?: string | undefined;
}

const pageText = (id: string, { meaning, next }: Page, ending: string, localize: Localize): string =>
  [
    ...[id, ...wrapped(localize(meaning), 4), ''],
    ...(next === undefined ? [] : [...wrapped(filledIn(localize(phrases.next), { line: localize(next) }), 4), '']),
    ...[...wrapped(ending, 4), ''],
  ].join('\n');

function notFound(wanted: string, context: CmdletContext): CodedError {
  const near = nearNames(
    wanted,
    topicsOf(context.catalogue(), context.localize).map(({ name }) => name),
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

function parametersHelp(cmdlet: CmdletDescription, wanted: string, localize: Localize): string {
  const isWanted = wildcard(wanted.replace(/^-/, ''));
  const found = cmdlet.parameters.filter(({ name, aliases = [] }) => [name, ...aliases].some(isWanted));
  if (found.length > 0) return found.flatMap((parameter) => parameterHelp(parameter, localize)).join('\n');
  throw new CodedError('HelpTopicNotFound', `${cmdlet.name} has no parameter "${wanted}".`, {
    fix: `xgw get-help ${cmdlet.name.toLowerCase()} -Parameter '*'`,
    target: wanted,
  });
}
