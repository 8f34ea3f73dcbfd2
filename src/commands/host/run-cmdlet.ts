/**
 * Runs a cmdlet once, or once for each record of the pipe, and counts what failed. A failure that is no CodedError is a
 * bug and passes through.
 */
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { audited } from './audited.ts';
import { type BoundValues, bindRecord } from './binding.ts';
import type { Cmdlet, CmdletContext } from './cmdlet.ts';
import { commandLine } from './command-line.ts';
import { cmdletContext } from './context.ts';
import { exitCodeOf } from './exit-code.ts';
import { awaitedRecords, type InputSource } from './input-source.ts';
import { missingIn, withMissingValues } from './missing-values.ts';
import type { InputRecord } from './pipeline-input.ts';
import type { Session } from './session.ts';

/** @param isSilent - In the shell: remembered, and not told. */
export type ReportError = (error: CodedError, isSilent?: boolean) => void;

interface PipeRun {
  readonly session: Session;
  readonly values: BoundValues;
  readonly context: CmdletContext;
  readonly report: ReportError;
  /** Exit codes of what failed. */
  readonly failed: number[];
  done: number;
}

/** @returns The exit code. @throws Whatever is not a CodedError. */
export async function runCmdlet(
  session: Session,
  values: BoundValues,
  source: InputSource,
  report: ReportError,
): Promise<number> {
  const run: PipeRun = { session, values, context: cmdletContext(session), report, failed: [], done: 0 };
  const { filter } = session.cmdlet;
  if (filter) await attempt(run, () => runFilter(run, filter, source));
  else if (source === 'none') await attempt(run, () => runOnce(run, values));
  else await runForRecords(run, source);
  session.writer.end(run.failed.length > 0);
  return session.ending.code ?? exitCodeFor(run);
}

/** Somebody is there, and nothing was said of what the cmdlet shall work on. */
const wantsForm = ({ session }: PipeRun, values: BoundValues): boolean =>
  session.interactive && missingIn(values, session.cmdlet).length > 0 && Object.keys(values).length === 0;

async function runOnce(run: PipeRun, typed: BoundValues): Promise<void> {
  const { cmdlet, tokens, defaults } = run.session;
  const values = wantsForm(run, typed) ? await cmdlet.form?.(run.context, cmdlet, defaults) : undefined;
  const given = { ...defaults, ...(values ?? typed) };
  const complete = await withMissingValues(given, cmdlet, commandLine(cmdlet.name, tokens), run.context);
  await audited(run.session, complete, () => cmdlet.run(complete, run.context));
  run.done += 1;
}

async function runFilter(run: PipeRun, filter: NonNullable<Cmdlet['filter']>, source: InputSource): Promise<void> {
  const { cmdlet, tokens, pipe, host, defaults } = run.session;
  if (pipe ? !pipe.input : host.stdin.isTTY === true) throw nothingPiped(cmdlet.name);
  const given = { ...defaults, ...run.values };
  const complete = await withMissingValues(given, cmdlet, commandLine(cmdlet.name, tokens), run.context);
  await filter(recordsFor(run, source), complete as never, run.context);
  run.done += 1;
}

const nothingPiped = (name: string): CodedError =>
  new CodedError('NothingArrived', `${name} works on what a pipe brings, and stands at its beginning.`, {
    fix: `xgw get-xmppfederatedpartner | xgw ${name.toLowerCase()}`,
  });

function recordsFor({ session }: PipeRun, source: InputSource): AsyncIterable<unknown> {
  const { host, common, messages, signal, pipe } = session;
  const nonInteractive = common.NonInteractive === true;
  return pipe?.input ?? awaitedRecords(host, { source, nonInteractive, signal, say: messages.say });
}

/** One run for the whole pipe. What does not bind fails by itself; a pipe that breaks off is not worked on. */
async function runGathered(run: PipeRun, name: string, source: InputSource): Promise<void> {
  const { cmdlet, messages, pipe } = run.session;
  const gathered: unknown[] = [];
  let isRead = false;
  await attempt(run, async () => {
    for await (const record of recordsFor(run, source)) {
      const goOn = await attempt(run, async () => {
        const bound = bindRecord(record as InputRecord, cmdlet)[name];
        if (Array.isArray(bound)) gathered.push(...(bound as readonly unknown[]));
      });
      if (!goOn) return;
      if (gathered.length > maxGathered) throw tooMany();
    }
    isRead = true;
  });
  if (!isRead) return;
  if (gathered.length > 0) await attempt(run, () => runOnce(run, { [name]: gathered, ...run.values }));
  else if (!pipe && run.failed.length === 0) messages.warn('no input objects; nothing was done.');
}

async function runForRecords(run: PipeRun, source: InputSource): Promise<void> {
  const { messages, cmdlet, pipe, process } = run.session;
  if (cmdlet.gathers !== undefined) return await runGathered(run, cmdlet.gathers, source);
  await attempt(run, async () => {
    for await (const record of watched(recordsFor(run, source), cmdlet, process.severalArrive)) {
      // What was typed overrides what the record says.
      const bound = () => bindRecord(record as InputRecord, cmdlet);
      const goOn = await attempt(run, () => runOnce(run, { ...bound(), ...run.values }));
      if (!goOn) return;
    }
  });
  // Inside of the shell an empty pipe is nothing to speak of.
  if (!pipe && run.done + run.failed.length === 0) messages.warn('no input objects; nothing was done.');
}

/** Objects. The rest of a pipe that brings more than there can be is not waited for. */
export const maxGathered = 1_000_000;
const tooMany = (): CodedError => new CodedError('InputUnreadable', `more than ${maxGathered} objects arrived.`);

/** What removes is told before its first record how many come: several at once are asked for. */
async function* watched(records: AsyncIterable<unknown>, { name }: Cmdlet, severalArrive: (count: number) => void) {
  if (!/^Remove-/i.test(name)) return yield* records;
  const all: unknown[] = [];
  for await (const record of records) {
    all.push(record);
    if (all.length > maxGathered) throw tooMany();
  }
  if (all.length > 1) severalArrive(all.length);
  yield* all;
  return undefined;
}

/** @returns Whether to go on with the next record. */
async function attempt(run: PipeRun, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return countFailure(run, error);
  }
}

function countFailure({ session, failed, report }: PipeRun, error: CodedError): boolean {
  const { common, writer } = session;
  const preference = common.ErrorAction ?? 'Continue';
  if (preference === 'Ignore') return true;
  failed.push(exitCodeOf(error.category));
  // -Quiet asked a test for its answer only, and that was given.
  const isAnswered = error.id === 'TestFailed' && common.Quiet === true;
  writer.flush();
  const isSilent = preference === 'SilentlyContinue' || isAnswered;
  if (!isSilent || session.pipe) report(error, isSilent);
  return preference !== 'Stop' && !['Interrupted', 'RemovalTooLarge'].includes(error.id);
}

function exitCodeFor({ session, done, failed, report }: PipeRun): number {
  const [first] = failed;
  if (first === undefined) return 0;
  if (done === 0) return first;
  const all = done + failed.length;
  if (!session.pipe)
    report(new CodedError('PartialFailure', `${failed.length} of ${all} objects failed; ${done} were done.`));
  return exitCodeOf('partial');
}
