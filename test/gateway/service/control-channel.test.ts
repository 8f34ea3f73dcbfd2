import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import { type ControlServer, callControl, serveControl } from '../../../src/gateway/service/control-channel.ts';
import { CodedError } from '../../../src/primitives/errors.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let server: ControlServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('the control channel', () => {
  it('carries a question and its answer', async () => {
    const folder = temporaryFolder();
    server = await serveControl(folder, { double: (value) => ({ twice: Number(value) * 2 }) });
    expect(await callControl(folder, 'double', { parameter: 21, timeoutMs: 5000 })).toEqual({ twice: 42 });
  });

  it('works in a folder whose path is longer than a socket address', async () => {
    const folder = path.join(temporaryFolder(), 'a'.repeat(120));
    mkdirSync(folder);
    server = await serveControl(folder, { ping: () => 'pong' });
    expect(await callControl(folder, 'ping', { timeoutMs: 5000 })).toBe('pong');
  });

  it('replaces what a killed gateway left behind', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'control.sock'), 'stale');
    server = await serveControl(folder, { ping: () => 'pong' });
    expect(await callControl(folder, 'ping', { timeoutMs: 5000 })).toBe('pong');
  });

  it('says ServiceNotRunning when nobody listens', async () => {
    await expect(callControl(temporaryFolder(), 'ping', { timeoutMs: 5000 })).rejects.toMatchObject({
      id: 'ServiceNotRunning',
    });
  });

  it('carries a CodedError whole, with id, reason and fix', async () => {
    const folder = temporaryFolder();
    const failing = () => {
      throw new CodedError('ListenerInUse', 'port taken', { reason: 'pid 7', fix: 'xgw stop-service' });
    };
    server = await serveControl(folder, { failing });
    await expect(callControl(folder, 'failing', { timeoutMs: 5000 })).rejects.toMatchObject({
      id: 'ListenerInUse',
      reason: 'pid 7',
      fix: ['xgw stop-service'],
    });
  });

  it('gives up with ServiceTimeout when no answer comes', async () => {
    const folder = temporaryFolder();
    server = await serveControl(folder, { silent: () => new Promise(() => undefined) });
    await expect(callControl(folder, 'silent', { timeoutMs: 50 })).rejects.toMatchObject({ id: 'ServiceTimeout' });
  });
});
