/** A secret that was typed although it must not be: it is refused with the way to give it, and nothing repeats it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { Cmdlet, Parameters } from '../../../src/commands/host/cmdlet.ts';
import { errorViews } from '../../../src/commands/host/report-error.ts';
import { withoutSecrets } from '../../../src/commands/host/secret-words.ts';
import { cmdlets } from '../../../src/commands/index.ts';
import { runCmdlet } from '../../support/host-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const named = (name: string): Cmdlet => cmdlets.find((each) => each.name === name) as Cmdlet;
const secretOf = (cmdlet: Cmdlet): readonly string[] =>
  Object.entries(cmdlet.parameters as Parameters).flatMap(([name, { refusedBecause }]) =>
    refusedBecause ? [name] : [],
  );
const takers = cmdlets.flatMap((cmdlet) => secretOf(cmdlet).map((name) => [cmdlet.name, name] as const));

/** All that stands in the files of a store. */
function everythingIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return files.map((file) => readFileSync(path.join(file.parentPath, file.name), 'latin1')).join('\n');
}

describe('a secret on the command line', () => {
  it('is a parameter of those cmdlets that Lync gave one, or that make accounts', () => {
    expect(new Set(takers.map(([, parameter]) => parameter))).toEqual(new Set(['Password', 'DialbackPassphrase']));
  });

  it.each(takers)(
    '%s -%s: exit 2, SecretOnCommandLine, and a line that takes it from a file',
    async (name, parameter) => {
      const { code, stderr, stdout } = await runCmdlet(named(name), [`-${parameter}`, 'hunter2'], {
        env: { XGW_HOME: path.join(temporaryFolder(), 'store') },
      });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`SecretOnCommandLine,${name}`);
      expect(stderr).toContain('Clear the shell history');
      expect(stderr).toContain(`Fix:    xgw ${name.toLowerCase()} -${parameter}File ${parameter.toLowerCase()}.txt\n`);
      const fixed = named(name).parameters as Parameters;
      expect(fixed[`${parameter}File`]).toBeDefined();
    },
  );

  it.each(
    errorViews.flatMap((view) => ['-Password', '-Passw', '-Pasword', '-password:'].map((typed) => [view, typed])),
  )('is in no error record: -ErrorView %s, %s', async (view, typed) => {
    const words = typed.endsWith(':') ? [`${typed}hunter2`] : [typed, 'hunter2'];
    const store = path.join(temporaryFolder(), 'store');
    const line = ['sip:alice@contoso.com', ...words, '-ErrorView', view];
    const { code, stderr, stdout } = await runCmdlet(named('New-User'), line, { env: { XGW_HOME: store } });
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('given in a file it is in no file of the store: configuration, audit log, history', async () => {
    const folder = temporaryFolder();
    const given = { env: { XGW_HOME: path.join(folder, 'store'), SECRET: 'x' }, input: 'hunter2 and more\n' };
    const made = await runCmdlet(named('New-SipDomain'), ['contoso.com'], given);
    const user = await runCmdlet(named('New-User'), ['sip:alice@contoso.com', '-PasswordStdin', '-Verbose'], given);
    const wrong = await runCmdlet(named('New-User'), ['sip:alice@contoso.com', '-PasswordStdin', '-Debug'], given);
    expect([made.code, user.code, wrong.code]).toEqual([0, 0, 6]);
    const stored = everythingIn(path.join(folder, 'store'));
    for (const text of [stored, user.stdout, user.stderr, wrong.stderr]) expect(text).not.toContain('hunter2');
    expect(stored).toContain('alice@contoso.com');
  });
});

it.each([
  ['new-user a -Password hunter2 -Force', 'new-user a -Password [secret] -Force'],
  ["new-user a -passw:'hunter 2'", 'new-user a -passw:[secret]'],
  ['set-x --dialback-passphrase="a b" -Y', 'set-x --dialback-passphrase=[secret] -Y'],
  ['new-user a -PasswordFile p.txt', 'new-user a -PasswordFile p.txt'],
  ['new-user a -PasswordStdin -PassThru -WhatIf', 'new-user a -PasswordStdin -PassThru -WhatIf'],
  ['request-certificate -AcmeEabHmacKeyFile k', 'request-certificate -AcmeEabHmacKeyFile k'],
  ['new-user passau -Description token', 'new-user passau -Description token'],
])('%s is shown as %s', (typed, shown) => {
  expect(withoutSecrets(typed)).toBe(shown);
});
