/** Failures of what was typed, and of what nobody was there to answer: a part of the table in `failures.ts`. */
export const commandLineFailures = {
  CmdletNotFound: {
    category: 'usage',
    meaning: 'No cmdlet or alias has this name. get-command lists all of them.',
    next: 'xgw get-command',
  },
  NamedParameterNotFound: {
    category: 'usage',
    meaning: 'The cmdlet has no parameter of this name or with this beginning.',
    next: 'xgw get-help about_arguments',
  },
  AmbiguousParameter: {
    category: 'usage',
    meaning: 'The abbreviated parameter name fits several parameters; type more of it.',
    next: 'xgw get-help about_arguments',
  },
  AbbreviationNotAllowed: {
    category: 'usage',
    meaning: 'XGW_STRICT is set, so parameter names must be written in full.',
    next: 'xgw get-help about_settings',
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
    next: 'xgw get-help about_arguments',
  },
  EmptyValue: {
    category: 'usage',
    meaning:
      'A parameter ends in ":" or "=" and nothing follows. In bash and zsh $true and $false are empty shell variables: write true or false.',
    next: 'xgw get-help about_arguments',
  },
  CannotConvertArgument: {
    category: 'usage',
    meaning: 'The value does not have the type of the parameter.',
    next: 'xgw get-help about_arguments',
  },
  ParameterConflict: { category: 'usage', meaning: 'These parameters exclude each other.' },
  HashtableStringified: {
    category: 'usage',
    meaning: 'PowerShell turned @{...} into the text System.Collections.Hashtable; quote it or use the +x,-y form.',
    next: 'xgw get-help about_arguments',
  },
  ListModifierBroken: {
    category: 'usage',
    meaning:
      'The shell took a list modifier such as @{Add="x"} apart before it arrived; quote it or use the +x,-y form.',
    next: 'xgw get-help about_arguments',
  },
  SecretOnCommandLine: {
    category: 'usage',
    meaning:
      'Secrets are never taken from the command line, where every user of the machine can read them. Give a file or standard input, and clear the shell history.',
  },
  InputTypeMismatch: {
    category: 'usage',
    meaning: 'The objects that arrived through the pipe are of a kind this cmdlet does not take.',
    next: 'xgw get-command',
  },
  NotSupportedOutsideShell: {
    category: 'usage',
    meaning:
      'It needs the session of the management shell, variables or a transcript, and there is none between processes.',
    next: 'xgw get-help about_managementshell',
  },
  UnsupportedSyntax: {
    category: 'usage',
    meaning:
      'This part of PowerShell is not in the language of the management shell; get-help about_managementshell lists what is. No line of the script was run.',
    next: 'xgw get-help about_managementshell',
  },
  SyntaxError: {
    category: 'usage',
    meaning: 'The script cannot be read at this place: something is missing or too much. No line of it was run.',
    next: 'xgw get-help about_managementshell',
  },
  ScriptLimitReached: {
    category: 'invalid',
    meaning:
      'A loop went around too often, or a list or text grew too large. Do the work in several scripts, or with a pipe.',
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
  RemovalTooLarge: {
    category: 'needsinput',
    meaning:
      'One command would remove more than five objects, or more than a fifth of a kind. On a terminal the count is typed; elsewhere -MaximumRemoval says how many are meant, and -Confirm:false that nobody is asked.',
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
      'What arrived on standard input is none of the forms that are read: one JSON object a line, a JSON array, CSV with a header, CLIXML, or one name a line.',
  },
} as const;
