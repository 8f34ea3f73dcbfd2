/**
 * Every failure this program can report, in one place, so that a new one is a visible change.
 * `meaning` is the offline help page of the id: one or two sentences, what it means and what to look at first.
 */
import { certificateFailures } from './certificate-failures.ts';

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

interface Failure {
  readonly category: Category;
  readonly meaning: string;
}

const define = <T extends Readonly<Record<string, Failure>>>(table: T): T => table;

export const failures = define({
  // The command line
  CmdletNotFound: { category: 'usage', meaning: 'No cmdlet or alias has this name. get-command lists all of them.' },
  NamedParameterNotFound: {
    category: 'usage',
    meaning: 'The cmdlet has no parameter of this name or with this beginning.',
  },
  AmbiguousParameter: {
    category: 'usage',
    meaning: 'The abbreviated parameter name fits several parameters; type more of it.',
  },
  AbbreviationNotAllowed: {
    category: 'usage',
    meaning: 'XGW_STRICT is set, so parameter names must be written in full.',
  },
  ParameterAlreadyBound: { category: 'usage', meaning: 'The same parameter was given twice.' },
  PositionalParameterNotFound: {
    category: 'usage',
    meaning: 'There are more values without a parameter name than the cmdlet takes.',
  },
  MissingArgument: {
    category: 'usage',
    meaning:
      'A parameter stands there without its value. In bash and zsh $true and $false are empty shell variables: write true or false.',
  },
  EmptyValue: {
    category: 'usage',
    meaning:
      'A parameter ends in ":" or "=" and nothing follows. In bash and zsh $true and $false are empty shell variables: write true or false.',
  },
  CannotConvertArgument: { category: 'usage', meaning: 'The value does not have the type of the parameter.' },
  ParameterConflict: { category: 'usage', meaning: 'These parameters exclude each other.' },
  HashtableStringified: {
    category: 'usage',
    meaning: 'PowerShell turned @{...} into the text System.Collections.Hashtable; quote it or use the +x,-y form.',
  },
  ListModifierBroken: {
    category: 'usage',
    meaning:
      'The shell took a list modifier such as @{Add="x"} apart before it arrived; quote it or use the +x,-y form.',
  },
  SecretOnCommandLine: {
    category: 'usage',
    meaning:
      'Secrets are never taken from the command line, where every user of the machine can read them. Give a file or standard input, and clear the shell history.',
  },
  InputTypeMismatch: {
    category: 'usage',
    meaning: 'The objects that arrived through the pipe are of a kind this cmdlet does not take.',
  },
  NotSupportedOutsideShell: {
    category: 'usage',
    meaning: 'This common parameter stores into a session variable, and there is no session between processes.',
  },
  // Somebody is needed
  MandatoryParameterMissing: {
    category: 'needsinput',
    meaning: 'Values are missing and there is no terminal to ask on.',
  },
  ConfirmationRequired: {
    category: 'needsinput',
    meaning: 'The change needs a confirmation and there is no terminal to ask on. -Confirm:false gives it.',
  },
  NothingArrived: { category: 'needsinput', meaning: 'Objects were expected on standard input and none arrived.' },
  Interrupted: {
    category: 'interrupted',
    meaning: 'The cmdlet was stopped by a signal. What had been committed stays, nothing is half done.',
  },
  PartialFailure: {
    category: 'partial',
    meaning: 'Some of the objects failed, the others were done. Each failure has its own error record.',
  },
  InputUnreadable: {
    category: 'invalid',
    meaning:
      'What arrived on standard input is none of the forms that are read: one JSON object a line, a JSON array, CSV with a header, or one name a line.',
  },
  // Names and values
  ObjectNotFound: {
    category: 'notfound',
    meaning: 'No object has this name. The get- cmdlet of the noun lists those that exist.',
  },
  HelpTopicNotFound: {
    category: 'notfound',
    meaning: 'There is no help for this word. get-command lists the cmdlets, get-help about_exitcodes the exit codes.',
  },
  FileNotFound: { category: 'notfound', meaning: 'The file does not exist or is not readable.' },
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
  DomainIsLocal: { category: 'invalid', meaning: 'One of your own SIP domains cannot be an XMPP partner.' },
  DomainNotLocal: { category: 'invalid', meaning: 'The address is not in one of your SIP domains.' },
  DomainBelongsToPartner: {
    category: 'conflict',
    meaning: 'The domain is already the primary or an additional domain of another partner.',
  },
  ContactRefused: {
    category: 'invalid',
    meaning: 'A closed gate or a limit stands in the way of this contact. test-presence names the rule.',
  },
  NegotiationNotValid: {
    category: 'invalid',
    meaning: 'TLS, SASL and dialback settings leave no authentication method, so no stream could ever be established.',
  },
  PartnerAlreadyExists: {
    category: 'conflict',
    meaning:
      'An XMPP federated partner of this name exists. Use the set- cmdlet, -Force to replace it or -IfNotExists to leave it.',
  },
  ObjectAlreadyExists: {
    category: 'conflict',
    meaning: 'An object of this name exists. Use the set- cmdlet, -Force to replace it or -IfNotExists to leave it.',
  },
  ObjectInUse: { category: 'conflict', meaning: 'The object cannot be removed while others depend on it.' },
  RevisionConflict: {
    category: 'conflict',
    meaning: 'The configuration has another revision than -IfRevision demands: somebody else changed it.',
  },
  OutputDenied: {
    category: 'denied',
    meaning: 'The output file could not be written: the folder belongs to somebody else, or the disk is full.',
  },
  FileExists: { category: 'conflict', meaning: 'The output file exists. -Force overwrites it.' },
  // The store
  ConfigurationDamaged: {
    category: 'invalid',
    meaning:
      'The store file is not what this program wrote. Nothing was overwritten; repair the named field or restore a revision.',
  },
  ConfigurationTooNew: {
    category: 'invalid',
    meaning: 'The store file was written by a newer version of this program.',
  },
  StateTooNew: {
    category: 'invalid',
    meaning:
      'The run-time state, state/gateway in the store folder, was written by a newer version of this program. Use that version, or move the folder away: subscriptions and approvals are forgotten then.',
  },
  StateBusy: { category: 'busy', meaning: 'Another process has the run-time state of this store open.' },
  StoreBusy: { category: 'busy', meaning: 'Another process holds the configuration lock. The message names it.' },
  StoreDenied: {
    category: 'denied',
    meaning: 'The store folder or a file in it cannot be read or written by this user.',
  },
  StoreFull: {
    category: 'unavailable',
    meaning: 'The disk took only a part of the new configuration. The old one is still in place.',
  },
  KeyFileExposed: { category: 'denied', meaning: 'A key file can be read by other users. chmod 600 it.' },
  KeyFileDamaged: {
    category: 'invalid',
    meaning: 'A file in the keys folder of the store is not what this program wrote. Restore it from a backup.',
  },
  ...certificateFailures,
  // The service
  ServiceNotRunning: { category: 'unavailable', meaning: 'The gateway service is not running on this store.' },
  ServiceAlreadyRunning: { category: 'conflict', meaning: 'Another gateway process runs on this store.' },
  ServiceStartFailed: {
    category: 'unavailable',
    meaning: 'The gateway process ended before it was ready. The event log has its last words.',
  },
  ServiceTimeout: { category: 'timeout', meaning: 'The gateway did not reach the wanted state within the time limit.' },
  ListenerInUse: {
    category: 'unavailable',
    meaning: 'Another process listens on the port. The message names it where the system tells.',
  },
  ListenerDenied: { category: 'denied', meaning: 'The system does not let this user listen on that address or port.' },
  ListenerFailed: { category: 'unavailable', meaning: 'The listen address cannot be used on this machine.' },
  SipDomainMissing: { category: 'unavailable', meaning: 'No SIP domain is configured, so there is nobody to serve.' },
  DifferencesFound: {
    category: 'different',
    meaning: 'The two sides differ. Reported as a failure only because -DetailedExitCode asked for it.',
  },
  // Tests
  TestFailed: { category: 'failedtest', meaning: 'The test ran and its answer is no.' },
});

export type FailureId = keyof typeof failures;
