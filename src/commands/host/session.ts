/** One run of a cmdlet: the process it runs in, its common parameters, and what follows from both. */
import os from 'node:os';

import { correlationId } from '../../primitives/ids.ts';
import type { ConfigStore, Update } from '../../store/config-store.ts';
import { openConfigStore } from '../../store/open-config-store.ts';
import type { BoundValues } from './binding.ts';
import { outputFinder } from './catalogue-file.ts';
import type { Cmdlet, Impact, ShellHost } from './cmdlet.ts';
import { paletteOf } from './colour.ts';
import { commandLine } from './command-line.ts';
import type { CommonValues } from './common-parameters.ts';
import { isJson } from './invocation.ts';
import { type Localize, localizer } from './localized-text.ts';
import { type Messages, messagesOf } from './messages.ts';
import { type ObjectWriter, objectWriter } from './object-writer.ts';
import type { Pipe } from './pipe.ts';
import { pipeWriter } from './pipe-writer.ts';
import { ask } from './prompt.ts';
import type { ErrorView } from './report-error.ts';
import type { Settings } from './settings-file.ts';
import { type ProcessRules, type ShouldProcess, shouldProcessOf } from './should-process.ts';
import { type Account, storeLocation } from './store-location.ts';
import { canAsk, type HostProcess, isAccessible, isSet, wantsColour } from './surroundings.ts';
import type { Transcript } from './transcript.ts';

export interface Run {
  readonly cmdlet: Cmdlet;
  readonly host: HostProcess;
  /** What was typed after the cmdlet. */
  readonly tokens: readonly string[];
  readonly common: CommonValues;
  /** Values that settings.yaml has for what neither the line nor the pipe gives. */
  readonly defaults: BoundValues;
  readonly settings: Settings;
  /** Standard input brings objects, so nobody can answer there. */
  readonly readsInput: boolean;
  readonly signal: AbortSignal;
  /** See `CmdletContext.hurry`. */
  readonly hurry?: () => AbortSignal;
  /** Of the management shell that it runs in. */
  readonly transcript?: Transcript;
  /** The neighbours of a cmdlet that another one runs in this process. */
  readonly pipe?: Pipe;
  /** For cmdlets that run others: made when it is first asked for. */
  readonly shell?: (session: Session) => ShellHost;
}

export interface Session extends Run {
  readonly format: string;
  readonly errorView: ErrorView;
  readonly interactive: boolean;
  readonly messages: Messages;
  readonly writer: ObjectWriter;
  readonly process: ShouldProcess;
  /** The exit code, when the cmdlet decides it itself. */
  readonly ending: { code?: number };
  /** Names what is done now, in the audit log and in error records. */
  correlationId(): string;
  readonly lockTimeoutMs: number;
  readonly localize: Localize;
  readonly act: Act;
  /** Opened when it is first asked for. */
  store(): ConfigStore;
}

/** What has come of the present act, for the audit log. */
export interface Act {
  readonly updates: Update[];
  /** Something other than a change of the configuration was let happen, or held back. */
  proceeded: boolean;
  withheld: boolean;
  target?: string | undefined;
}

/** Milliseconds to wait for other writers, unless -LockTimeout says otherwise. Source: the catalogue of cmdlets. */
const lockTimeoutMs = 10_000;

export function openSession(run: Run): Session {
  const { cmdlet, host, common } = run;
  const { stdin, stderr, env } = host;
  const preferred = run.pipe ? '' : host.env['XGW_OUTPUT'];
  const format = (common.OutputFormat ?? (preferred || 'auto')).toLowerCase();
  const localize = localizer(host, common.Language);
  const interactive = !run.readsInput && canAsk(host, common.NonInteractive === true);
  const writer = writerOf(run, format);
  const messages = flushingFirst(messagesFor(run, localize), writer);
  let store: ConfigStore | undefined;
  const act: Act = { updates: [], proceeded: false, withheld: false };
  let id: string | undefined;
  const waitMs = common.LockTimeout === undefined ? lockTimeoutMs : common.LockTimeout * 1000;
  const location = (): string => storeFolder(host, common.ConfigStore);
  return {
    ...run,
    format,
    errorView: common.ErrorView ?? (isJson(format) ? 'Json' : 'Concise'),
    interactive,
    messages,
    writer,
    ending: {},
    act,
    // When it is first asked for: cryptography is not loaded for what only reads.
    correlationId: () => (id ??= correlationId(new Date())),
    lockTimeoutMs: waitMs,
    localize,
    process: recorded(act, {
      cmdlet: cmdlet.name,
      ...preferencesOf(run),
      interactive,
      ifRevision: common.IfRevision,
      lockTimeoutMs: waitMs,
      maximumRemoval: common.MaximumRemoval,
      confirmedCommand: confirmedCommand(run),
      ask: async (question) =>
        await ask(question, { stdin, stderr, signal: run.signal, plain: isAccessible(env), localize }),
      say: messages.say,
      localize,
      ...(isCaptured(run, format) ? { emit: (object) => writer.write(object) } : {}),
    }),
    store: () =>
      (store ??= observed(
        openConfigStore(location(), { onWaiting: (holder) => messages.say(waitingLine(holder)) }),
        act,
      )),
  };
}

/** Whoever changes the configuration, and by which way: the audit log hears of it. */
const observed = (store: ConfigStore, act: Act): ConfigStore => ({
  ...store,
  async update(change) {
    act.target = change.target;
    const update = await store.update(change);
    act.updates.push(update);
    return update;
  },
});

/** What may happen and what was held back: the audit log hears of that too. */
function recorded(act: Act, rules: ProcessRules): ShouldProcess {
  const processing = shouldProcessOf(rules);
  return {
    ...processing,
    async commit(change, store) {
      const committed = await processing.commit(change, store);
      if (committed.withheld) act.withheld = true;
      return committed;
    },
    async shouldProcess(target, action, impact) {
      const may = await processing.shouldProcess(target, action, impact);
      Object.assign(act, may ? { proceeded: true, target } : { withheld: true });
      return may;
    },
  };
}

/** Whether a program reads standard output, or a person. */
export const isCaptured = ({ host, pipe }: Run, format: string): boolean =>
  host.stdout.isTTY !== true || pipe?.isShown === false || isJson(format);

export const storeFolder = (host: HostProcess, given: string | undefined): string =>
  storeLocation(given, accountOf(host));

export const accountOf = ({ env, platform, getuid }: HostProcess): Account => ({
  env,
  platform,
  isRoot: getuid?.() === 0,
  home: env['HOME'] || os.homedir(),
});

const waitingLine = (holder: { readonly pid: number; readonly cmdlet: string } | undefined): string =>
  `waiting for the configuration lock${holder ? `, held by pid ${holder.pid} ${holder.cmdlet}` : ''} ...`;

function preferencesOf({ cmdlet, host, common }: Run) {
  const preferences: readonly (Impact | 'None')[] = ['None', 'Low', 'Medium', 'High'];
  const preferred = (host.env['XGW_CONFIRMPREFERENCE'] ?? '').toLowerCase();
  return {
    impact: cmdlet.impact ?? ('Medium' as const),
    whatIf: common.WhatIf === true,
    confirm: common.Confirm ?? (common.Yes ? false : undefined),
    force: common.Force === true || common.Yes === true,
    preference: preferences.find((each) => each.toLowerCase() === preferred) ?? ('High' as const),
  };
}

function confirmedCommand({ cmdlet, tokens, pipe }: Run): string {
  const others = tokens.filter((token) => !/^-{1,2}(?:cf|confirm)\b/i.test(token));
  const command = commandLine(cmdlet.name, [...others, '-Confirm:false']);
  // What the pipe brings is not part of the command.
  return pipe?.input ? `... | ${command}` : command;
}

function messagesFor({ cmdlet, host, common }: Run, localize: Localize): Messages {
  const { stderr, env } = host;
  const isHidden = (preference: string | undefined): boolean => /^(?:SilentlyContinue|Ignore)$/.test(preference ?? '');
  return messagesOf({
    write: (text) => void stderr.write(text),
    palette: paletteOf(wantsColour(stderr, env, common.NoColor === true)),
    cmdlet: cmdlet.name,
    localize,
    asJson: common.LogFormat === 'json',
    quiet: common.Quiet === true,
    verbose: common.Verbose === true || common.Debug === true,
    warnings: !isHidden(common.WarningAction),
    forPerson:
      (stderr.isTTY === true || common.InformationAction === 'Continue') && !isHidden(common.InformationAction),
    now: () => new Date(),
  });
}

/** On a terminal both streams go to the same screen: what was written comes before what is said about it. */
function flushingFirst(messages: Messages, writer: ObjectWriter): Messages {
  const first =
    (tell: (text: string) => void) =>
    (text: string): void => {
      writer.flush();
      tell(text);
    };
  return {
    warn: first(messages.warn),
    verbose: first(messages.verbose),
    done: first(messages.done),
    hint: first(messages.hint),
    say: first(messages.say),
  };
}

function writerOf({ cmdlet, host, common, pipe }: Run, format: string): ObjectWriter {
  const { stdout, stderr, env, platform } = host;
  // Inside of the shell objects stay objects, unless this cmdlet was asked for text.
  if (pipe && format === 'auto' && common.ExpandProperty === undefined) {
    return pipeWriter(pipe, cmdlet.output, common.Property);
  }
  return objectWriter({
    format,
    isTerminal: stdout.isTTY === true,
    width: stdout.columns,
    palette: paletteOf(wantsColour(stdout, env, common.NoColor === true)),
    asciiOnly: isSet(env, 'XGW_JSON_ASCII') || (platform === 'win32' && stdout.isTTY !== true),
    output: cmdlet.output,
    outputOf: outputFinder(host.argv[1] ?? ''),
    properties: common.Property,
    expand: common.ExpandProperty,
    reads: cmdlet.impact === undefined,
    write: (text) => (pipe ? pipe.emit(text.replace(/\n$/, '')) : void stdout.write(text)),
    note: (line) => void stderr.write(`${line}\n`),
  });
}
