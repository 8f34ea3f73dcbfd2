/** The terminal as a whole: keys from bytes, frames in one write, and everything as it was afterwards. */
import { EventEmitter, once } from 'node:events';
import { PassThrough } from 'node:stream';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { type Key, keysOf } from '../../../src/commands/screen/keys.ts';
import { drawsUnicode, openScreen } from '../../../src/commands/screen/screen.ts';
import { showOnScreen } from '../../../src/commands/screen/show-on-screen.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('keys', () => {
  it.each<[string, readonly Key[]]>([
    ['\u001b[A\u001b[B\u001bOC', ['up', 'down', 'right']],
    ['\u001b[5~\u001b[6~\u001b[H\u001b[F\u001b[1~\u001b[4~', ['pageup', 'pagedown', 'home', 'end', 'home', 'end']],
    ['\u001b', ['escape']],
    ['q D\r', [{ letter: 'q' }, 'space', { letter: 'D' }, 'enter']],
    ['é世', [{ letter: 'é' }, { letter: '世' }]],
    ['\u0003\u007f', ['interrupt', 'backspace']],
    ['\u001b[1;5Z\u0001\u0000', []],
  ])('%j are %j', (bytes, keys) => {
    expect(keysOf(bytes)).toEqual(keys);
  });
});

class Terminal extends EventEmitter {
  readonly columns = 40;
  readonly rows = 5;
  readonly written: string[] = [];
  write(text: string): boolean {
    this.written.push(text);
    this.emit('written');
    return true;
  }
}

function terminal() {
  const [stdin, stdout] = [new PassThrough(), new Terminal()];
  const raw: boolean[] = [];
  Object.assign(stdin, { setRawMode: (isRaw: boolean) => raw.push(isRaw) });
  const host = { stdin, stdout: stdout as never, env: { LANG: 'C.UTF-8' }, platform: 'linux' };
  return { stdin, stdout, raw, screen: openScreen(host) };
}

describe('a screen', () => {
  it('is left as it was found, however often it is left', () => {
    const { stdout, raw, screen } = terminal();
    screen.close();
    screen.close();
    screen.draw(['late']);
    expect(raw).toEqual([true, false]);
    expect(stdout.written).toEqual(['\u001b[?1049h\u001b[?25l\u001b[2J', '\u001b[?25h\u001b[?1049l']);
    expect(stdout.listenerCount('resize')).toBe(0);
  });

  it('writes a frame at once, and clears what was there', () => {
    const { stdout, screen } = terminal();
    screen.draw(['one', 'two']);
    expect(stdout.written.at(-1)).toBe('\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J');
    screen.close();
  });

  it('knows where letters beyond ASCII would be garbage', () => {
    expect(drawsUnicode({ LANG: 'en_US.UTF-8' }, 'linux')).toBe(true);
    expect(drawsUnicode({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux')).toBe(false);
    expect(drawsUnicode({ TERM: 'linux', LANG: 'en_US.UTF-8' }, 'linux')).toBe(false);
    expect(drawsUnicode({}, 'linux')).toBe(false);
    expect(drawsUnicode({}, 'win32')).toBe(true);
  });
});

async function drawn(stdout: Terminal, text: string): Promise<void> {
  while (!stdout.written.some((frame) => frame.includes(`${text}\u001b`))) await once(stdout, 'written');
}

describe('a picture', () => {
  const counting = {
    start: 0,
    draw: (state: number) => [`at ${state}`],
    onKey: (state: number, key: Key) => (key === 'escape' ? ('quit' as const) : state + 1),
  };
  const frames = ({ written }: Terminal): readonly string[] =>
    written.flatMap((text) => /at \d+/.exec(text)?.[0] ?? []);

  it('is drawn again for each key and each change of size, in order, until it is left', async () => {
    const { stdin, stdout, screen } = terminal();
    const left = showOnScreen(screen, counting, new AbortController().signal);
    stdin.write('ab');
    stdin.write('\u001b');
    stdout.emit('resize');
    expect(await left).toBe('quit');
    expect(frames(stdout)).toEqual(['at 0', 'at 1', 'at 2']);
    expect(stdout.written.at(-1)).toBe('\u001b[?25h\u001b[?1049l');
  });

  it('is left by Ctrl-C and by a signal', async () => {
    const first = terminal();
    const left = showOnScreen(first.screen, counting, new AbortController().signal);
    first.stdin.write('\u0003');
    expect(await left).toBe('interrupt');
    const second = terminal();
    const abort = new AbortController();
    const other = showOnScreen(second.screen, counting, abort.signal);
    abort.abort();
    expect(await other).toBe('interrupt');
  });

  it('obeys keys while a look takes its time, looks once at a time, and sees it on the state of that moment', async () => {
    const { stdin, stdout, screen } = terminal();
    const ticks: (() => void)[] = [];
    jest.spyOn(globalThis, 'setInterval').mockImplementation((tick) => {
      ticks.push(tick);
      return undefined as never;
    });
    const looks: ((update: (state: number) => number) => void)[] = [];
    const look = (): Promise<(state: number) => number> => new Promise((resolve) => looks.push(resolve));
    const left = showOnScreen(screen, { ...counting, everyMs: 1000, look }, new AbortController().signal);
    const [tick] = ticks;
    tick?.();
    tick?.();
    expect(looks).toHaveLength(1);
    stdin.write('a');
    await drawn(stdout, 'at 1');
    looks[0]?.((state) => state + 10);
    await drawn(stdout, 'at 11');
    tick?.();
    expect(looks).toHaveLength(2);
    stdin.write('\u001b');
    expect(await left).toBe('quit');
  });

  it('is left, and the terminal given back, when a look fails', async () => {
    const { stdout, screen } = terminal();
    const shown = { ...counting, everyMs: 1, look: () => Promise.reject(new Error('no store')) };
    await expect(showOnScreen(screen, shown, new AbortController().signal)).rejects.toThrow('no store');
    expect(stdout.written.at(-1)).toBe('\u001b[?25h\u001b[?1049l');
  });

  it('gives the terminal back when drawing fails', async () => {
    const { stdout, raw, screen } = terminal();
    const failing = {
      ...counting,
      draw: (): readonly string[] => {
        throw new Error('no');
      },
    };
    await expect(showOnScreen(screen, failing, new AbortController().signal)).rejects.toThrow('no');
    expect(raw).toEqual([true, false]);
    expect(stdout.written.at(-1)).toBe('\u001b[?25h\u001b[?1049l');
  });
});
