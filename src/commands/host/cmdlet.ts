/**
 * What a cmdlet is: one definition, from which the binder, prompts, help, completion, documentation and the
 * acceptance of its examples are all made. A definition declares and delegates; it prints nothing and asks nothing.
 */
import type { Configuration } from '../../config/configuration.ts';
import type { CodedError } from '../../primitives/errors.ts';
import type { FailureId } from '../../primitives/failures.ts';
import type { Result } from '../../primitives/result.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import type { Screen } from '../screen/screen.ts';
import type { Localize } from './localized-text.ts';
import type { BoundRun } from './pipe.ts';
import type { Question } from './question.ts';
import type { HostProcess } from './surroundings.ts';
import type { Transcript } from './transcript.ts';

/** How the text of one value becomes a value. `name` is what help shows: `Domain`, `Bool`, `UInt`, `Path`, `List<Domain>`. */
export interface ValueType<T> {
  readonly name: string;
  readonly kind: 'switch' | 'bool' | 'value' | 'list';
  /** The allowed words, when they can be listed. They bind without regard to case, hyphens, and by unique prefix. */
  readonly values?: readonly string[];
  /** One text, without the quotes around it. A `list` gets all its items in one text, separated by commas. */
  parse(text: string): Result<T, string>;
  /** What the refusal of this text is called; absent: `CannotConvertArgument`. */
  refusal?(text: string): FailureId;
  /** A value of the management shell as it is; absent: its text is parsed. */
  take?(value: unknown): Result<unknown, string>;
}

export interface Parameter<T> {
  readonly help: string;
  readonly type: ValueType<T>;
  readonly mandatory: boolean;
  readonly position?: number;
  readonly aliases?: readonly string[];
  /** What binds from a pipe: the whole record or plain line (`value`), a property of the same name (`property`), or either. */
  readonly pipeline?: 'value' | 'property' | 'both';
  /** Whether `*`, `?` and `[]` select several. */
  readonly wildcard?: boolean;
  /** The default as help prints it. The cmdlet itself applies it. */
  readonly defaultText?: string;
  /** Secrets are refused on the command line, with the words to say instead. */
  readonly refusedBecause?: string;
}

type AnyParameter = Parameter<any>;
export type Parameters = Readonly<Record<string, AnyParameter>>;

export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

export type Impact = 'Low' | 'Medium' | 'High';

/** An object as cmdlets emit it: property names in PascalCase, equal to the parameter names. */
export type OutputObject = Readonly<Record<string, unknown>>;

export interface OutputKind {
  /** `XmppFederatedPartner`; every object carries it as its last property `Kind`. */
  readonly kind: string;
  /** Columns of the table, most important first: a narrow terminal drops from the end. */
  readonly table: readonly string[];
}

export interface Example {
  /** What is typed, without the leading `xgw`. */
  readonly command: string;
  readonly shows: string;
}

/** A change of the configuration: what -WhatIf prints, -Confirm asks, and the store performs. */
export interface ConfigurationChange {
  /** The object that changes. */
  readonly target: string;
  /** Pure; throws a CodedError to refuse. */
  apply(current: Configuration): Configuration;
  /** Raises the cmdlet's impact for this change: several objects at once, something others depend on. */
  readonly impact?: Impact;
  /** What follows from the change, one sentence each, shown with -WhatIf. */
  consequences?(before: Configuration, after: Configuration): readonly string[];
}

export interface Committed {
  readonly before: Configuration;
  readonly after: Configuration;
  /** False after -WhatIf, after a No, and when nothing differed. */
  readonly changed: boolean;
  /** True when -WhatIf or a No stopped the change: then the cmdlet must do nothing else either. */
  readonly withheld: boolean;
}

/** Everything a cmdlet may touch. Replaced whole in tests. */
export interface CmdletContext {
  readonly store: ConfigStore;
  /** `New-XmppFederatedPartner`. */
  readonly cmdlet: string;
  /** -WhatIf was given: look, but change nothing, make no file and send nothing. */
  readonly whatIf: boolean;
  readonly force: boolean;
  /** -PassThru or a cmdlet that always returns its object. */
  readonly passThru: boolean;
  /** -Quiet: answers only, in the shortest form. */
  readonly quiet: boolean;
  /** Of the management shell that the cmdlet runs in. */
  readonly transcript?: Transcript | undefined;
  /** Milliseconds of -Timeout, or undefined when it was not given. */
  readonly timeoutMs: number | undefined;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborts on the second one. Whoever asks for it ends soon then by itself; only the third one ends the process. */
  hurry(): AbortSignal;
  /** Whether somebody is there to answer. */
  readonly interactive: boolean;
  /** A sentence of the source in the language of the person who reads. */
  readonly localize: Localize;
  /** -OutputFormat in lower case: `auto` when it was not given, else a common format or one of the cmdlet's own `formats`. */
  readonly format: string;
  /** Whether a person reads standard output, and asked for no format of data: then a picture may stand in place of objects. */
  readonly forPerson: boolean;
  /** The command that runs this program again: node and its script. */
  readonly program: readonly string[];
  now(): Date;
  /** One object to stdout, at once. */
  write(object: OutputObject): void;
  /** Whatever there is, an object, a text or a number, onward: what filters hand on. */
  emit(value: unknown): void;
  /** Objects laid out for people, whoever reads; `columns` are properties. */
  view(objects: readonly OutputObject[], form: 'table' | 'list', columns?: readonly string[]): string;
  /** Text to stdout as it is, for what is no object: a zone file, a PEM block, a picture. A final line break is added when missing. */
  writeText(text: string): void;
  /** Preview, question, or change, as the common parameters say. */
  commit(change: ConfigurationChange): Promise<Committed>;
  /** The question for what is not a change of the configuration. False: do nothing, and that is no failure. */
  shouldProcess(target: string, action: string, impact?: Impact): Promise<boolean>;
  /** Reads a whole file or, for `-`, standard input, which may be asked for again. @throws CodedError `FileNotFound` */
  readInput(path: string): Promise<Buffer>;
  /** One line to stderr: `OK  partner fabrikam.com created. Revision 2.` Only where a person reads. */
  done(sentence: string): void;
  /** A hint of what to type next; only where a person reads. */
  hint(line: string): void;
  /** One line to stderr for everybody: the story of a cmdlet whose work is to tell one. */
  say(line: string): void;
  warn(sentence: string): void;
  verbose(sentence: string): void;
  /** Hidden input of a secret, asked twice when `isNew`. @throws CodedError `MandatoryParameterMissing` where nobody can be asked */
  askSecret(question: string, isNew: boolean): Promise<string>;
  /** One question on the terminal; undefined when the person went back. @throws CodedError `MandatoryParameterMissing` where nobody can be asked */
  ask(question: Question): Promise<string | undefined>;
  /** The whole terminal, for a picture to move about in; undefined where nobody sits at one, or wants plain lines. */
  openScreen(): Screen | undefined;
  /** Plain lines are wanted in place of pictures that are drawn again: a screen reader follows. */
  readonly accessible: boolean;
  /** Every cmdlet there is, in help order, without its code. */
  catalogue(): readonly CmdletDescription[];
  /** Ends with this exit code, without an error record: it is that of something which was run inside. */
  endWith(exitCode: number): void;
  /** The other cmdlets, in the bundles that carry them. */
  readonly shell?: ShellHost | undefined;
}

/** What the management shell runs cmdlets with, in its own process. */
export interface ShellHost {
  readonly host: HostProcess;
  readonly cmdlets: readonly Cmdlet[];
  /** The store's folder. */
  readonly folder: string;
  /** Everything that may follow the name of the cmdlet. */
  parametersOf(cmdlet: Cmdlet): Parameters;
  /** @param values - Those that words of the form U+0000 index U+0000 stand for. @throws CodedError for what does not bind. */
  bind(cmdlet: Cmdlet, words: readonly string[], values: readonly unknown[]): BoundRun;
  /** An error record to standard error, in the view that was asked for. @param typed - The line. */
  report(error: CodedError, cmdlet: string, typed: string): void;
  /** As scripts see it in `$Error`. */
  errorRecord(error: CodedError, cmdlet: string): OutputObject;
  /** What is written next has nothing to do with what was. */
  restartOutput(): void;
  /** -ErrorAction of what runs the script. */
  readonly errorAction: string | undefined;
  readonly transcript: Transcript;
  /** Ctrl-C ends the work, and not the process. */
  interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export interface CmdletDefinition<P extends Parameters> {
  /** Approved PowerShell verb, hyphen, singular noun: `New-XmppFederatedPartner`. */
  readonly name: string;
  /** Lync's name first, then short ones. */
  readonly aliases?: readonly string[];
  readonly synopsis: string;
  readonly description?: string;
  readonly parameters: P;
  readonly examples: readonly Example[];
  /** Absent for cmdlets that only read: those have no -WhatIf, -Confirm, -Force, -PassThru. */
  readonly impact?: Impact;
  readonly output?: OutputKind;
  /** Kinds of objects the pipe may bring; absent: those of its own noun. Objects that carry no Kind are always taken. */
  readonly accepts?: readonly string[];
  /** A parameter, a list, that gets all that the pipe brings, in one run: so that it is one change. */
  readonly gathers?: string;
  /** Formats beyond the common ones (`bind`, `pem`, `markdown`), which the cmdlet prints itself with `writeText`. */
  readonly formats?: readonly string[];
  /** Called once per record of the pipe, or once. Objects go out through `context.write`. */
  run(values: Values<P>, context: CmdletContext): Promise<void>;
  /**
   * The values, asked from a person who typed none, in place of the mandatory ones one by one.
   *
   * @param defaults - Those of settings.yaml: they are offered, and hold for what is not asked.
   */
  form?(
    context: CmdletContext,
    own: Cmdlet,
    defaults: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** In place of `run`, for what needs all that the pipe brings: called once, with everything as it arrives. */
  filter?(input: AsyncIterable<unknown>, values: Values<P>, context: CmdletContext): Promise<void>;
}

export type Cmdlet = CmdletDefinition<any>;

export const defineCmdlet = <P extends Parameters>(definition: CmdletDefinition<P>): CmdletDefinition<P> => definition;

/** A definition as data: what help, completion and documentation read. */
export interface CmdletDescription extends Omit<Cmdlet, 'parameters' | 'run' | 'filter' | 'form'> {
  readonly parameters: readonly ParameterDescription[];
}

export interface ParameterDescription extends Omit<Parameter<unknown>, 'type'> {
  readonly name: string;
  readonly type: Omit<ValueType<unknown>, 'parse' | 'refusal'>;
}

export const describeParameters = (parameters: Parameters): readonly ParameterDescription[] =>
  Object.entries(parameters).map(([name, { type, ...rest }]) => {
    const { name: typeName, kind, values } = type;
    return { ...rest, name, type: { name: typeName, kind, ...(values ? { values } : {}) } };
  });

export function describeCmdlet(cmdlet: Cmdlet): CmdletDescription {
  const { parameters, ...rest } = cmdlet;
  return { ...rest, parameters: describeParameters(parameters) };
}
