/**
 * Every failure this program can report, in one place, so that a new one is a visible change.
 * `meaning` and `next` are the offline help page of the id, and its place in docs/troubleshooting.md.
 */
import { certificateFailures } from './certificate-failures.ts';
import { commandLineFailures } from './command-line-failures.ts';
import { serviceFailures } from './service-failures.ts';
import { storeFailures } from './store-failures.ts';

/** What kind of failure this is. `commands/host/exit-code.ts` gives each kind its exit code. */
export type Category =
  | 'usage'
  | 'notfound'
  | 'needsinput'
  | 'invalid'
  | 'conflict'
  | 'busy'
  | 'denied'
  | 'unavailable'
  | 'timeout'
  | 'partial'
  | 'different'
  | 'failedtest'
  | 'interrupted';

export interface Failure {
  readonly category: Category;
  readonly meaning: string;
  /** What to look at first, as a command line; absent where the message says all there is to do. */
  readonly next?: string;
}

const define = <T extends Readonly<Record<string, Failure>>>(table: T): T => table;

export const failures = define({
  ...commandLineFailures,
  // Names and values
  ObjectNotFound: {
    category: 'notfound',
    meaning: 'No object has this name. The get- cmdlet of the noun lists those that exist.',
  },
  HelpTopicNotFound: {
    category: 'notfound',
    meaning: 'There is no help for this word. get-command lists the cmdlets, get-help about_exitcodes the exit codes.',
    next: 'xgw get-command',
  },
  FileNotFound: { category: 'notfound', meaning: 'The file does not exist or is not readable.' },
  FileNotValid: {
    category: 'invalid',
    meaning:
      'A file of settings or parameters is not the YAML or JSON that it must be, or others may write it. The message names the place.',
    next: 'xgw get-help about_settings',
  },
  InvalidDomain: {
    category: 'invalid',
    meaning:
      'The text is not a domain name: labels of letters, digits and hyphens, at least two of them, 253 characters at most.',
  },
  InvalidAddress: { category: 'invalid', meaning: 'The text is not a SIP address such as sip:alice@contoso.com.' },
  InvalidValue: {
    category: 'invalid',
    meaning: 'The value is understood but not allowed here; the message names the allowed ones.',
  },
  ImportRefused: {
    category: 'invalid',
    meaning:
      'Objects of the file cannot be what the file says, and nothing was imported: the message names each, its place and why. Repair the file, or leave them out with -SkipRefused.',
    next: 'xgw import-configuration -Path partners.xml -WhatIf',
  },
  SurvivableBranchUser: {
    category: 'invalid',
    meaning:
      'A user of a survivable branch appliance has neither IM nor presence with XMPP contacts, and is not moved. Move the user to a pool there first, then set-user -SurvivableBranch false.',
    next: 'xgw get-user -OnSurvivableBranch',
  },
  DomainIsLocal: {
    category: 'invalid',
    meaning: 'One of your own SIP domains cannot be an XMPP partner.',
    next: 'xgw get-sipdomain',
  },
  DomainNotLocal: {
    category: 'invalid',
    meaning: 'The address is not in one of your SIP domains.',
    next: 'xgw get-sipdomain',
  },
  DomainBelongsToPartner: {
    category: 'conflict',
    meaning: 'The domain is already the primary or an additional domain of another partner.',
    next: 'xgw get-xmppfederatedpartner',
  },
  ContactRefused: {
    category: 'invalid',
    meaning: 'A closed gate or a limit stands in the way of this contact. test-presence names the rule.',
    next: 'xgw test-presence sip:alice@contoso.com bob@fabrikam.com',
  },
  NegotiationNotValid: {
    category: 'invalid',
    meaning: 'TLS, SASL and dialback settings leave no authentication method, so no stream could ever be established.',
    next: 'xgw show-negotiation fabrikam.com',
  },
  PartnerAlreadyExists: {
    category: 'conflict',
    meaning:
      'An XMPP federated partner of this name exists. Use the set- cmdlet, -Force to replace it or -IfNotExists to leave it.',
    next: 'xgw get-xmppfederatedpartner fabrikam.com',
  },
  ObjectAlreadyExists: {
    category: 'conflict',
    meaning: 'An object of this name exists. Use the set- cmdlet, -Force to replace it or -IfNotExists to leave it.',
  },
  ObjectInUse: { category: 'conflict', meaning: 'The object cannot be removed while others depend on it.' },
  RevisionConflict: {
    category: 'conflict',
    meaning: 'The configuration has another revision than -IfRevision demands: somebody else changed it.',
    next: 'xgw get-configurationhistory',
  },
  OutputDenied: {
    category: 'denied',
    meaning: 'The output file could not be written: the folder belongs to somebody else, or the disk is full.',
  },
  FileExists: { category: 'conflict', meaning: 'The output file exists. -Force overwrites it.' },
  ...storeFailures,
  ...certificateFailures,
  ...serviceFailures,
  // Tests and comparisons
  DifferencesFound: {
    category: 'different',
    meaning: 'The two sides differ. Reported as a failure only because -DetailedExitCode asked for it.',
  },
  TestFailed: { category: 'failedtest', meaning: 'The test ran and its answer is no.' },
});

export type FailureId = keyof typeof failures;

export const failurePages: readonly (readonly [id: FailureId, page: Failure])[] = Object.entries(
  failures as Readonly<Record<FailureId, Failure>>,
) as readonly (readonly [FailureId, Failure])[];
