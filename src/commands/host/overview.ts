/** The first page: `xgw` alone says how far this store is, and what to type next. At most 25 lines of 80 columns. */

/** What the store lacks first, on the way to a running gateway. */
export type StoreProgress =
  | { readonly stage: 'nothing-configured' }
  | { readonly stage: 'no-partner'; readonly domain: string }
  | { readonly stage: 'no-certificate'; readonly domain: string; readonly partners: number }
  | { readonly stage: 'stopped' | 'running'; readonly domain: string; readonly partners: number }
  /** The store cannot be read: whose it is, or what is damaged. */
  | { readonly stage: 'unreadable'; readonly sentence: string };

type Command = readonly [line: string, meaning: string];

export function overview(version: string, progress: StoreProgress): string {
  const { says, next } = pageOf(progress);
  return `xgw ${version} - administer an XMPP <-> SIP gateway the PowerShell way

  ${says}
${lines(next)}

${lines([
  ['xgw get-command', 'every cmdlet'],
  ['xgw get-help <cmdlet>', 'examples first; all of it with -Full'],
  ['xgw get-help about_arguments', 'how parameters are typed'],
  ['xgw get-help about_migration', 'coming from Lync Server?'],
  ['xgw shell', 'a prompt: objects, variables, history'],
  ['xgw register-completion bash', 'TAB completes; also zsh, fish, pwsh'],
])}
`;
}

const lines = (commands: readonly Command[]): string =>
  commands.map(([line, meaning]) => `    ${line.padEnd(38)} ${meaning}`.trimEnd()).join('\n');

function pageOf(progress: StoreProgress): { readonly says: string; readonly next: readonly Command[] } {
  switch (progress.stage) {
    case 'nothing-configured':
      return { says: 'Nothing is configured yet. A first message takes four commands:', next: fromTheStart };
    case 'no-partner':
      return { says: `${progress.domain} is yours, and there is no partner yet:`, next: [newPartner, ...toRun] };
    case 'no-certificate':
      return { says: `${known(progress)}, but no certificate is assigned:`, next: toCertify };
    case 'stopped':
      return { says: `${known(progress)}. The gateway is not running:`, next: toStart };
    case 'running':
      return { says: `${known(progress)}. The gateway is running:`, next: toLook };
    case 'unreadable':
      return { says: progress.sentence, next: [['xgw get-configurationstore', 'where it is, and what is wrong']] };
  }
}

const known = ({ domain, partners }: { readonly domain: string; readonly partners: number }): string =>
  `${domain} and ${partners === 1 ? 'one partner' : `${partners} partners`} are configured`;

const newPartner: Command = ['xgw new-xmppfederatedpartner', 'who you talk to; asks what is missing'];
const request: Command = ['xgw request-certificate', 'the wizard, for one partners trust'];
const start: Command = ['xgw start-service', 'run the gateway'];
const toRun: readonly Command[] = [request, start];

const fromTheStart: readonly Command[] = [
  ['xgw initialize-gateway contoso.com', 'domain, policies, a test certificate'],
  newPartner,
  ...toRun,
];

const toCertify: readonly Command[] = [
  request,
  ['xgw import-certificate edge.cer', 'what the authority has issued'],
  ['xgw request-certificate -New -CA local', 'a test certificate, at once'],
  start,
];

const toStart: readonly Command[] = [
  start,
  ['xgw test-certificateconfiguration', 'would partners take the certificate?'],
  ['xgw test-dnsrecord', 'do partners find you?'],
];

const toLook: readonly Command[] = [
  ['xgw get-service', 'listeners, sessions, warnings'],
  ['xgw test-xmppim -Receiver user@fabrikam.com', 'send a message'],
  ["xgw test-federationroute '*'", 'each partner, hop by hop'],
  ['xgw get-eventlog -Tail 20', 'what happened'],
];
