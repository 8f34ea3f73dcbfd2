import { describe, expect, it } from '@jest/globals';

import { storeLocation } from '../../../src/commands/host/store-location.ts';
import { canAsk, type HostProcess, shellOf, wantsColour } from '../../../src/commands/host/surroundings.ts';

describe('where the store is', () => {
  const account = { env: {}, platform: 'linux', isRoot: false, home: '/home/ops' };

  it.each([
    ['-ConfigStore first', '/given', { ...account, env: { XGW_HOME: '/home' } }, '/given'],
    ['then XGW_HOME', undefined, { ...account, isRoot: true, env: { XGW_HOME: '/srv/xgw' } }, '/srv/xgw'],
    ['an empty XGW_HOME is none', undefined, { ...account, env: { XGW_HOME: '' } }, '/home/ops/.local/state/xgw'],
    ['/var/lib/xgw for root', undefined, { ...account, isRoot: true }, '/var/lib/xgw'],
    ["the user's state folder", undefined, { ...account, env: { XDG_STATE_HOME: '/state' } }, '/state/xgw'],
    [
      'a relative state folder is ignored',
      undefined,
      { ...account, env: { XDG_STATE_HOME: 'x' } },
      '/home/ops/.local/state/xgw',
    ],
  ] as const)('%s', (_title, given, from, location) => expect(storeLocation(given, from)).toBe(location));
});

describe('colour', () => {
  const [terminal, file] = [{ isTTY: true }, { isTTY: false }];

  it('is for terminals that can show it', () => {
    expect(wantsColour(terminal, {}, false)).toBe(true);
    expect(wantsColour(file, {}, false)).toBe(false);
    expect(wantsColour(terminal, { TERM: 'dumb' }, false)).toBe(false);
  });

  it('NO_COLOR and -NoColor win over FORCE_COLOR; an empty NO_COLOR says nothing [no-color.org]', () => {
    expect(wantsColour(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false)).toBe(false);
    expect(wantsColour(terminal, { FORCE_COLOR: '1' }, true)).toBe(false);
    expect(wantsColour(terminal, { NO_COLOR: '' }, false)).toBe(true);
  });

  it('FORCE_COLOR and CLICOLOR_FORCE colour a file, and 0 means never', () => {
    expect(wantsColour(file, { FORCE_COLOR: '1' }, false)).toBe(true);
    expect(wantsColour(file, { CLICOLOR_FORCE: '1' }, false)).toBe(true);
    expect(wantsColour(terminal, { FORCE_COLOR: '0' }, false)).toBe(false);
  });
});

describe('whether somebody can be asked', () => {
  const host = (stdin: boolean, stderr: boolean, env = {}): HostProcess =>
    ({ stdin: { isTTY: stdin }, stderr: { isTTY: stderr }, env }) as unknown as HostProcess;

  it('needs a terminal on both sides, and nobody who said no', () => {
    expect(canAsk(host(true, true), false)).toBe(true);
    expect(canAsk(host(false, true), false)).toBe(false);
    expect(canAsk(host(true, false), false)).toBe(false);
    expect(canAsk(host(true, true), true)).toBe(false);
    expect(canAsk(host(true, true, { CI: 'true' }), false)).toBe(false);
    expect(canAsk(host(true, true, { CI: 'false' }), false)).toBe(true);
  });
});

it('the shell is named for what an error says', () => {
  expect(shellOf({ env: { SHELL: '/usr/bin/fish' }, platform: 'linux' })).toBe('fish');
  expect(shellOf({ env: { SHELL: '/bin/bash', PSModulePath: 'x' }, platform: 'linux' })).toBe('pwsh');
  expect(shellOf({ env: {}, platform: 'linux' })).toBe('sh');
});
