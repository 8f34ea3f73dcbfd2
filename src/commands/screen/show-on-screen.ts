/** A picture that somebody moves about in: drawn again after each key, each change of size, and as often as it wants. */
import type { Key } from './keys.ts';
import type { Screen } from './screen.ts';

export interface Shown<State> {
  readonly start: State;
  draw(state: State, screen: Pick<Screen, 'size' | 'hasUnicode'>): readonly string[];
  /** @returns `quit` to leave. */
  onKey(state: State, key: Key): State | 'quit' | Promise<State>;
  /** Milliseconds from one look to the next; absent: it changes by keys alone. */
  readonly everyMs?: number;
  /** Keys are obeyed while it looks, and there is one look at a time. @returns What it saw, on the state of that moment. */
  look?(): Promise<(state: State) => State>;
}

/** How it was left. `interrupt`: by Ctrl-C or a signal. */
export type Left = 'quit' | 'interrupt';

type Act<State> = (state: State) => State | Left | Promise<State>;

/** Resolves when it is left; the terminal is as it was then. */
export async function showOnScreen<State>(screen: Screen, shown: Shown<State>, signal: AbortSignal): Promise<Left> {
  const pending: Act<State>[] = [];
  let wake = (): void => undefined;
  const happen = (act: Act<State>): void => {
    pending.push(act);
    wake();
  };
  screen.onKey((key) => happen(key === 'interrupt' ? () => 'interrupt' : (state) => shown.onKey(state, key)));
  screen.onResize(() => happen((state) => state));
  const timer = shown.everyMs === undefined ? undefined : setInterval(oneAtATime(shown, happen), shown.everyMs);
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    let state = shown.start;
    screen.draw(shown.draw(state, screen));
    for (;;) {
      if (signal.aborted) return 'interrupt';
      const next = pending.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const after = await next(state);
      if (after === 'quit') return 'quit';
      if (after === 'interrupt') return 'interrupt';
      state = after;
      screen.draw(shown.draw(state, screen));
    }
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', onAbort);
    screen.close();
  }
}

/** A look that takes longer than the time between two is not asked for again meanwhile. */
function oneAtATime<State>(shown: Shown<State>, happen: (act: Act<State>) => void): () => void {
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const update = await shown.look?.();
      if (update !== undefined) happen(update);
    } catch (error) {
      happen(() => Promise.reject(error));
    } finally {
      isLooking = false;
    }
  };
  return () => void look();
}
