/** The first page: `xgw` alone says how far this store is, and what to type next. At most 25 lines of 80 columns. */
import { english, filledIn, type Localize } from './localized-text.ts';
import { phrases } from './phrases.ts';

/** What the store lacks first, on the way to a running gateway. */
export type StoreProgress =
  | { readonly stage: 'nothing-configured' }
  | { readonly stage: 'no-partner'; readonly domain: string }
  | { readonly stage: 'no-certificate'; readonly domain: string; readonly partners: number }
  | { readonly stage: 'stopped' | 'running'; readonly domain: string; readonly partners: number }
  /** The store cannot be read: whose it is, or what is damaged. */
  | { readonly stage: 'unreadable'; readonly sentence: string };

type Command = readonly [line: string, meaning: string];

export function overview(version: string, progress: StoreProgress, localize: Localize = english): string {
  const { says, next } = pageOf(progress, localize);
  return `xgw ${version} - ${localize(phrases.tagLine)}

  ${says}
${lines(next, localize)}

${lines(always, localize)}
`;
}

const lines = (commands: readonly Command[], localize: Localize): string =>
  commands.map(([line, meaning]) => `    ${line.padEnd(38)} ${localize(meaning)}`.trimEnd()).join('\n');

interface Page {
  readonly says: string;
  readonly next: readonly Command[];
}

function pageOf(progress: StoreProgress, localize: Localize): Page {
  switch (progress.stage) {
    case 'nothing-configured':
      return { says: localize(phrases.nothingConfigured), next: fromTheStart };
    case 'no-partner':
      return { says: filledIn(localize(phrases.noPartner), progress), next: [newPartner, ...toRun] };
    case 'no-certificate':
      return { says: saidOf(phrases.noCertificate, progress, localize), next: toCertify };
    case 'stopped':
      return { says: saidOf(phrases.isStopped, progress, localize), next: toStart };
    case 'running':
      return { says: saidOf(phrases.isRunning, progress, localize), next: toLook };
    case 'unreadable':
      return { says: progress.sentence, next: [['xgw get-configurationstore', phrases.whereTheStoreIs]] };
  }
}

function saidOf(
  phrase: string,
  { domain, partners }: { readonly domain: string; readonly partners: number },
  localize: Localize,
): string {
  const known = localize(partners === 1 ? phrases.onePartner : phrases.severalPartners);
  return filledIn(localize(phrase), { known: filledIn(known, { domain, partners }) });
}

const always: readonly Command[] = [
  ['xgw get-command', phrases.everyCmdlet],
  ['xgw get-help <cmdlet>', phrases.examplesFirst],
  ['xgw get-help about_arguments', phrases.howParametersAreTyped],
  ['xgw get-help about_migration', phrases.comingFromLync],
  ['xgw shell', phrases.aPrompt],
  ['xgw register-completion bash', phrases.tabCompletes],
];

const newPartner: Command = ['xgw new-xmppfederatedpartner', phrases.whoYouTalkTo];
const request: Command = ['xgw request-certificate', phrases.theWizard];
const start: Command = ['xgw start-service', phrases.runTheGateway];
const toRun: readonly Command[] = [request, start];

const fromTheStart: readonly Command[] = [
  ['xgw initialize-gateway contoso.com', phrases.domainAndPolicies],
  newPartner,
  ...toRun,
];

const toCertify: readonly Command[] = [
  request,
  ['xgw import-certificate edge.cer', phrases.whatWasIssued],
  ['xgw request-certificate -New -CA local', phrases.testCertificate],
  start,
];

const toStart: readonly Command[] = [
  start,
  ['xgw test-certificateconfiguration', phrases.takeTheCertificate],
  ['xgw test-dnsrecord', phrases.doPartnersFindYou],
];

const toLook: readonly Command[] = [
  ['xgw get-service', phrases.listenersAndSessions],
  ['xgw test-xmppim -Receiver user@fabrikam.com', phrases.sendAMessage],
  ["xgw test-federationroute '*'", phrases.hopByHop],
  ['xgw get-eventlog -Tail 20', phrases.whatHappened],
];
