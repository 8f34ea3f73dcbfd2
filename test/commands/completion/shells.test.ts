/**
 * The completion scripts in the shells that they are for. In a pseudo-terminal TAB is typed as a person types it; the xgw on
 * the PATH prints the words that a completed line handed over. fish is asked by `complete -C` too.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, expect, it } from '@jest/globals';

import { completionScripts } from '../../../src/commands/completion/scripts.ts';
import type { Shell } from '../../../src/commands/completion/typed-line.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { sharedFolder } from '../../support/temporary-folder.ts';
import { cleanEnvironment, xgwIn } from '../../support/xgw.ts';

const program = path.resolve(import.meta.dirname, '../../../bin/xgw');
let home: string;

beforeAll(() => {
  home = sharedFolder();
  mkdirSync(path.join(home, 'bin'));
  mkdirSync(path.join(home, 'store'));
  mkdirSync(path.join(home, 'certs'));
  writeFileSync(path.join(home, 'certs', 'edge one.cer'), '');
  writeFileSync(path.join(home, 'bin', 'xgw'), printing);
  chmodSync(path.join(home, 'bin', 'xgw'), 0o755);
  const store = {
    federatedPartners: { 'fabrikam.com': {} },
    users: { 'sip:alice@contoso.com': {} },
    externalAccessPolicies: { 'tag:With Space': {} },
  };
  writeFileSync(path.join(home, 'store', 'store.json'), JSON.stringify(store));
  for (const [shell, script] of Object.entries(completionScripts))
    writeFileSync(path.join(home, `xgw.${shell}`), script);
});

/** Completion is that of the built program; what is typed to the end is only shown. */
const printing = `#!/bin/sh
[ "$1" = __complete ] && exec '${process.execPath}' '${program}' "$@"
for word; do printf '[%s]' "$word"; done; echo
`;

function environment(): NodeJS.ProcessEnv {
  const PATH = `${home}/bin:${process.env['PATH']}`;
  // The shells look for scripts where register-completion puts them.
  const folders = { HOME: home, XDG_CONFIG_HOME: '', XDG_DATA_HOME: '' };
  return { ...cleanEnvironment(), ...folders, XGW_HOME: `${home}/store`, PATH, TERM: 'xterm', COLUMNS: '200' };
}

/** Types into a shell in a pseudo-terminal. The shell reads one key after the other, so nothing waits. @returns What xgw printed. */
function typed(command: string, first: readonly string[], lines: readonly string[]): readonly string[] {
  const input = [...first, ...lines, 'exit', ''].join('\r');
  const { stdout } = spawnSync('script', ['-qec', `stty -echo cols 200; exec ${command}`, '/dev/null'], {
    cwd: home,
    env: environment(),
    input,
    encoding: 'utf8',
  });
  return stdout
    .split(/\r?\n/)
    .filter((line) => /^(?:\u001B\[\?2004l|\r)*\[[^\]]*\](?:\[[^\]]*\])*\r*$/.test(line))
    .map(plain);
}

const plain = (line: string): string => line.replaceAll('\u001B[?2004l', '').replaceAll('\r', '');

/** What is typed, and what xgw gets. */
const cases: readonly (readonly [typed: string, words: string])[] = [
  ['xgw get-comm\t', '[get-command]'],
  ['xgw Get-CsXmppA\t', '[Get-CsXmppAllowedPartner]'],
  ['xgw set-user al\t -Depl\t leg\t', '[set-user][alice@contoso.com][-Deployment][Legacy]'],
  ['xgw set-user sip:al\t --depl\t cur\t', '[set-user][sip:alice@contoso.com][--deployment][Current]'],
  ['xgw set-user "sip:al\t -Depl:cur\t', '[set-user][sip:alice@contoso.com][-Depl:Current]'],
  ["xgw set-user 'sip:alice@c\t", '[set-user][sip:alice@contoso.com]'],
  [
    'xgw get-sipdomain | xgw set-xmppf\t fab\t --tls-negotiation=opt\t',
    '[set-xmppfederatedpartner][fabrikam.com][--tls-negotiation=Optional]',
  ],
  [
    'xgw grant-externalaccesspolicy alice@contoso.com wi\t',
    '[grant-externalaccesspolicy][alice@contoso.com][With Space]',
  ],
  [
    'xgw grant-externalaccesspolicy alice@contoso.com "wi\t',
    '[grant-externalaccesspolicy][alice@contoso.com][With Space]',
  ],
  ['xgw import-certificate certs/ed\t -Rol\t', '[import-certificate][certs/edge one.cer][-Roll]'],
  ['(xgw get-xmppfederatedpartner fa\t)', '[get-xmppfederatedpartner][fabrikam.com]'],
  // Left five times, then TAB in the middle of the line.
  ['xgw get-comm -Ver\u001B[D\u001B[D\u001B[D\u001B[D\u001B[D\t', '[get-command][-Ver]'],
];

const wanted = cases.map(([, words]) => words);
const lines = cases.map(([line]) => line);

describeWithPeers('bash', [peers.bash, peers.script], () => {
  it('completes what is typed', () => {
    const first = ['bind "set bell-style none"', `source '${home}/xgw.bash'`];
    expect(typed('bash --norc --noprofile -i', first, lines)).toEqual(wanted);
  });

  it('its function answers to COMP_LINE and COMP_POINT', () => {
    const line = 'xgw set-user sip:al';
    const call = `COMP_LINE='${line}' COMP_POINT=${line.length}; _xgw; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync('bash', ['--norc', '-c', `source ./xgw.bash; ${call}`], {
      cwd: home,
      env: environment(),
      encoding: 'utf8',
    });
    expect(stdout).toBe('alice@contoso.com\n');
  });
});

describeWithPeers('zsh', [peers.zsh, peers.script], () => {
  it('completes what is typed', () => {
    const first = ['autoload -U compinit; compinit -u -D; unsetopt zle_bracketed_paste', `source '${home}/xgw.zsh'`];
    expect(typed('zsh -f -i', first, lines)).toEqual(wanted);
  });

  it('finds the script that register-completion has written', async () => {
    await registered('zsh');
    const folder = path.join(home, '.local/share/zsh/site-functions');
    const first = [`fpath=('${folder}' $fpath)`, 'autoload -U compinit; compinit -u -D'];
    expect(typed('zsh -f -i', first, lines.slice(0, 2))).toEqual(wanted.slice(0, 2));
  });
});

describeWithPeers('fish', [peers.fish, peers.script], () => {
  const offered = (line: string, script: string): readonly string[] => {
    const { stdout } = spawnSync('fish', ['-c', `${script}; complete -C (cat)`], {
      cwd: home,
      env: environment(),
      input: line,
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((each) => each !== '');
  };

  it.each([
    ['xgw get-comm', ['get-command\tLists the cmdlets, their aliases and what they do.']],
    ['xgw set-user al', ['alice@contoso.com']],
    ['xgw set-user "sip:al', ['sip:alice@contoso.com']],
    [
      'xgw get-sipdomain | xgw set-xmppfederatedpartner --partner-t',
      ['--partner-type\tHow far the partner is trusted'],
    ],
    ['xgw set-user sip:alice@contoso.com -Depl:cur', ['-Depl:Current']],
    ['xgw import-certificate -Path:certs/ed', ['-Path:certs/edge one.cer']],
  ])('offers for %s', (line, expected) => expect(offered(line, 'source ./xgw.fish')).toEqual(expected));

  it('finds the script that register-completion has written', async () => {
    await registered('fish');
    expect(offered('xgw get-comm', 'true')).toEqual([
      'get-command\tLists the cmdlets, their aliases and what they do.',
    ]);
  });
});

/** @returns The file. */
async function registered(shell: Shell): Promise<string> {
  const xgw = xgwIn(path.join(home, 'empty'), { HOME: home, XDG_DATA_HOME: '', XDG_CONFIG_HOME: '' });
  const [made] = await xgw.run('register-completion', shell, '-Confirm:false', '-PassThru');
  return String(made?.['Path']);
}

describeWithPeers('register-completion', [peers.bash], () => {
  const type = (...words: readonly string[]) =>
    xgwIn(path.join(home, 'empty'), { HOME: path.join(home, 'user') }).type('register-completion', ...words);

  it('asks, and where nobody can be asked it writes nothing', async () => {
    const { code, stderr } = await type('bash');
    expect([code, stderr]).toEqual([4, expect.stringContaining('xgw register-completion bash -Confirm:false')]);
  });

  it('-WhatIf names the file and the line for the start-up file, and writes nothing', async () => {
    const { code, stdout, stderr } = await type('zsh', '-WhatIf');
    expect(code).toBe(0);
    expect(stdout + stderr).toContain('site-functions/_xgw');
    expect(stderr).toContain('.zshrc must say:  fpath=(');
    expect(() => statSync(path.join(home, 'user'))).toThrow(/ENOENT/);
  });

  it('the file is one that all may read and only its owner may change', async () => {
    const file = await registered('bash');
    expect([file, statSync(file).mode & 0o777]).toEqual([
      path.join(home, '.local/share/bash-completion/completions/xgw'),
      0o644,
    ]);
  });
});
