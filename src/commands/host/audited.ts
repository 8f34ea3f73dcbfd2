/**
 * Every act that may change something is told in the audit log, as it ended: done, nothing to do, failed, or a bug. What -WhatIf
 * or a No held back is not. A change that cannot be audited is not made; the service is started and stopped all the same, with a warning.
 */
import { readlinkSync } from 'node:fs';
import os from 'node:os';
import { configurationDiff, type FieldChange } from '../../config/configuration-diff.ts';
import { isCodedError } from '../../primitives/errors.ts';
import { Secret } from '../../primitives/secret.ts';
import type { Update } from '../../store/config-store.ts';
import type { Ended } from '../../store/pending-acts.ts';
import type { BoundValues } from './binding.ts';
import type { Parameters } from './cmdlet.ts';
import { bugExitCode, exitCodeOf } from './exit-code.ts';
import { type Replayed, replayableLine } from './replayable-line.ts';
import { withoutSecrets } from './secret-words.ts';
import type { Session } from './session.ts';

/** They write files of whoever calls them, or run other cmdlets, each of which is an act of its own. */
const ownBusiness = new Set([
  'Enter-ManagementShell',
  'Export-Clixml',
  'Export-Csv',
  'Invoke-Pipeline',
  'Invoke-Script',
  'Out-File',
  'Register-Completion',
  'Start-Transcript',
  'Tee-Object',
]);

/** They change nothing that is kept: a full disk must neither keep a gateway running that somebody wants stopped, nor stopped. */
const serviceActs = new Set([
  'Start-Service',
  'Stop-Service',
  'Restart-Service',
  'Update-Service',
  'Disconnect-XmppSession',
]);
/** Of the log, or of the whole store. */
const cannotWrite = new Set(['AuditNotWritable', 'StoreDenied']);

/** Differences of one act that its line names. */
const maxChanges = 100;
/** Characters of a value that a line repeats. */
const maxText = 500;

/** A gateway in the foreground is the service itself, and no act: its event log tells of it. */
const isAudited = ({ cmdlet, common }: Session, values: BoundValues): boolean =>
  cmdlet.impact !== undefined &&
  common.WhatIf !== true &&
  !ownBusiness.has(cmdlet.name) &&
  !(cmdlet.name === 'Start-Service' && values['Foreground'] === true);

/** @param values - All of them: typed, from the pipe, asked for. */
export async function audited(session: Session, values: BoundValues, run: () => Promise<void>): Promise<void> {
  if (!isAudited(session, values)) return await run();
  const { auditedAct } = await import('../../store/pending-acts.ts');
  const { cmdlet, messages, act } = session;
  act.updates.length = 0;
  Object.assign(act, { proceeded: false, withheld: false, target: undefined });
  const store = session.store();
  const site = {
    folder: store.folder,
    cmdlet: cmdlet.name,
    correlationId: session.correlationId(),
    lockTimeoutMs: session.lockTimeoutMs,
    remembered: () => rememberedEnd(session),
    warn: messages.warn,
  };
  let isBegun = false;
  const ended = async (): Promise<Ended<Outcome>> => {
    isBegun = true;
    const outcome = await outcomeOf(run);
    return { value: outcome, facts: factsOf(session, values, outcome) };
  };
  try {
    const { error } = await auditedAct(site, begunFacts(session, values, site.correlationId), ended);
    if (error !== undefined) throw error;
  } catch (error) {
    const mayGoOn = !isBegun && isCodedError(error) && cannotWrite.has(error.id) && serviceActs.has(cmdlet.name);
    if (!mayGoOn) throw error;
    messages.warn(`${cmdlet.name} is not audited: ${error.reason ?? error.message}`);
    await run();
  }
}

interface Outcome {
  readonly error?: unknown;
}

async function outcomeOf(run: () => Promise<void>): Promise<Outcome> {
  try {
    await run();
    return {};
  } catch (error) {
    return { error };
  }
}

/** A configuration that cannot be read remembers nothing; the cmdlet itself will say so. */
function rememberedEnd(session: Session): { readonly line: number; readonly hash: string } | undefined {
  try {
    const [, line, hash] = /^(\d+):([0-9a-f]{64})$/.exec(session.store().read().changed?.audit ?? '') ?? [];
    return line === undefined || hash === undefined ? undefined : { line: Number(line), hash };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return undefined;
  }
}

function begunFacts(session: Session, values: BoundValues, correlationId: string) {
  const { cmdlet, host, common } = session;
  const { SUDO_USER: sudo } = host.env;
  return {
    user: userName(),
    ...(sudo === undefined || sudo === '' ? {} : { loginUser: sudo }),
    host: os.hostname(),
    tty: terminalOf(session),
    pid: process.pid,
    cmdlet: cmdlet.name,
    parameters: shownParameters(session, values),
    command: withoutPasswords(replayableLine(cmdlet, values, replayed(common, 0))),
    correlationId,
  };
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function terminalOf({ host }: Session): string | null {
  if (host.stdin.isTTY !== true && host.stderr.isTTY !== true) return null;
  try {
    return readlinkSync(`/proc/self/fd/${host.stdin.isTTY === true ? 0 : 2}`);
  } catch {
    return 'terminal';
  }
}

function shownParameters({ cmdlet }: Session, values: BoundValues): Readonly<Record<string, unknown>> {
  const parameters = cmdlet.parameters as Parameters;
  const entries = Object.entries(values).map(([name, value]) => {
    const isSecret = parameters[name]?.refusedBecause !== undefined || value instanceof Secret;
    return [name, isSecret ? '[secret]' : value === undefined ? undefined : shown(value)] as const;
  });
  return Object.fromEntries(entries);
}

/** Undefined: nothing was done, since somebody said no. */
function factsOf(session: Session, values: BoundValues, { error }: Outcome) {
  const { act } = session;
  if (error === undefined && act.withheld && !act.proceeded && act.updates.length === 0) return undefined;
  const made = act.updates.filter(({ changed }) => changed);
  const changes = made.flatMap(({ before, after }) => configurationDiff(before, after));
  return {
    ...commandFor(session, values, changes),
    ...revisionFacts(made),
    target: targetOf(made) || (act.target ?? namedObject(session, values)),
    changes: changes.slice(0, maxChanges).map(shownChange),
    ...(changes.length > maxChanges ? { changesLeftOut: changes.length - maxChanges } : {}),
    changed: made.length > 0 || (act.proceeded && error === undefined),
    ...failureFacts(error),
  };
}

const targetOf = (made: readonly Update[]): string => made.map(({ after }) => after.changed?.target ?? '').join(', ');

const revisionFacts = (made: readonly Update[]) => ({
  revisionBefore: made[0]?.before.revision ?? null,
  revisionAfter: made.at(-1)?.after.revision ?? null,
});

/** The command line again, when it must say how many objects are meant. */
function commandFor({ cmdlet, common }: Session, values: BoundValues, changes: readonly FieldChange[]) {
  const removed = changes.filter(({ action, property }) => action === 'Remove' && property === undefined).length;
  if (removed < 2) return {};
  return { command: withoutPasswords(replayableLine(cmdlet, values, replayed(common, removed))) };
}

const replayed = ({ Force, Yes }: Session['common'], removed: number): Replayed => ({
  workingFolder: process.cwd(),
  force: Force === true || Yes === true,
  removed,
});

/** What stands first on the command line. */
function namedObject({ cmdlet }: Session, values: BoundValues): string | null {
  const parameters = Object.entries(cmdlet.parameters as Parameters);
  const name = parameters.find(([, { position }]) => position === 0)?.[0];
  const value = name === undefined ? undefined : values[name];
  return typeof value === 'string' ? cut(value) : null;
}

function failureFacts(error: unknown) {
  if (error === undefined) return { exitCode: 0 };
  if (!isCodedError(error)) return { exitCode: bugExitCode, error: 'Bug' };
  return {
    exitCode: exitCodeOf(error.category),
    error: error.id,
    message: cut(error.message),
    reason: error.reason === undefined ? null : cut(error.reason),
    fix: error.fix.map((line) => cut(withoutSecrets(line))),
  };
}

/** The name of a credential's file changes with the password: what it was and is says nothing. */
const shownChange = ({ action, kind, identity, property, before, after }: FieldChange) => ({
  action,
  kind,
  identity,
  property: property ?? null,
  before: property === 'Credential' ? '[secret]' : shown(before ?? null),
  after: property === 'Credential' ? '[secret]' : shown(after ?? null),
});

function shown(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? cut(value) : value;
  const text = JSON.stringify(value);
  return text.length > maxText ? cut(text) : JSON.parse(withoutPasswords(text));
}

const cut = (text: string): string =>
  withoutPasswords(text.length > maxText ? `${text.slice(0, maxText)} ... (${text.length} characters)` : text);

/** `https://user:password@host`: an address may carry one. */
const withoutPasswords = (text: string): string => text.replaceAll(/(\/\/[^/\s:@"']*):[^/\s@"']+@/g, '$1:[secret]@');
