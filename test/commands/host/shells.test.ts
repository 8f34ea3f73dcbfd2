/** What bash, dash, zsh and fish make of PowerShell's spellings, and what the program then says: typed into the real shells. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { sharedFolder } from '../../support/temporary-folder.ts';
import { cleanEnvironment } from '../../support/xgw.ts';

const bin = path.resolve(import.meta.dirname, '../../../bin');

const shells = ['bash', 'dash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

describeWithPeers('typed into a shell', [peers.bash, peers.dash, peers.zsh, peers.fish], () => {
  const folders = new Map<Shell, string>();

  /** @returns The exit code of the shell and both streams. The store of each shell has the partner a.com. */
  function type(shell: Shell, line: string) {
    const isNew = !folders.has(shell);
    const folder = folders.get(shell) ?? sharedFolder();
    folders.set(shell, folder);
    const environment = {
      XGW_HOME: path.join(folder, 'store'),
      HOME: folder,
      SHELL: `/usr/bin/${shell}`,
      NO_COLOR: '1',
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    };
    const flags = shell === 'zsh' ? ['-f'] : shell === 'fish' ? ['--no-config'] : [];
    const run = (typed: string) =>
      spawnSync(shell, [...flags, '-c', typed], {
        cwd: folder,
        env: cleanEnvironment(environment),
        stdio: ['ignore', 'pipe', 'pipe'],
        encoding: 'utf8',
      });
    if (isNew) run('xgw new-xmppfederatedpartner a.com -AdditionalDomains z.com -SupportDialbackNegotiation true');
    const { status, stdout, stderr } = run(line);
    return { code: status, stdout, stderr };
  }

  const set = 'xgw set-xmppfederatedpartner a.com -wa SilentlyContinue -PassThru -ExpandProperty AdditionalDomains';
  const domains = (stdout: string): readonly string[] => stdout.split('\n').filter(Boolean);

  it.each(shells)('%s: a lost $false is said, with the line that works, and changes nothing', (shell) => {
    const { code, stderr } = type(shell, 'xgw set-xmppfederatedpartner a.com -SupportDialbackNegotiation $false');
    expect(code).toBe(2);
    expect(stderr).toContain('MissingArgument');
    expect(stderr).toContain(`in ${shell} $false is an empty shell variable`);
    expect(stderr).toContain('Fix:    xgw set-xmppfederatedpartner a.com -SupportDialbackNegotiation false');
    const { stdout } = type(shell, 'xgw get-xmppfederatedpartner a.com -ExpandProperty SupportDialbackNegotiation');
    expect(stdout).toBe('true\n');
  });

  it.each(shells)('%s: -Confirm:$false is never taken for -Confirm, nor for its opposite', (shell) => {
    const { code, stderr } = type(shell, "xgw remove-xmppfederatedpartner 'a*' -Confirm:$false");
    // In fish the whole argument is gone, and what several objects need is asked for.
    expect(code).toBe(shell === 'fish' ? 4 : 2);
    expect(stderr).toContain(shell === 'fish' ? 'ConfirmationRequired' : 'EmptyValue');
    expect(stderr).toContain('-Confirm:false');
  });

  it('a reader that has seen enough ends the writer without a word', () => {
    const { stdout, stderr } = type('bash', 'xgw get-command | head -n 1; echo "${PIPESTATUS[@]}"');
    expect(stdout.split('\n')).toEqual([expect.stringContaining('{"Name":'), '0 0', '']);
    expect(stderr).toBe('');
  });

  it.each(shells)("%s: '$false' in single quotes arrives", (shell) => {
    const line =
      "xgw set-xmppfederatedpartner a.com -EnableKeepAlive '$false' -PassThru -wa ignore -ExpandProperty EnableKeepAlive";
    expect(type(shell, line)).toMatchObject({ code: 0, stdout: 'false\n' });
  });

  it.each(
    shells.flatMap((shell) =>
      ['b.com,c.com', 'b.com, c.com', '"b.com","c.com"', "'b.com;c.com'", "'b.com c.com'"].map(
        (list) => [shell, list] as const,
      ),
    ),
  )('%s: -AdditionalDomains %s is two domains', (shell, list) => {
    expect(domains(type(shell, `${set} -AdditionalDomains ${list}`).stdout)).toEqual(['b.com', 'c.com']);
  });

  it.each(shells)('%s: a quoted list change arrives, and so does the short form', (shell) => {
    type(shell, `${set} -AdditionalDomains z.com`);
    const quoted = type(shell, `${set} -AdditionalDomains '@{Add="x.com","y.com";Remove="z.com"}'`);
    expect(domains(quoted.stdout)).toEqual(['x.com', 'y.com']);
    expect(domains(type(shell, `${set} -AdditionalDomains +z.com,-x.com`).stdout)).toEqual(['y.com', 'z.com']);
  });

  it.each(shells)(
    '%s: a list change without quotes works or is recognised as broken, and is never something else',
    (shell) => {
      type(shell, `${set} -AdditionalDomains z.com`);
      const one = type(shell, `${set} -AdditionalDomains @{Add="x.com"}`);
      expect(domains(one.stdout)).toEqual(['z.com', 'x.com']);
      const two = type(shell, `${set} -AdditionalDomains @{Add="v.com","w.com"}`);
      // dash expands no braces.
      if (shell === 'dash') expect(domains(two.stdout)).toEqual(['z.com', 'x.com', 'v.com', 'w.com']);
      else {
        expect(two.stdout).toBe('');
        expect(two.stderr).toMatch(/ListModifierBroken|PositionalParameterNotFound/);
      }
    },
  );

  it.each(['bash', 'dash', 'zsh'] as const)('%s: a list change that the shell cuts at ; is said to be cut', (shell) => {
    const { stdout, stderr } = type(shell, `${set} -AdditionalDomains @{Add="u.com";Remove="z.com"}`);
    expect(stdout).toBe('');
    expect(stderr).toContain('ListModifierBroken');
  });

  it.each(shells)('%s: a wildcard that became files is recognised', (shell) => {
    const { code, stderr } = type(shell, 'touch f1.com f2.com f3.com && xgw get-xmppfederatedpartner *.com');
    expect(code).toBe(2);
    expect(stderr).toContain('did the shell expand a wildcard? Quote it');
  });

  it.each(shells)('%s: what an error proposes can be pasted', (shell) => {
    const { stderr } = type(shell, 'xgw set-xmppfederatedpartner a.com -Desription "it\'s; $HOME `x`" -wa ignore');
    const [, fix = ''] = /Fix: +(xgw .*)/.exec(stderr) ?? [];
    const { code, stdout } = type(shell, `${fix} -PassThru -ExpandProperty Description`);
    const seen = shell === 'fish' ? /^it's; \S+ `x`\n$/ : /^it's; \S+ \n$/;
    expect([code, seen.test(stdout) ? 'as typed' : stdout]).toEqual([0, 'as typed']);
  });
});
