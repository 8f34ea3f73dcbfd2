/** Changes taken back, and backups brought back: what is refused, what it leaves, and what a kill in the middle leaves. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { openBackup } from '../../src/operations/backup/backup-file.ts';
import { asOnlyGateway } from '../../src/operations/service/service-state.ts';
import { realClock } from '../../src/primitives/clock.ts';
import { withStateStore } from '../../src/store/state-store.ts';
import { buildWritingProcess } from '../store/support/build-writing-process.ts';
import type { Ran } from '../support/host-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cmdletsIn } from './support/cmdlets-in.ts';

let folder: string;
let home: string;
beforeEach(() => {
  folder = temporaryFolder();
  home = path.join(folder, 'store');
  writeFileSync(path.join(folder, 'password'), 'correct horse battery\n', { mode: 0o600 });
});

const inFolder = (name: string): string => path.join(folder, name);

const { typed, done } = cmdletsIn(() => home);

const partner = async (): Promise<Record<string, unknown>> =>
  (await done('get-xmppfederatedpartner', 'fabrikam.com'))[0] ?? {};
const undo = async (...words: readonly string[]): Promise<Ran> =>
  await typed('undo-configurationchange', ...words, '-Confirm:false');

describe('undo-configurationchange', () => {
  beforeEach(async () => {
    await done('new-xmppfederatedpartner', 'fabrikam.com');
    await done('set-xmppfederatedpartner', 'fabrikam.com', '-Description', 'two');
    await done('set-xmppfederatedpartner', 'fabrikam.com', '-ConnectionLimit', '3');
  });

  it('takes the last change back, as a new revision; undone again, the change is there again', async () => {
    expect((await undo()).code).toBe(0);
    expect(await partner()).toMatchObject({ ConnectionLimit: null, Description: 'two', Revision: 4 });
    expect((await undo()).code).toBe(0);
    expect(await partner()).toMatchObject({ ConnectionLimit: 3, Description: 'two', Revision: 5 });
  });

  it('takes an earlier change back, and leaves what came later', async () => {
    expect((await undo('2')).code).toBe(0);
    expect(await partner()).toMatchObject({ ConnectionLimit: 3, Description: '' });
    const [last] = await done('get-configurationhistory', '-First', '1');
    expect(last).toMatchObject({ Revision: 4, Cmdlet: 'Undo-ConfigurationChange', Target: 'fabrikam.com' });
  });

  it('is refused when later changes touch the same fields, and lists them', async () => {
    await done('set-xmppfederatedpartner', 'fabrikam.com', '-Description', 'four');
    const { code, stderr } = await undo('2');
    expect(code).toBe(6);
    expect(stderr).toMatch(/revision 4 \(Set-XmppFederatedPartner by \S+\) touches fabrikam.com: Description/);
    expect(stderr).toContain('Fix:    xgw undo-configurationchange 4');
    expect(stderr).not.toContain('revision 3');
    expect((await partner())['Description']).toBe('four');
  });

  it('of a creation is refused while the object has been changed since, and lists all of it', async () => {
    const { code, stderr } = await undo('1');
    expect(code).toBe(6);
    expect(stderr).toContain('revision 3');
    expect(stderr).toContain('revision 2');
  });

  it('brings a removed object back as it was', async () => {
    const before = await partner();
    await done('remove-xmppfederatedpartner', 'fabrikam.com');
    await undo();
    const { Revision: _, LastChanged: __, ...now } = await partner();
    expect(before).toMatchObject(now);
  });

  it('shows its fields with -WhatIf and changes nothing, and asks where somebody could be asked', async () => {
    const shown = await done('undo-configurationchange', '-WhatIf');
    expect(shown).toEqual([
      expect.objectContaining({ Property: 'ConnectionLimit', Before: 3, Identity: 'fabrikam.com' }),
    ]);
    expect((await typed('undo-configurationchange')).code).toBe(4);
    expect((await partner())['Revision']).toBe(3);
  });

  it('is refused for a revision that never was, or that is kept no longer', async () => {
    expect((await undo('9')).code).toBe(3);
    rmSync(path.join(home, 'revisions', '000001.json'));
    expect((await undo('2')).stderr).toContain('ObjectNotFound');
  });

  it('is refused when the password of before is gone, or the certificate', async () => {
    await done('initialize-gateway', 'contoso.com');
    await done('new-user', 'sip:alice@contoso.com', '-PasswordFile', inFolder('password'));
    await done('set-user', 'sip:alice@contoso.com', '-PasswordFile', inFolder('password'));
    const gone = await undo();
    expect(gone.code).toBe(6);
    expect(gone.stderr).toContain('the password of sip:alice@contoso.com of before is kept nowhere');
    const [{ Thumbprint }] = (await done('get-certificate')) as [Record<string, string>];
    await done('remove-certificate', Thumbprint ?? '', '-Confirm:false');
    await done('remove-certificate', '-Unused', '-Confirm:false');
    const certificate = await undo();
    expect(certificate.stderr).toContain(`certificate ${Thumbprint} is no longer in the key store`);
  });
});

/** Everything that a backup brings back, by name. */
function contentOf(store: string): Record<string, string> {
  const keys = path.join(store, 'keys');
  const {
    changed: _,
    revision: __,
    ...configuration
  } = JSON.parse(readFileSync(path.join(store, 'store.json'), 'utf8'));
  const text = JSON.stringify(configuration, (key, value) => (key === 'changed' ? undefined : value));
  const files = readdirSync(keys).filter((name) => statSync(path.join(keys, name)).isFile());
  return {
    configuration: text,
    ...Object.fromEntries(files.map((name) => [name, readFileSync(path.join(keys, name), 'utf8')])),
  };
}

const stateIn = async (store: string): Promise<unknown> =>
  await withStateStore(store, { clock: realClock, onEvent: () => undefined }, async (state) => [
    ...state.entries('presence-link'),
  ]);

async function writeState(store: string, text: string): Promise<void> {
  await withStateStore(store, { clock: realClock, onEvent: () => undefined }, async (state) => {
    for (const { key } of state.entries('presence-link')) state.write('presence-link', key, undefined);
    state.write('presence-link', 'alice', { text });
    await state.durable();
  });
}

async function site(): Promise<void> {
  await done('initialize-gateway', 'contoso.com');
  await done('set-xmppgatewayconfiguration', '-GenerateDialbackPassphrase');
  await done('new-user', 'sip:alice@contoso.com', '-PasswordFile', inFolder('password'));
  await writeState(home, 'then');
}

async function changeEverything(): Promise<void> {
  await done('set-xmppgatewayconfiguration', '-GenerateDialbackPassphrase');
  await done('remove-user', 'sip:alice@contoso.com');
  await done('new-xmppfederatedpartner', 'fabrikam.com');
  await writeState(home, 'now');
}

const backup = async (...words: readonly string[]): Promise<string> =>
  String((await done('backup-configuration', inFolder('b'), ...words))[0]?.['Path']);
const sealed = (): Promise<string> => backup('-PasswordFile', inFolder('password'));
const restore = async (file: string, ...words: readonly string[]): Promise<Ran> =>
  await typed('restore-configuration', file, '-PasswordFile', inFolder('password'), '-Confirm:false', ...words);

// Reading a state file starts a process that finds lmdb from the program's script.
const script = process.argv[1];
beforeAll(() => {
  process.argv[1] = path.resolve(import.meta.dirname, '../../bin/xgw');
});
afterAll(() => {
  if (script !== undefined) process.argv[1] = script;
});

describe('backup-configuration and restore-configuration', () => {
  it('bring back configuration, keys, passwords, the dialback secret and the state, as a new revision', async () => {
    await site();
    const then = contentOf(home);
    const file = await sealed();
    await changeEverything();
    const revision = Number((await done('get-configurationstore'))[0]?.['Revision']);
    expect((await restore(file)).code).toBe(0);
    expect(contentOf(home)).toMatchObject(then);
    expect(await stateIn(home)).toEqual([{ key: 'alice', value: { text: 'then' } }]);
    const [last] = await done('get-configurationhistory', '-First', '1');
    expect(last).toMatchObject({ Revision: revision + 1, Cmdlet: 'Restore-Configuration' });
    expect(existsSync(path.join(home, 'restore'))).toBe(false);
  });

  it('bring a lost store back on another machine', async () => {
    await site();
    const then = contentOf(home);
    const file = await sealed();
    home = inFolder('other');
    expect((await restore(file)).code).toBe(0);
    expect(contentOf(home)).toMatchObject(then);
  });

  it('a backup is readable by its owner only, and has no secret that is readable without the password', async () => {
    await site();
    const file = await sealed();
    const secrets = Object.values(contentOf(home)).slice(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(file);
    for (const secret of secrets) expect(bytes.includes(secret.slice(0, 40))).toBe(false);
    expect(bytes.includes('alice')).toBe(false);
  });

  it('without a password holds no keys, says so, and leaves those of the store alone', async () => {
    await site();
    const { stderr } = await typed('backup-configuration', inFolder('b'));
    expect(stderr).toContain('keys, passwords and secrets are not in this backup');
    const [name = ''] = readdirSync(inFolder('b'));
    const contents = await openBackup(path.join(inFolder('b'), name), async () => undefined);
    expect(contents.keyFiles).toBeUndefined();
    const keys = contentOf(home);
    await changeEverything();
    const restored = await typed('restore-configuration', inFolder('b'), '-Confirm:false');
    expect(restored.code).toBe(0);
    expect(restored.stderr).toContain('the password of sip:alice@contoso.com of before is kept nowhere');
    expect(contentOf(home)['dialback.secret']).not.toBe(keys['dialback.secret']);
  });

  it('keeps the newest so many, and finds one by its revision', async () => {
    for (const domain of ['a.org', 'b.org', 'c.org']) {
      await done('new-xmppfederatedpartner', domain);
      await backup('-Keep', '2');
    }
    expect(readdirSync(inFolder('b'))).toHaveLength(2);
    expect((await typed('restore-configuration', inFolder('b'), '-Revision', '1', '-Confirm:false')).code).toBe(3);
    expect((await typed('restore-configuration', inFolder('b'), '-Revision', '2', '-Confirm:false')).code).toBe(0);
    expect((await done('get-xmppfederatedpartner')).map(({ Identity }) => Identity)).toEqual(['a.org', 'b.org']);
  });

  it('shows with -WhatIf what differs, and takes an answer where it would change something', async () => {
    await site();
    const file = await sealed();
    await done('new-xmppfederatedpartner', 'fabrikam.com');
    const shown = await typed('restore-configuration', file, '-PasswordFile', inFolder('password'), '-WhatIf');
    expect(JSON.parse(shown.stdout)).toMatchObject({ Action: 'Remove', Identity: 'fabrikam.com' });
    expect((await typed('restore-configuration', file, '-PasswordFile', inFolder('password'))).code).toBe(4);
    expect(await partner()).toMatchObject({ Identity: 'fabrikam.com' });
  });

  it('is refused while the gateway runs', async () => {
    await site();
    const file = await sealed();
    const refused = await asOnlyGateway(home, () => restore(file));
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('ServiceAlreadyRunning');
  });
});

describe('a file that is no backup, or another one than was written', () => {
  it('is refused with the reason, and nothing is changed', async () => {
    await site();
    const file = await sealed();
    const bytes = readFileSync(file);
    const body = bytes.indexOf(0x0a) + 1;
    const header = JSON.parse(bytes.toString('utf8', 0, body));
    const withHeader = (more: object): Buffer =>
      Buffer.concat([Buffer.from(`${JSON.stringify({ ...header, ...more })}\n`), bytes.subarray(body)]);
    const withCost = (more: object): Buffer => withHeader({ encryption: { ...header.encryption, ...more } });
    const before = contentOf(home);
    const outcomes = {
      nothing: Buffer.alloc(0),
      text: Buffer.from('hello\n'),
      cut: bytes.subarray(0, bytes.length - 1),
      altered: Buffer.concat([
        bytes.subarray(0, body + 9),
        Buffer.from([bytes.readUInt8(body + 9) ^ 1]),
        bytes.subarray(body + 10),
      ]),
      headerChanged: withHeader({ about: { ...header.about, revision: 99 } }),
      newer: withHeader({ version: 2 }),
      greedy: withCost({ N: 2 ** 30 }),
      uneven: withCost({ N: 3 * 2 ** 15 }),
      cheap: withCost({ N: 2 }),
      parallel: withCost({ p: 2 ** 30 }),
      wide: withCost({ r: 2 ** 20 }),
      keyless: withHeader({ encryption: null }),
      saltless: withCost({ salt: '' }),
    };
    const ids: Record<string, string | undefined> = {};
    for (const [name, content] of Object.entries(outcomes)) {
      writeFileSync(inFolder('hostile'), content);
      ids[name] = /Id: +(\w+),/.exec((await restore(inFolder('hostile'))).stderr)?.[1];
    }
    expect(ids).toEqual({
      ...Object.fromEntries(Object.keys(outcomes).map((name) => [name, 'BackupUnreadable'])),
      cut: 'PasswordWrong',
      altered: 'PasswordWrong',
      headerChanged: 'PasswordWrong',
    });
    writeFileSync(inFolder('password'), 'another one\n', { mode: 0o600 });
    expect((await restore(file)).stderr).toContain('PasswordWrong');
    expect(contentOf(home)).toEqual(before);
    expect(existsSync(path.join(home, 'restore'))).toBe(false);
  });
});

describe('a restore whose process is killed', () => {
  it.each(['staged', 'placed', 'decided'] as const)(
    'when all is %s leaves what was before or what comes after',
    async (step) => {
      await site();
      const then = contentOf(home);
      const file = await sealed();
      await changeEverything();
      const now = contentOf(home);
      const child = buildWritingProcess('killed-restore');
      try {
        const killed = spawnSync(process.execPath, [child, home, file, inFolder('password'), step], {
          encoding: 'utf8',
        });
        expect([killed.signal, killed.stderr]).toEqual(['SIGKILL', '']);
      } finally {
        rmSync(child, { force: true });
      }
      // What the next start of a gateway does.
      const state = await stateIn(home);
      const isRestored = step === 'decided';
      expect(state).toEqual([{ key: 'alice', value: { text: isRestored ? 'then' : 'now' } }]);
      expect(contentOf(home)).toMatchObject(isRestored ? then : now);
      expect(existsSync(path.join(home, 'restore'))).toBe(false);
    },
    60_000,
  );
});
