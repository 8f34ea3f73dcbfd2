/** Watches the silence of an established stream: white space to partners with keep-alive, the end of streams that nobody uses. */
import type { Clock, Timer } from '../../primitives/clock.ts';
import type { S2sLimits } from './s2s-limits.ts';

export interface Watched {
  /** On the monotonic clock, when bytes last went either way. */
  lastTraffic(): number;
  keepsAlive(): boolean;
  /** Sends one white space between elements [RFC 6120 §4.6.1], or something as short that means more. */
  sendWhiteSpace(): void;
  onInactive(): void;
}

/** @returns What ends the watch. */
export function watchSilence(watched: Watched, clock: Clock, limits: S2sLimits): Timer {
  let timer: Timer | undefined;
  const look = (): void => {
    const silentMs = clock.now() - watched.lastTraffic();
    if (watched.keepsAlive()) {
      // The kernel tells within its own time when nobody is there any more; until then silence is normal.
      const isSilent = silentMs >= limits.keepAliveMs;
      if (isSilent) watched.sendWhiteSpace();
      timer = clock.after(isSilent ? limits.keepAliveMs : limits.keepAliveMs - silentMs, look);
    } else if (silentMs >= limits.inactivityMs) watched.onInactive();
    else timer = clock.after(limits.inactivityMs - silentMs, look);
  };
  timer = clock.after(watched.keepsAlive() ? limits.keepAliveMs : limits.inactivityMs, look);
  return { cancel: () => timer?.cancel() };
}
