/** SIGHUP: as every daemon of the trade takes it, a word to read the configuration again. */
import { isCodedError } from '../../primitives/errors.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import { notLoadedEvent } from './follow-store.ts';

/** @param reload - What fails in it is in the log, since nobody waits for an answer. */
export function onHangup(reload: () => Promise<unknown>, onEvent: OnLogEvent): { close(): void } {
  const hangup = (): void => {
    reload().catch((error: unknown) => {
      if (!isCodedError(error)) throw error;
      onEvent(notLoadedEvent(error, 'SIGHUP: the configuration'));
    });
  };
  process.on('SIGHUP', hangup);
  return { close: () => void process.off('SIGHUP', hangup) };
}
