/** Whether standard input brings objects, and what is said while they do not come. */
import { fstatSync } from 'node:fs';

import { CodedError } from '../../primitives/errors.ts';
import type { BoundValues } from './binding.ts';
import type { Cmdlet, Parameters } from './cmdlet.ts';
import { missingIn } from './missing-values.ts';
import { type InputRecord, inputRecords } from './pipeline-input.ts';
import { type HostProcess, isContinuousIntegration, isSet } from './surroundings.ts';

/** `asked`: a `-` was typed. `offered`: a mandatory value is missing and standard input is a pipe or a file. */
export type InputSource = 'none' | 'asked' | 'offered';

/** Terminals, /dev/null and a closed standard input are character devices or nothing, and bring no objects. */
export function inputSource(cmdlet: Cmdlet, values: BoundValues, isAsked: boolean, host: HostProcess): InputSource {
  if (isAsked || cmdlet.filter) return 'asked';
  const parameters = cmdlet.parameters as Parameters;
  const mayBind = missingIn(values, cmdlet).some((name) => parameters[name]?.pipeline !== undefined);
  return mayBind && isStream(host.stdin.fd) ? 'offered' : 'none';
}

function isStream(fd: number | undefined): boolean {
  if (fd === undefined) return false;
  try {
    const status = fstatSync(fd);
    return status.isFIFO() || status.isFile() || status.isSocket();
  } catch {
    return false;
  }
}

/** Milliseconds until a person is told what is waited for, and until a script is no longer kept waiting. */
const noticeMs = 2000;
const giveUpMs = 10_000;

export interface WaitRules {
  readonly source: InputSource;
  readonly nonInteractive: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * The records, as they arrive.
 *
 * @throws CodedError `NothingArrived` when an offered stream stays silent where nobody waits, and when it ends without a
 *   record; `Interrupted` on Ctrl-C; `InputUnreadable`.
 */
export async function* awaitedRecords(host: HostProcess, rules: WaitRules): AsyncGenerator<InputRecord, undefined> {
  const records = inputRecords(host.stdin as AsyncIterable<Buffer>);
  const stopped = onAbort(rules.signal);
  const silence = watchSilence(host, rules);
  let next = await Promise.race([records.next(), stopped, silence.tooLong]).finally(silence.stop);
  if (next.done && rules.source === 'offered') throw nothingArrived('the stream ended without any');
  while (!next.done) {
    yield next.value;
    next = await Promise.race([records.next(), stopped]);
  }
  return undefined;
}

const onAbort = (signal: AbortSignal): Promise<never> =>
  rejection((reject) => {
    const stop = (): void => reject(new CodedError('Interrupted', 'stopped while waiting for objects.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

function watchSilence({ env }: HostProcess, { source, nonInteractive, say }: WaitRules) {
  if (source !== 'offered') return { tooLong: rejection(() => undefined), stop: () => undefined };
  const notice = setTimeout(() => say('waiting for objects on standard input ... (Ctrl-C to stop)'), noticeMs);
  const isAlone = nonInteractive || isContinuousIntegration(env) || isSet(env, 'XGW_NONINTERACTIVE');
  const given = Number(env['XGW_STDIN_TIMEOUT']) * 1000;
  const limit = given > 0 ? given : giveUpMs;
  let giveUp: NodeJS.Timeout | undefined;
  const tooLong = rejection((reject) => {
    if (isAlone) giveUp = setTimeout(() => reject(nothingArrived(`nothing came for ${limit / 1000} s`)), limit);
  });
  const stop = (): void => {
    clearTimeout(notice);
    clearTimeout(giveUp);
  };
  return { tooLong, stop };
}

/** A promise that only ever rejects, and whose rejection may go unseen. */
function rejection(start: (reject: (error: CodedError) => void) => void): Promise<never> {
  const promise = new Promise<never>((_resolve, reject) => start(reject));
  promise.catch(() => undefined);
  return promise;
}

const nothingArrived = (reason: string): CodedError =>
  new CodedError('NothingArrived', 'no objects arrived on standard input, and no value was given in their place.', {
    reason: `${reason}; write - if an empty pipeline is fine here`,
  });
