/**
 * How long a stanza may hold back the acknowledgements of its stream. They count in order [XEP-0198 §4]: without a bound one
 * phone that does not answer, and the messages queued behind it, keep everybody's from being acknowledged, until the peer
 * takes the stream for dead and sends all of them again. What fails later still goes back to its sender as an error.
 */
import type { Clock } from '../../primitives/clock.ts';
import { handlingMs } from './s2s-limits.ts';
import type { Handled } from './stanza.ts';

/** Done when its consumer is, however that ended, and after `handlingMs` at the latest. */
export function handledInTime(handling: Handled, clock: Clock): Handled {
  if (handling === undefined) return undefined;
  return new Promise((resolve) => {
    const timer = clock.after(handlingMs, resolve);
    const finish = (): void => {
      timer.cancel();
      resolve();
    };
    void handling.then(finish, finish);
  });
}
