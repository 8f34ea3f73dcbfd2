import { describe, expect, it } from '@jest/globals';

import { type NotifyPorts, serviceManager } from '../../../src/gateway/service/systemd-notify.ts';
import { movableClock } from '../../support/movable-clock.ts';

interface Heard {
  readonly words: string[];
  readonly complaints: string[];
}

function ports(answer?: string) {
  const heard: Heard = { words: [], complaints: [] };
  const clock = movableClock();
  const given: NotifyPorts = {
    clock,
    async send(words) {
      heard.words.push(words.join(' '));
      return answer;
    },
    monotonicUs: () => 4711n,
    onUnheard: (reason) => void heard.complaints.push(reason),
  };
  return { ...heard, clock, given };
}

const listened = { NOTIFY_SOCKET: '/run/systemd/notify' };

describe('the service manager', () => {
  it('hears in this order that the gateway is ready, reloads, is ready again, and stops [sd_notify(3)]', async () => {
    const { words, given } = ports();
    const manager = serviceManager(listened, given);
    manager.ready('revision 1');
    manager.reloading();
    manager.ready('revision 2');
    manager.stopping('draining');
    await manager.close();
    expect(words).toEqual([
      'READY=1 STATUS=revision 1',
      'RELOADING=1 MONOTONIC_USEC=4711',
      'READY=1 STATUS=revision 2',
      'STOPPING=1 STATUS=draining',
    ]);
  });

  it('hears nothing where it has given no socket', async () => {
    const { words, clock, given } = ports();
    const manager = serviceManager({ WATCHDOG_USEC: '1000000' }, given);
    manager.ready('revision 1');
    clock.advance(10_000);
    await manager.close();
    expect(words).toEqual([]);
  });

  it('hears a sign of life twice in the time that it waits, from ready to the end [sd_watchdog_enabled(3)]', async () => {
    const { words, clock, given } = ports();
    const env = { ...listened, WATCHDOG_USEC: '2000000', WATCHDOG_PID: String(process.pid) };
    const manager = serviceManager(env, given);
    clock.advance(5000);
    manager.ready('');
    clock.advance(3000);
    await manager.close();
    clock.advance(3000);
    expect(words).toEqual(['READY=1 STATUS=', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  });

  it.each([
    ['of another process', { WATCHDOG_PID: '1' }],
    ['of no length', { WATCHDOG_USEC: '0' }],
    ['of a length that is no number', { WATCHDOG_USEC: '1e6' }],
  ])('hears no sign of life for a watchdog %s', async (_, env) => {
    const { words, clock, given } = ports();
    const manager = serviceManager({ ...listened, WATCHDOG_USEC: '1000000', ...env }, given);
    manager.ready('');
    clock.advance(10_000);
    await manager.close();
    expect(words).toEqual(['READY=1 STATUS=']);
  });

  it('that does not hear is reported once, and the gateway goes on', async () => {
    const { words, complaints, given } = ports('there is no program systemd-notify');
    const manager = serviceManager(listened, given);
    manager.ready('');
    manager.stopping('');
    await manager.close();
    expect(words).toHaveLength(2);
    expect(complaints).toEqual(['there is no program systemd-notify']);
  });

  it('gets a status of one line, bounded, with control characters made visible', async () => {
    const { words, given } = ports();
    const manager = serviceManager(listened, given);
    manager.ready(`a\nFDSTORE=1\u001b${'x'.repeat(500)}`);
    await manager.close();
    expect(words[0]).toMatch(/^READY=1 STATUS=a\S*FDSTORE=1\S*xxx$/);
    expect(words[0]?.length).toBeLessThan(250);
  });
});
