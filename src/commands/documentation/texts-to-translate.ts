/**
 * Every sentence of the help that is translated, in the order of the help, each with the place where it stands. From this
 * `src/commands/zh-tw/english.json` is made, whose keys are the type of the Chinese catalogue: a sentence that is new or was changed
 * has no translation, and the compiler says so.
 */
import { emptyConfiguration } from '../../config/defaults.ts';
import { negotiationRemarks } from '../../config/negotiation.ts';
import { type Failure, failures } from '../../primitives/failures.ts';
import { type EventPage, logEvents } from '../../primitives/log-events.ts';
import { aboutTopics, exitCodeTexts } from '../host/about-topics.ts';
import type { Cmdlet, CmdletDescription } from '../host/cmdlet.ts';
import { describeParameters } from '../host/cmdlet.ts';
import { commonParametersOf } from '../host/common-parameters.ts';
import { outcomes } from '../host/exit-code.ts';
import { phrases } from '../host/phrases.ts';
import type { CertificateFacts } from '../wizards/certificate-facts.ts';
import { certificatePages } from '../wizards/certificate-pages.ts';
import { taskChoices } from '../wizards/certificate-tasks.ts';
import { partnerPages } from '../wizards/partner-pages.ts';
import type { WizardPage } from '../wizards/step-driver.ts';

/** @returns Place by English sentence. A sentence that stands in several places is translated once. */
export function textsToTranslate(cmdlets: readonly CmdletDescription[]): Readonly<Record<string, string>> {
  const places: Record<string, string> = {};
  for (const [text, place] of [
    ...phraseTexts(),
    ...cmdlets.flatMap(cmdletTexts),
    ...commonTexts(),
    ...pageTexts(),
    ...wizardTexts(),
  ])
    places[text] ??= place;
  return places;
}

type Placed = readonly [text: string, place: string];

const phraseTexts = (): readonly Placed[] =>
  Object.entries(phrases).map(([name, text]): Placed => [text, `phrase ${name}`]);

const cmdletTexts = ({ name, synopsis, description, parameters, examples }: CmdletDescription): readonly Placed[] => [
  [synopsis, name],
  ...(description === undefined ? [] : [[description, name] as const]),
  ...parameters.map((parameter): Placed => [parameter.help, `${name} -${parameter.name}`]),
  ...examples.map(({ command, shows }): Placed => [shows, `xgw ${command}`]),
];

/** Of a cmdlet that has all of the common parameters. */
function commonTexts(): readonly Placed[] {
  const cmdlet: Cmdlet = {
    name: 'Remove-X',
    synopsis: '',
    examples: [],
    impact: 'Medium',
    parameters: {},
    run: async () => undefined,
    filter: async () => undefined,
  };
  return describeParameters(commonParametersOf(cmdlet, true)).map(({ name, help }): Placed => [help, `-${name}`]);
}

const pageTexts = (): readonly Placed[] => [
  ...Object.values(outcomes).map(({ code, meaning }): Placed => [meaning, `exit code ${code}`]),
  ...exitCodeTexts.map((text): Placed => [text, 'about_exitcodes']),
  ...aboutTopics.flatMap(({ name, synopsis, isComposed, text }): Placed[] => [
    [synopsis, name],
    ...(isComposed ? [] : [[text(), name] as const]),
  ]),
  ...Object.entries<Failure>(failures).map(([id, { meaning }]): Placed => [meaning, id]),
  ...Object.entries<EventPage>(logEvents).map(([id, { meaning }]): Placed => [meaning, id]),
];

/** What stands on the pages whatever the store holds. Sentences with a value of the store in them are left in English. */
function wizardTexts(): readonly Placed[] {
  const facts = (sipDomains: readonly string[]): CertificateFacts => ({
    ...{ accessEdgeFqdn: undefined, sipDomains, pending: [], lastSubject: {} },
    folderExists: () => true,
    fileExists: () => false,
  });
  const pages = (domains: readonly string[]): readonly WizardPage[] => [
    ...certificatePages(facts(domains), () => []),
    ...partnerPages({}, emptyConfiguration, false),
  ];
  const others = questionTexts(pages(['contoso.com']));
  const fixed = questionTexts(pages([])).filter((text) => others.includes(text));
  const remarks = Object.values(negotiationRemarks);
  return [...fixed, ...taskChoices.map(({ meaning }) => meaning), ...remarks].map((text): Placed => [text, 'a wizard']);
}

/** Where an answer is commented on, the choices say what would follow from each, and so are not fixed. */
const questionTexts = (pages: readonly WizardPage[]): readonly string[] =>
  pages.flatMap(({ title, questions }) => [
    title,
    ...questions.flatMap(({ message, help, note, choices = [] }) => [
      ...[message, help],
      ...(note === undefined ? choices : []).flatMap(({ meaning }) => meaning ?? []),
    ]),
  ]);
