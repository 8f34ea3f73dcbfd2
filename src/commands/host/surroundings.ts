/** What the program knows of where it runs: terminals, colours, whether a person is there. Read once, from the process it is given. */
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

import { booleanOf } from './boolean-word.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The part of `process` that the host uses; `process` itself is one. */
export interface HostProcess {
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
  readonly execPath: string;
  readonly env: Environment;
  readonly platform: string;
  readonly stdin: Readable & { readonly isTTY?: boolean; readonly fd?: number };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  getuid?(): number;
  /** To the process that has started this one, where it listens. */
  send?(message: object): unknown;
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  /** What nothing has caught, in a callback or a promise. */
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

/** Set and not a word for false. */
export const isSet = (env: Environment, name: string): boolean => {
  const value = env[name] ?? '';
  return value !== '' && booleanOf(value) !== false;
};

export const isContinuousIntegration = (env: Environment): boolean => isSet(env, 'CI');

/** Questions are plain lines, as a screen reader wants them. */
export const isAccessible = (env: Environment): boolean => isSet(env, 'XGW_ACCESSIBLE') || isSet(env, 'ACCESSIBLE');

/** Whether somebody can be asked: a terminal on both sides, and nobody said otherwise. What is read from standard input is not known here. */
export function canAsk({ stdin, stderr, env }: HostProcess, nonInteractive: boolean): boolean {
  if (nonInteractive || isContinuousIntegration(env) || isSet(env, 'XGW_NONINTERACTIVE')) return false;
  // A dumb terminal cannot be drawn on again, and mostly nobody sits there; plain lines need no more than it can do.
  return stdin.isTTY === true && stderr.isTTY === true && (env['TERM'] !== 'dumb' || isAccessible(env));
}

/** NO_COLOR > -NoColor > FORCE_COLOR, CLICOLOR_FORCE > the stream is a terminal that is not dumb. [no-color.org] */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: Environment, noColor: boolean): boolean {
  if (env['NO_COLOR'] || noColor) return false;
  const forced = env['FORCE_COLOR'] ?? env['CLICOLOR_FORCE'];
  if (forced !== undefined && forced !== '') return booleanOf(forced) !== false;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** The name of the shell, for what an error says. PowerShell sets PSModulePath for its children. */
export function shellOf({ env, platform }: Pick<HostProcess, 'env' | 'platform'>): string {
  if (env['PSModulePath'] || platform === 'win32') return 'pwsh';
  return path.basename(env['SHELL'] || 'sh');
}
