/** The built program on a real terminal: `script` gives it one, and keys are pressed when what they answer is on the screen. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { refuseBug } from './no-bug.ts';
import { cleanEnvironment } from './xgw.ts';

const program = path.resolve(import.meta.dirname, '../../bin/xgw');

export const enter = '\r';
export const esc = '\u001b';
export const [up, down] = ['\u001b[A', '\u001b[B'];
export const tab = '\t';
export const [ctrlC, ctrlD] = ['\u0003', '\u0004'];
export const kill = Symbol('SIGKILL');

export interface Key {
  /** What must be on the screen, after what was there before. */
  readonly when: string;
  /** `kill`: the program ends there, without a chance to say or do anything. Empty: nothing is pressed, it only has to be there. */
  readonly press: string | typeof kill;
}

export interface OnTerminal {
  /** As it was drawn. */
  readonly raw: string;
  /** The text of it. */
  readonly screen: string;
  readonly code: number | null;
  /** Keys whose time never came. */
  readonly left: readonly Key[];
}

/**
 * The store is `store` in the folder; the terminal has 200 columns.
 *
 * @param more - Variables of the environment.
 */
export async function typedOn(
  folder: string,
  words: readonly string[],
  keys: readonly Key[],
  more: Readonly<Record<string, string>> = {},
): Promise<OnTerminal> {
  const [pidFile, home] = [path.join(folder, 'pid'), path.join(folder, 'store')];
  const line = `stty cols 200; echo $$ > ${pidFile}; exec ${[process.execPath, program, ...words].join(' ')}`;
  const env = cleanEnvironment({ XGW_HOME: home, TERM: 'xterm', NO_COLOR: '1', ...more });
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] });
  let [raw, seen] = ['', 0];
  const left = [...keys];
  const press = (key: Key['press']): void => {
    if (key === kill) process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    else child.stdin.write(key);
  };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    raw += piece;
    const screen = textOf(raw);
    for (let [next] = left; next !== undefined; [next] = left) {
      const found = screen.indexOf(next.when, seen);
      if (found < 0) return;
      left.shift();
      const key = next.press;
      // What is drawn twice before a key is pressed is one thing to answer.
      seen = key === '' ? found + next.when.length : screen.length;
      if (key !== '') setImmediate(() => press(key));
    }
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  refuseBug(`xgw ${words.join(' ')}`, code, raw, home);
  return { raw, screen: textOf(raw), code, left };
}

/** Cursor movements and colours are no text, nor is the beginning of one whose rest has not arrived. */
const textOf = (raw: string): string =>
  raw.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/\u001b(?:\[[0-9;?]*)?$/, '');
