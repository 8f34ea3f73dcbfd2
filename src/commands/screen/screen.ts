/**
 * The whole terminal for one picture: the other screen of it, one write a frame, and everything as it was when it is left,
 * however that comes about.
 */
import type { HostProcess } from '../host/surroundings.ts';
import { type Key, keysOf } from './keys.ts';

export interface Screen {
  size(): { readonly columns: number; readonly rows: number };
  /** Letters beyond ASCII are drawn as they are meant. */
  readonly hasUnicode: boolean;
  draw(lines: readonly string[]): void;
  onKey(tell: (key: Key) => void): void;
  onResize(tell: () => void): void;
  close(): void;
}

/** Of a terminal that does not say. */
const usual = { columns: 80, rows: 24 };

const control = {
  enter: '\u001b[?1049h\u001b[?25l\u001b[2J',
  leave: '\u001b[?25h\u001b[?1049l',
  home: '\u001b[H',
  /** To the end of the line, of the screen. */
  clearLine: '\u001b[K',
  clearBelow: '\u001b[J',
};

type RawInput = HostProcess['stdin'] & { setRawMode?(isRaw: boolean): unknown };
type Terminal = HostProcess['stdout'] & { readonly rows?: number };

export function openScreen({
  stdin,
  stdout,
  env,
  platform,
}: Pick<HostProcess, 'stdin' | 'stdout' | 'env' | 'platform'>): Screen {
  const [input, terminal]: [RawInput, Terminal] = [stdin, stdout];
  const keyListeners: ((key: Key) => void)[] = [];
  const resizeListeners: (() => void)[] = [];
  const onData = (bytes: Buffer | string): void => {
    for (const key of keysOf(bytes.toString())) for (const tell of keyListeners) tell(key);
  };
  const onResize = (): void => {
    for (const tell of resizeListeners) tell();
  };
  let isOpen = true;
  input.setRawMode?.(true);
  input.on('data', onData);
  terminal.on('resize', onResize);
  terminal.write(control.enter);
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    terminal.off('resize', onResize);
    input.off('data', onData);
    input.setRawMode?.(false);
    input.pause();
    terminal.write(control.leave);
  };
  return {
    size: () => ({ columns: saidOr(terminal.columns, usual.columns), rows: saidOr(terminal.rows, usual.rows) }),
    hasUnicode: drawsUnicode(env, platform),
    draw(lines) {
      if (isOpen)
        terminal.write(
          control.home + lines.map((line) => `${line}${control.clearLine}`).join('\r\n') + control.clearBelow,
        );
    },
    onKey: (tell) => void keyListeners.push(tell),
    onResize: (tell) => void resizeListeners.push(tell),
    close,
  };
}

/** A terminal that does not know says 0. */
const saidOr = (said: number | undefined, otherwise: number): number =>
  said === undefined || said === 0 ? otherwise : said;

/** The console of Linux has no blocks, and a locale that is not UTF-8 would show bytes. */
export function drawsUnicode(env: HostProcess['env'], platform: string): boolean {
  if (env['TERM'] === 'linux') return false;
  if (platform === 'win32') return true;
  return /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '');
}
