/** The about_ topics of get-help: what belongs to no single cmdlet. */
import { managementShellText } from './about-management-shell.ts';
import { partnerTypesText } from './about-partner-types.ts';
import { settingsText } from './about-settings.ts';
import { sipRoutesText } from './about-sip-routes.ts';
import { describeParameters } from './cmdlet.ts';
import { commonParametersOf } from './common-parameters.ts';
import { outcomes } from './exit-code.ts';
import { wrapped } from './filled-lines.ts';
import { english, type Localize } from './localized-text.ts';

export interface AboutTopic {
  /** `about_exitcodes` */
  readonly name: string;
  readonly synopsis: string;
  /** Made of sentences that stand elsewhere, which are translated there. */
  readonly isComposed?: true;
  readonly text: (localize?: Localize) => string;
}

const ourCodes = [
  { code: 0, name: 'ok', meaning: 'done, or nothing to do' },
  { code: 1, name: 'bug', meaning: 'a crash; a report file is named on standard error; never chosen' },
  { code: 143, name: 'terminated', meaning: 'stopped by SIGTERM; the state is consistent' },
];

const exitCodesInPowerShell = `In PowerShell $? is false for 20 and 21 too, although they are answers and no
failures. pwsh -Command turns every code into 1 unless the script ends with
exit $LASTEXITCODE.`;

/** The sentences of about_exitcodes that stand nowhere else. */
export const exitCodeTexts: readonly string[] = [...ourCodes.map(({ meaning }) => meaning), exitCodesInPowerShell];

const exitCodes = (localize: Localize = english): string => {
  const rows = Object.entries(outcomes).map(([name, { code, meaning }]) => ({ code, name, meaning }));
  const lines = [...rows, ...ourCodes]
    .toSorted((left, right) => left.code - right.code)
    .flatMap(({ code, name, meaning }) => {
      const [first = '', ...rest] = wrapped(localize(meaning), 20);
      return [`  ${String(code).padStart(3)}  ${name.padEnd(12)} ${first.trimStart()}`, ...rest];
    });
  return `${lines.join('\n')}\n\n${localize(exitCodesInPowerShell)}`;
};

const commonParameters = (localize: Localize = english): string => {
  const cmdlet = { name: 'Set-X', synopsis: '', examples: [], impact: 'Medium' as const };
  const run = async (): Promise<void> => undefined;
  const parameters = describeParameters(commonParametersOf({ ...cmdlet, parameters: {}, run }));
  return parameters
    .flatMap(({ name, help, aliases = [] }) => [`  -${[name, ...aliases].join(', -')}`, ...wrapped(localize(help), 6)])
    .join('\n');
};

export const aboutTopics: readonly AboutTopic[] = [
  { name: 'about_exitcodes', synopsis: 'What the exit code of a cmdlet says.', isComposed: true, text: exitCodes },
  {
    name: 'about_commonparameters',
    synopsis: 'Parameters that every cmdlet has; those from WhatIf on belong to cmdlets that change something.',
    isComposed: true,
    text: commonParameters,
  },
  {
    name: 'about_arguments',
    synopsis: "How parameters are typed: PowerShell's way and GNU's way.",
    text: () => `These are the same:
  xgw set-xmppfederatedpartner fabrikam.com -TlsNegotiation Optional
  xgw Set-XmppFederatedPartner -Identity fabrikam.com -tlsnegotiation:optional
  xgw set-xmppfederatedpartner fabrikam.com --tls-negotiation=optional
  xgw set-csxmppallowedpartner fabrikam.com -Tls Opt

Names and listed values take any case and any unique beginning. XGW_STRICT=1
refuses abbreviated names, which is right for scripts.

Switch    -WhatIf   -WhatIf:false   --no-confirm
Bool      -EnableKeepAlive true     true false $true $false yes no on off 1 0
          In bash, zsh and fish $false is an empty variable and never arrives:
          write false. A Bool without its value is an error, never a guess.
List      a.com,b.com   or the parameter twice
Change    +new.com,-old.com   or '@{Add="new.com";Remove="old.com"}'
          A plain list replaces, $null empties.
Clear     -Description '$null'   or   -Description ''
Hyphen    -Description:-text   when the value begins with a hyphen
--        ends the parameters; everything after it is a value
-         objects from standard input`,
  },
  {
    name: 'about_pipes',
    synopsis: 'Objects through pipes, between cmdlets and with other programs.',
    text: () => `Into a pipe a cmdlet prints one JSON object a line. Property names are
parameter names, and the last property is Kind.

  xgw get-user | xgw grant-externalaccesspolicy - -PolicyName xmpp
  xgw get-xmppfederatedpartner | jq 'select(.PartnerType=="Federated")' |
      xgw set-xmppfederatedpartner - -TlsNegotiation Required

In PowerShell:
  xgw get-xmppfederatedpartner | ConvertFrom-Json |
      Where-Object PartnerType -eq Federated | ConvertTo-Json -Compress |
      xgw set-xmppfederatedpartner - -TlsNegotiation Required

A cmdlet reads JSON objects, a JSON array, CSV with a header row, or one name a
line. A lone - asks for it; where a required value is missing and standard input
is a pipe or a file, it is read without asking. What is typed overrides what
arrives. When some records fail and others do not, the exit code is 11.

-OutputFormat json is one array; csv, tsv, yaml, name and table are for others.
-ExpandProperty X prints the bare values of one property.`,
  },
  {
    name: 'about_confirmation',
    synopsis: '-WhatIf, -Confirm, -Force, and what happens where nobody can be asked.',
    text: () => `-WhatIf shows each field that would change, and what follows from it, and
changes nothing. Into a pipe it prints the changes as objects.

Changes of high impact ask first: removing several objects at once, replacing
the configuration. -Confirm asks always, -Confirm:false never. -Force skips the
questions and the protective refusals which the cmdlet's help names.
XGW_CONFIRMPREFERENCE (None, Low, Medium, High) moves the limit.

Without a terminal, with CI, XGW_NONINTERACTIVE or -NonInteractive nobody is
asked: the cmdlet ends at once with exit code 4 and the command line to use.`,
  },
  {
    name: 'about_migration',
    synopsis: 'From the XMPP gateway of Lync Server or Skype for Business Server.',
    text: () => `Lync's cmdlet names and parameters work here, so a saved line runs as it is:
  xgw New-CsXmppAllowedPartner -Identity contoso.com -PartnerType PublicVerified

1. Note what the old server has: Get-CsXmppAllowedPartner,
   Get-CsXmppGatewayConfiguration, Get-CsExternalAccessPolicy, Get-CsSipDomain.
2. Set up this gateway beside it. Nothing reaches it yet.
     xgw initialize-gateway contoso.com -WhatIf
     xgw new-xmppfederatedpartner contoso.com -PartnerType PublicVerified
     xgw request-certificate -New -Type ExternalEdge -Output edge.csr
3. Import the issued certificate, start the service, try it.
     xgw import-certificate -Path edge.cer -Type ExternalEdge
     xgw start-service
     xgw test-xmppim -Receiver user@contoso.com
4. Point the SRV record _xmpp-server._tcp of each SIP domain to this gateway.
   Lower its time to live the day before. Messages follow within that time.
5. Then switch XMPP off on the old server. Users who are still served by it have
   no XMPP from the moment the record has changed: move them first.`,
  },
  {
    name: 'about_partnertypes',
    synopsis: 'Who may add, see and write to whom: Federated, PublicVerified, PublicUnverified.',
    text: partnerTypesText,
  },
  {
    name: 'about_siproutes',
    synopsis: 'Where the users of a SIP domain are: at home here, or on other SIP servers.',
    text: sipRoutesText,
  },
  {
    name: 'about_managementshell',
    synopsis: 'The shell of cmdlets, scripts, and the language of both.',
    text: managementShellText,
  },
  {
    name: 'about_environment',
    synopsis: 'Environment variables.',
    text: () => `  XGW_HOME                 folder of the configuration store
  XGW_KEY_PASSPHRASE_FILE  file with the passphrase of encrypted private keys
  XGW_OUTPUT               -OutputFormat where none is given
  XGW_LANG                 language on a terminal: en or zh-TW
  XGW_NONINTERACTIVE       never ask
  XGW_STRICT               parameter names in full only
  XGW_CONFIRMPREFERENCE    None, Low, Medium or High
  XGW_TIMEOUT              seconds for acts on the network
  XGW_STDIN_TIMEOUT        seconds to wait for objects where nobody is asked
  XGW_JSON_ASCII           escape everything but ASCII in JSON
  XGW_ACCESSIBLE           ask in plain lines (about_accessibility)
  NO_COLOR, FORCE_COLOR    colours never, or always
  CI                       as XGW_NONINTERACTIVE
  XDG_CONFIG_HOME          folder of xgw/settings.yaml (about_settings)

Without XGW_HOME the store is /var/lib/xgw for root, else $XDG_STATE_HOME/xgw.`,
  },
  { name: 'about_settings', synopsis: 'Defaults for parameters, and files of parameters.', text: settingsText },
  {
    name: 'about_accessibility',
    synopsis: 'Screen readers, colours, narrow windows.',
    text: () => `Colour repeats what words say. NO_COLOR=1 or -NoColor turns it off.
Tables have a twin that reads line by line: -OutputFormat list.
A narrow window hides whole columns and names them; nothing is cut.
XGW_ACCESSIBLE=1 (or ACCESSIBLE=1) asks in plain lines: numbered choices, and an
answer that is typed and ended with Enter; < goes back. Then a terminal with
TERM=dumb is asked too. Nothing waits for an answer for a limited time.`,
  },
  {
    name: 'about_jobs',
    synopsis: 'Why there is no -AsJob.',
    text: () => `The shell's & runs a cmdlet beside others, a service manager runs it for
good, and -NoWait returns before a service is ready. The configuration lock lets
cmdlets that change something take turns.`,
  },
];
