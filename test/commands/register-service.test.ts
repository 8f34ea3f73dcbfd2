import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import registerService from '../../src/commands/register-service.ts';
import unregisterService from '../../src/commands/unregister-service.ts';
import { runCmdlet } from '../support/host-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function site() {
  const folder = temporaryFolder();
  const given = { env: { XGW_HOME: path.join(folder, 'store') } };
  const file = path.join(folder, 'units', 'xgw.service');
  return {
    file,
    register: (...words: readonly string[]) =>
      runCmdlet(registerService, ['-Scope', 'System', '-Path', file, ...words], given),
    unregister: (...words: readonly string[]) =>
      runCmdlet(unregisterService, ['-Scope', 'System', '-Path', file, ...words], given),
  };
}

describe('register-service', () => {
  it('prints the unit with -WhatIf, and makes no file', async () => {
    const { file, register } = site();
    const { code, stdout } = await register('-WhatIf');
    expect([code, existsSync(file)]).toEqual([0, false]);
    expect(stdout).toMatch(/^\[Service\]\nType=notify$/m);
  });

  it('writes what it prints, and is no change the second time', async () => {
    const { file, register } = site();
    const { stdout } = await register('-WhatIf');
    expect(JSON.parse((await register('-PassThru')).stdout)).toMatchObject({ Path: file, Changed: true });
    expect(readFileSync(file, 'utf8')).toBe(stdout);
    expect(JSON.parse((await register('-PassThru')).stdout)).toMatchObject({ Path: file, Changed: false });
  });

  it('puts nothing over a unit that says something else, unless it is forced', async () => {
    const { file, register } = site();
    await register();
    const other = await register('-DrainTimeout', '60');
    expect([other.code, other.stderr]).toEqual([6, expect.stringContaining('FileExists')]);
    expect(other.stderr).toContain(`-Path ${file} -DrainTimeout 60 -Force`);
    expect((await register('-DrainTimeout', '60', '-Force')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('-DrainTimeout 60 ');
  });

  it('says so when the gateway would run as root, since its store is', async () => {
    const { register } = site();
    const { stdout, stderr } = await register('-WhatIf');
    const asRoot = process.getuid?.() === 0;
    expect(stdout).toContain(`User=${process.getuid?.()}\n`);
    expect(stderr.includes('runs as root')).toBe(asRoot);
  });
});

describe('unregister-service', () => {
  it('removes what register-service wrote, and is no error when nothing is there', async () => {
    const { file, register, unregister } = site();
    await register();
    expect(JSON.parse((await unregister('-PassThru')).stdout)).toMatchObject({ Changed: true });
    expect(existsSync(file)).toBe(false);
    expect(JSON.parse((await unregister('-PassThru')).stdout)).toMatchObject({ Changed: false });
  });

  it('leaves alone what is somebody else’s, unless it is forced', async () => {
    const { file, unregister } = site();
    mkdirSync(path.dirname(file));
    writeFileSync(file, '[Service]\n');
    const refused = await unregister();
    expect([refused.code, existsSync(file)]).toEqual([6, true]);
    expect(refused.stderr).toContain('ServiceUnitInUse');
    expect([(await unregister('-Force')).code, existsSync(file)]).toEqual([0, false]);
  });

  it('leaves alone a unit that is enabled, and says how that is ended', async () => {
    const { file, register, unregister } = site();
    await register();
    const wants = path.join(path.dirname(file), 'multi-user.target.wants');
    mkdirSync(wants);
    symlinkSync(file, path.join(wants, 'xgw.service'));
    const refused = await unregister();
    expect([refused.code, existsSync(file)]).toEqual([6, true]);
    expect(refused.stderr).toContain('systemctl disable --now xgw.service');
  });
});
