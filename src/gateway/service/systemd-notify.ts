/**
 * What a service manager hears of the gateway [sd_notify(3)]: ready, reloading, stopping, one line of status, and as long as
 * the event loop turns, that it lives. Only where NOTIFY_SOCKET says that somebody listens. Node.js has no Unix datagrams, so
 * systemd's own program `systemd-notify` carries each word, one after the other: the unit needs `NotifyAccess=all`.
 */
import { execFile } from 'node:child_process';

import type { Clock, Timer } from '../../primitives/clock.ts';
import { visibleText } from '../../primitives/visible-text.ts';

export interface ServiceManager {
  ready(status: string): void;
  /** `ready` follows when the new configuration is in force, or is not to be. */
  reloading(): void;
  stopping(status: string): void;
  /** What was said before has been heard. Nothing is said after it. */
  close(): Promise<void>;
}

export interface NotifyPorts {
  readonly clock: Clock;
  /** `READY=1`, `STATUS=...`. @returns Why they were not heard, as one clause. */
  send(words: readonly string[]): Promise<string | undefined>;
  /** Microseconds on the kernel's CLOCK_MONOTONIC, which `MONOTONIC_USEC` has to be in. */
  monotonicUs(): bigint;
  /** Called once at most. */
  onUnheard(reason: string): void;
}

/** Characters of a status line that systemctl has room for. */
const maxStatus = 200;
/** Milliseconds; the manager confirms that it has read the word, within five seconds or not at all. */
const sendTimeoutMs = 10_000;

const silent: ServiceManager = {
  ready: () => undefined,
  reloading: () => undefined,
  stopping: () => undefined,
  close: async () => undefined,
};

/** @param env - NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID; without the first one nobody is told. */
export function serviceManager(env: NodeJS.ProcessEnv, ports: NotifyPorts): ServiceManager {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return silent;
  let said = Promise.resolve();
  let unheard = false;
  let watchdog: Timer | undefined;
  const say = (...words: readonly string[]): void => {
    said = said.then(async () => {
      const reason = await ports.send(words);
      if (reason !== undefined && !unheard) ports.onUnheard(reason);
      unheard ||= reason !== undefined;
    });
  };
  const intervalMs = watchdogMs(env);
  const live = (): void => {
    watchdog = ports.clock.after(intervalMs, () => {
      say('WATCHDOG=1');
      live();
    });
  };
  return {
    ready(status) {
      say('READY=1', statusLine(status));
      if (watchdog === undefined && intervalMs > 0) live();
    },
    reloading: () => say('RELOADING=1', `MONOTONIC_USEC=${ports.monotonicUs()}`),
    stopping: (status) => say('STOPPING=1', statusLine(status)),
    async close() {
      watchdog?.cancel();
      await said;
    },
  };
}

const statusLine = (status: string): string => `STATUS=${visibleText(status).slice(0, maxStatus)}`;

/** Milliseconds between two signs of life: half of what the manager waits [sd_watchdog_enabled(3)]. 0: it does not wait, or for another process. */
function watchdogMs({ WATCHDOG_USEC: usec = '', WATCHDOG_PID: pid = '' }: NodeJS.ProcessEnv): number {
  if (!/^[1-9][0-9]{0,15}$/.test(usec) || (pid !== '' && pid !== String(process.pid))) return 0;
  return Math.max(1, Math.floor(Number(usec) / 2000));
}

/** By systemd's program, in the environment of this process. */
export const throughSystemdNotify: NotifyPorts['send'] = (words) =>
  new Promise((resolve) => {
    execFile('systemd-notify', [...words], { timeout: sendTimeoutMs }, (error, _, stderr) => {
      if (error === null) return resolve(undefined);
      resolve(error.code === 'ENOENT' ? 'there is no program systemd-notify' : stderr.trim() || error.message);
    });
  });
