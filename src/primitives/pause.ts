/** Waiting that ends early when nobody wants its end any more. */
import type { Clock } from './clock.ts';

/** @param ms - Milliseconds. Resolves after them, or at once when the signal aborts: the caller looks at it. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(ms, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
