/**
 * How long a stanza may hold back the acknowledgements of its stream. They count in order [XEP-0198 §4]: without a bound one
 * phone that does not answer, and the messages queued behind it, keep everybody's from being acknowledged, until the peer
 * takes the stream for dead and sends all of them again. What takes longer is kept on disk first, and what fails later still
 * goes back to its sender as an error.
 */
import { handlingMs } from './s2s-limits.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { Handled } from './stanza.ts';
import type { Element } from './xml/element.ts';

/** Done when its consumer is, however that ended; or after `handlingMs`, once it is kept. */
export function handledInTime(
  stanza: Element,
  handling: Handled,
  { clock, keepLate }: Pick<S2sOptions, 'clock' | 'keepLate'>,
): Handled {
  if (handling === undefined) return undefined;
  return new Promise((resolve) => {
    const timer = clock.after(handlingMs, () => {
      if (keepLate === undefined) return resolve();
      void keepLate(stanza, handling).then((isKept) => {
        if (isKept) resolve();
      });
    });
    const settle = (fate: void | 'unanswered'): void => {
      timer.cancel();
      resolve(fate);
    };
    void handling.then(settle, () => settle());
  });
}
