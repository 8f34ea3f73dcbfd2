/** Types cmdlets into the built program, as an administrator would, on a store of its own. */
import { spawn } from 'node:child_process';
import path from 'node:path';

import { refuseBug } from './no-bug.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');

export interface Typed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables of the machine that would change what a cmdlet does or how fast it starts. */
const left =
  'NODE_EXTRA_CA_CERTS CI NO_COLOR FORCE_COLOR XGW_OUTPUT XGW_STRICT NODE_OPTIONS XGW_LANG LC_ALL LC_MESSAGES LANG'.split(
    ' ',
  );

export function cleanEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !left.includes(name));
  // Settings of whoever runs the tests are none of theirs.
  return { ...Object.fromEntries(kept), XDG_CONFIG_HOME: '/dev/null/none', ...more };
}

export interface Xgw {
  readonly home: string;
  /** Whatever comes of it. */
  type(...words: readonly string[]): Promise<Typed>;
  /** @throws With what it said when the exit code is not 0. @returns The objects it wrote. */
  run(...words: readonly string[]): Promise<readonly Record<string, unknown>[]>;
}

/** @param home - The store's folder. */
export function xgwIn(home: string, environment: Readonly<Record<string, string>> = {}): Xgw {
  const type = (...words: readonly string[]): Promise<Typed> =>
    new Promise((resolve, reject) => {
      const env = cleanEnvironment({ XGW_HOME: home, ...environment });
      const child = spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
      child.once('error', reject);
      child.once('close', (code) => {
        const typed = { code, stdout: stdout(), stderr: stderr() };
        try {
          refuseBug(`xgw ${words.join(' ')}`, code, typed.stderr, home);
          resolve(typed);
        } catch (error) {
          reject(error);
        }
      });
    });
  return {
    home,
    type,
    async run(...words) {
      const typed = await type(...words);
      if (typed.code !== 0) throw new Error(`xgw ${words.join(' ')}: exit code ${typed.code}\n${typed.stderr}`);
      return typed.stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    text += piece;
  });
  return () => text;
}
