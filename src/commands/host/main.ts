/** One cmdlet from argv to exit code, and the only place that ends the process. Each bundle is this and one definition. */
import { type CodedError, isCodedError } from '../../primitives/errors.ts';
import { correlationId } from '../../primitives/ids.ts';
import { type BugSource, reportBug } from './bug-report.ts';
import { type Cmdlet, describeCmdlet, type ShellHost } from './cmdlet.ts';
import { cmdletHelp } from './cmdlet-help.ts';
import { paletteOf } from './colour.ts';
import { commandLine } from './command-line.ts';
import type { CommonValues } from './common-parameters.ts';
import { withParameterFile, withSettings } from './completed-invocation.ts';
import { bugExitCode, exitCodeOf, terminatedExitCode } from './exit-code.ts';
import { inputSource } from './input-source.ts';
import { guessedErrorView, readInvocation } from './invocation.ts';
import type { Language } from './language.ts';
import { localizer } from './localized-text.ts';
import { type ErrorView, errorRecord } from './report-error.ts';
import { runCmdlet } from './run-cmdlet.ts';
import { accountOf, openSession, type Session, storeFolder } from './session.ts';
import { readSettings, type Settings, settingsLocations } from './settings-file.ts';
import { shellHostOf } from './shell-host.ts';
import { type HostProcess, isSet, shellOf, wantsColour } from './surroundings.ts';

/**
 * @param host - `process`, or a stand-in. `argv[2]` is the cmdlet as typed. Ends with `host.exit`.
 * @param cmdlets - All of them, for a cmdlet that runs others.
 */
export async function main(cmdlet: Cmdlet, host: HostProcess, cmdlets?: readonly Cmdlet[]): Promise<void> {
  const stop = stopOnSignals(host);
  endOnBug(cmdlet, host);
  const code = await exitCodeFor(cmdlet, host, stop, cmdlets);
  await Promise.all([drained(host.stdout), drained(host.stderr)]);
  host.exit(stop.code() ?? code);
}

async function exitCodeFor(
  cmdlet: Cmdlet,
  host: HostProcess,
  { signal, hurry, interruptible }: Stop,
  cmdlets: readonly Cmdlet[] | undefined,
): Promise<number> {
  const tokens = host.argv.slice(3);
  const rules = { strict: isSet(host.env, 'XGW_STRICT'), shell: shellOf(host) };
  let view: ErrorView = guessedErrorView(tokens, host.env['XGW_OUTPUT'] ?? '');
  let common: CommonValues | undefined;
  let id = (): string => correlationId(new Date());
  const report = (error: CodedError): void => {
    host.stderr.write(printed(error, view, { cmdlet, host, tokens, common, correlationId: id() }));
    tellStarter(error, host);
  };
  try {
    const invocation = readInvocation(cmdlet, tokens, rules);
    common = invocation.common;
    if (common.Help) return showHelp(cmdlet, host, common.Language);
    const settings = await settingsFor(cmdlet, host);
    const complete = withSettings(await withParameterFile(invocation, cmdlet), cmdlet, settings, host.env);
    common = complete.common;
    const { values, defaults, readsInput } = complete;
    const source = inputSource(cmdlet, values, readsInput, host);
    const run = { cmdlet, host, tokens, common, defaults, settings, readsInput: source !== 'none', signal, hurry };
    const shell = (outer: Session): ShellHost => shellHostOf(outer, { cmdlets: cmdlets ?? [], interruptible });
    const session = openSession(cmdlets ? { ...run, shell } : run);
    view = session.errorView;
    // The error record and the line of the audit log bear one name.
    id = session.correlationId;
    return await runCmdlet(session, values, source, report);
  } catch (error) {
    if (isCodedError(error)) {
      report(error);
      return exitCodeOf(error.category);
    }
    host.stderr.write(reportBug(error, bugSource(cmdlet, host, common)));
    return bugExitCode;
  }
}

/** What is thrown in a callback of a socket or of a timer is a bug as any other. Nothing that was under way is to be trusted after it. */
const endOnBug = (cmdlet: Cmdlet, host: HostProcess): void =>
  void host.on('uncaughtException', (error) => {
    host.stderr.write(reportBug(error, bugSource(cmdlet, host)));
    host.exit(bugExitCode);
  });

const bugSource = (cmdlet: Cmdlet, host: HostProcess, common = commonOf(cmdlet, host)): BugSource => ({
  cmdlet: cmdlet.name,
  typed: typedLine(cmdlet, host.argv.slice(3)),
  folder: storeFolder(host, common?.ConfigStore),
  now: new Date(),
});

/** Undefined for a line that cannot be read. */
function commonOf(cmdlet: Cmdlet, host: HostProcess): CommonValues | undefined {
  try {
    return readInvocation(cmdlet, host.argv.slice(3), { strict: false, shell: shellOf(host) }).common;
  } catch (error) {
    if (isCodedError(error)) return undefined;
    throw error;
  }
}

/** A cmdlet that another one has started in the background: its standard error is a file, which a full disk leaves empty. */
function tellStarter({ id, message, reason, fix, target }: CodedError, host: HostProcess): void {
  host.send?.({ failed: { id, message, reason, fix, target } });
}

/** Help is there although the settings are not what they must be: it says what they must be. */
async function settingsFor(cmdlet: Cmdlet, host: HostProcess): Promise<Settings> {
  const settings = readSettings(settingsLocations(accountOf(host)));
  return cmdlet.name === 'Get-Help' ? await settings.catch(() => []) : await settings;
}

interface Typed {
  readonly cmdlet: Cmdlet;
  readonly host: HostProcess;
  readonly tokens: readonly string[];
  readonly common: CommonValues | undefined;
  readonly correlationId: string;
}

const typedLine = (cmdlet: Cmdlet, tokens: readonly string[]): string =>
  commandLine(cmdlet.name, tokens).slice('xgw '.length);

function printed(error: CodedError, view: ErrorView, given: Typed): string {
  const { cmdlet, host, tokens, common, correlationId: id } = given;
  const palette = paletteOf(wantsColour(host.stderr, host.env, common?.NoColor === true));
  const localize = localizer(host, common?.Language);
  const source = { cmdlet: cmdlet.name, typed: typedLine(cmdlet, tokens), correlationId: id, localize };
  const record = errorRecord(error, view, source, palette);
  return common?.Debug && view !== 'Json' ? `${record}${error.stack ?? ''}\n` : record;
}

function showHelp(cmdlet: Cmdlet, host: HostProcess, language: Language | undefined): number {
  host.stdout.write(cmdletHelp(describeCmdlet(cmdlet), 'Examples', localizer(host, language)));
  return 0;
}

interface Stop {
  readonly signal: AbortSignal;
  readonly hurry: () => AbortSignal;
  code(): number | undefined;
  readonly interruptible: ShellHost['interruptible'];
}

/** The first signal asks the cmdlet to end, the second one does not ask: unless the cmdlet has something to do then too. A reader that went away wants no more, and that is success. */
function stopOnSignals(host: HostProcess): Stop {
  const controller = new AbortController();
  const impatience = new AbortController();
  let mayHurry = false;
  let code: number | undefined;
  let inner: AbortController | undefined;
  const stop = (exitCode: number) => (): void => {
    if (code !== undefined && (!mayHurry || impatience.signal.aborted)) return host.exit(exitCode);
    if (code !== undefined) impatience.abort();
    code = exitCode;
    controller.abort();
  };
  const end = stop(exitCodeOf('interrupted'));
  // What runs inside ends first; a second Ctrl-C is meant for all of it.
  host.on('SIGINT', () => (inner && !inner.signal.aborted ? inner.abort() : end()));
  host.on('SIGTERM', stop(terminatedExitCode));
  for (const stream of [host.stdout, host.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      code ??= 0;
      controller.abort();
    });
  }
  const interruptible: Stop['interruptible'] = async (work) => {
    const [own, outer] = [new AbortController(), inner];
    inner = own;
    return await work(AbortSignal.any([own.signal, controller.signal])).finally(() => {
      inner = outer;
    });
  };
  const hurry = (): AbortSignal => {
    mayHurry = true;
    return impatience.signal;
  };
  return { signal: controller.signal, hurry, code: () => code, interruptible };
}

/** Resolves when everything written before has left this process, or cannot. */
const drained = (stream: HostProcess['stdout']): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });
