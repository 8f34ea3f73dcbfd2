/**
 * How a running gateway is told to end: by a cmdlet, or by Ctrl-C and SIGTERM. The first word begins the end and says how long
 * what is under way may take; one without grace that comes later ends the waiting.
 */

export interface GatewayEnding {
  /** @param drainMs - Milliseconds for what is under way; 0: none, also when the end has begun. */
  ask(drainMs: number): void;
  /** Resolves when the end begins, with the milliseconds of who began it. */
  readonly begun: Promise<number>;
  /** Aborts: whatever is under way, close now. */
  readonly hurry: AbortSignal;
  readonly isBegun: boolean;
  /** Takes nothing new, and waits for what it has. */
  readonly isDraining: boolean;
}

export interface Interruptions {
  /** Aborts on the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborts on the second one. */
  readonly hurry: AbortSignal;
  /** Milliseconds that what is under way may take after the first one. */
  readonly drainMs: number;
}

export function gatewayEnding({ signal, hurry, drainMs }: Interruptions): GatewayEnding {
  const impatience = new AbortController();
  let begin: (ms: number) => void = () => undefined;
  const begun = new Promise<number>((resolve) => {
    begin = resolve;
  });
  let graceMs: number | undefined;
  const ask = (ms: number): void => {
    if (ms <= 0) impatience.abort();
    if (graceMs !== undefined) return;
    graceMs = ms;
    begin(ms);
  };
  whenAborted(signal, () => ask(drainMs));
  whenAborted(hurry, () => ask(0));
  return {
    ask,
    begun,
    hurry: impatience.signal,
    get isBegun() {
      return graceMs !== undefined;
    },
    get isDraining() {
      return (graceMs ?? 0) > 0 && !impatience.signal.aborted;
    },
  };
}

function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
