/**
 * Transcripts: lines typed into a shell with the built xgw, and what came back. After testscript of age, step and gh.
 *
 *   # a remark                     for the reader
 *   $ xgw get-sipdomain | wc -l    what is typed; standard input is /dev/null
 *   exit    6                      0 when it is not written
 *   stdout  contoso.com            one line of output each; ... stands for any text
 *   stderr  WARNING: ...
 *
 * All lines of a file share one empty store, in the order of the file.
 */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import path from 'node:path';

import { refuseBug } from '../support/no-bug.ts';

export interface Step {
  readonly typed: string;
  readonly exit: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

export function parseTranscript(text: string): readonly Step[] {
  const steps: { typed: string; exit: number; stdout: string[]; stderr: string[] }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const [word, rest] = line.startsWith('$ ') ? ['$', line.slice(2)] : [line.slice(0, 8).trimEnd(), line.slice(8)];
    const step = steps.at(-1);
    if (line === '' || line.startsWith('#')) continue;
    if (word === '$') steps.push({ typed: rest, exit: 0, stdout: [], stderr: [] });
    else if (step && word === 'exit') step.exit = Number(rest);
    else if (step && (word === 'stdout' || word === 'stderr')) step[word].push(rest);
    else throw new Error(`line ${index + 1} of the transcript is none of $, exit, stdout, stderr, #: ${line}`);
  }
  return steps;
}

const bin = path.resolve(import.meta.dirname, '../../bin');

/** Types one line. @returns What came back, as a step. */
export function type(typed: string, home: string): Step {
  const { NODE_EXTRA_CA_CERTS: _slow, CI: _ci, ...env } = process.env;
  const ours = {
    XGW_HOME: home,
    XDG_CONFIG_HOME: path.join(path.dirname(home), 'config'),
    PATH: `${bin}:${process.env['PATH']}`,
    SHELL: '/bin/sh',
    NO_COLOR: '1',
    TZ: 'UTC',
  };
  const options = {
    env: { ...env, ...ours },
    cwd: path.dirname(home),
    stdio: ['ignore', 'pipe', 'pipe'],
  } satisfies SpawnSyncOptions;
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', typed], { ...options, encoding: 'utf8' });
  // What Node.js ends a crash with; of other programs in the line it says nothing.
  const crashed = /this is a bug in xgw|^Uncaught|^node:internal/m.test(stderr);
  refuseBug(typed, crashed ? 1 : 0, stderr, home);
  const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
  return { typed, exit: status ?? -1, stdout: lines(stdout), stderr: lines(stderr) };
}

/** The expected step with each line that fits replaced by the line that came, so that a comparison shows only what differs. */
export function matched(expected: Step, came: Step): Step {
  const each = (stream: 'stdout' | 'stderr'): string[] =>
    expected[stream].map((line, index) =>
      fits(line, came[stream][index] ?? '') ? (came[stream][index] ?? line) : line,
    );
  return { ...expected, stdout: each('stdout'), stderr: each('stderr') };
}

const fits = (pattern: string, line: string): boolean => {
  const parts = pattern.split('...').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(line.trimEnd());
};
