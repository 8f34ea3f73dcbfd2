/** For how long nobody could have connected: the listener is tried again and again, and the longest gap is kept. */
import { connect } from 'node:net';

import type { Clock } from '../../primitives/clock.ts';
import { pause } from '../../primitives/pause.ts';

/** Milliseconds between two tries, and for one. Source: own choice; a restart takes some hundred. */
const tryEveryMs = 50;
const tryMs = 1_000;

export interface OutageProbe {
  /** Ends it. @returns Milliseconds of the longest gap; 0 where there was none. */
  stop(): Promise<number>;
}

/** @param place - Absent: nothing listens before the cut-over, so nothing is interrupted. */
export function watchOutage(
  place: { readonly host: string; readonly port: number } | undefined,
  clock: Clock,
): OutageProbe {
  if (place === undefined) return { stop: async () => 0 };
  const ended = new AbortController();
  let longest = 0;
  const watching = (async () => {
    let lastSeen = clock.now();
    while (!ended.signal.aborted) {
      if (await isThere(place)) lastSeen = clock.now();
      else longest = Math.max(longest, clock.now() - lastSeen);
      await pause(clock, tryEveryMs, ended.signal);
    }
  })();
  return {
    async stop() {
      ended.abort();
      await watching;
      return Math.round(longest);
    },
  };
}

function isThere({ host, port }: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(tryMs, () => end(false));
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
