/** SIGHUP: as every daemon of the trade takes it, a word to read the configuration again. */
import type { OnLogEvent } from '../../primitives/log-event.ts';

/** @param reload - What fails in it is in the log, since nobody waits for an answer. */
export function onHangup(reload: () => Promise<unknown>, onEvent: OnLogEvent): { close(): void } {
  const hangup = (): void => {
    reload().catch((error: unknown) =>
      onEvent({
        id: 'ConfigurationNotLoaded',
        level: 'error',
        component: 'store',
        message: `SIGHUP: the configuration was not loaded, the last good one stays in force: ${error instanceof Error ? error.message : String(error)}`,
      }),
    );
  };
  process.on('SIGHUP', hangup);
  return { close: () => void process.off('SIGHUP', hangup) };
}
