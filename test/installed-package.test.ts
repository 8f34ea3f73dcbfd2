/**
 * What a user gets: the package is packed from the sources, installed for the whole machine without any script being run, and used
 * from there in an empty home directory and an empty environment. It needs the registry, as every user does.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { cmdlets } from '../src/commands/index.ts';
import { freePort } from './peers/free-port.ts';
import { sharedFolder } from './support/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '..');
/** Milliseconds: a build, an installation and a gateway on a slow machine. */
const patience = 300_000;

interface Machine {
  readonly files: readonly string[];
  readonly prefix: string;
  readonly home: string;
}

let machine: Machine;

beforeAll(() => {
  const folder = sharedFolder();
  const [tree, prefix, home] = ['tree', 'prefix', 'home'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [tree, prefix, home]) mkdirSync(each);
  const { tarball, files } = packed(tree, folder);
  run('npm', `install --global --prefix ${prefix} --ignore-scripts --no-audit --no-fund ${tarball}`.split(' '), folder);
  machine = { files, prefix, home };
}, patience);

/** From a copy: packing writes the manual pages and dist/, which other tests read at this moment. */
function packed(tree: string, destination: string): { readonly tarball: string; readonly files: readonly string[] } {
  const parts = [
    'src',
    'bin',
    'docs',
    '.ci',
    'esbuild.config.mjs',
    'package.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ];
  for (const part of parts) cpSync(path.join(root, part), path.join(tree, part), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  const [said] = JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', destination], tree)) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  return { tarball: path.join(destination, said.filename), files: said.files.map((file) => file.path) };
}

/** @throws With what it said when it fails: that the registry is not there, for example. */
function run(program: string, words: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0)
    throw new Error(`${program} ${words.join(' ')}: ${status}\n${stderr}${stdout}${error?.message ?? ''}`);
  return stdout;
}

/** Nothing of this machine but where node and the shell are. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { prefix, home } = machine;
  const folders = [path.join(prefix, 'bin'), path.dirname(process.execPath), '/usr/bin', '/bin'];
  return { PATH: folders.join(':'), HOME: home, XGW_HOME: path.join(home, 'store'), LANG: 'C.UTF-8' };
}

const xgw = (...words: readonly string[]): string => run('xgw', words, machine.home, cleanEnvironment());

describe('the tarball', () => {
  it('has the program, its pages and manuals, and neither sources nor tests', () => {
    const { files } = machine;
    const wanted = [
      'bin/xgw',
      'dist/xgw.cjs',
      'dist/zh-tw.json',
      'dist/man/xgw.1',
      'docs/cmdlets.md',
      'LICENSE',
      'README.md',
    ];
    expect(wanted.filter((file) => !files.includes(file))).toEqual([]);
    expect(files.filter((file) => /^(?:src|test|node_modules|\.ci)\//.test(file))).toEqual([]);
    expect(
      files.filter((file) => !/^(?:bin|dist|docs)\/|^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(file)),
    ).toEqual([]);
    expect(files.filter((file) => file.includes('test-counts'))).toEqual([]);
  });

  it('asks for no script when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      readonly scripts: object;
    };
    expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });
});

describe('installed', () => {
  it('tells its version and its help, in a home directory that is empty', () => {
    expect(xgw('--version')).toMatch(/^xgw \d+\.\d+\.\d+\n$/);
    expect(xgw('get-help', 'new-xmppfederatedpartner')).toContain('EXAMPLES');
    expect(xgw('get-help', 'new-xmppfederatedpartner', '-Language', 'zh-TW')).toContain('範例');
    expect(xgw('get-command', '-OutputFormat', 'json')).toContain('New-XmppFederatedPartner');
  });

  it('has a manual page for each cmdlet, where man looks', () => {
    const pages = readdirSync(path.join(machine.prefix, 'share/man/man1'));
    expect(pages).toContain('xgw.1');
    const missing = cmdlets.filter(({ name }) => !pages.includes(`xgw-${name.toLowerCase()}.1`));
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(readdirSync(path.join(machine.prefix, 'share/man/man7'))).toContain('xgw-about_exitcodes.7');
  });

  it('completes a cmdlet in bash', () => {
    const line = 'xgw get-xmppfed';
    const script = [
      'source <(xgw get-completion bash)',
      `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${line}) COMP_CWORD=1`,
      '_xgw; printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    expect(run('bash', ['--norc', '-c', script], machine.home, cleanEnvironment())).toMatch(
      /get-xmppfederatedpartner/i,
    );
  });

  it(
    'runs a gateway',
    async () => {
      const [xmpp, sip] = [await freePort(), await freePort()];
      xgw('initialize-gateway', 'contoso.com', '-AccessEdgeFqdn', 'xmpp.contoso.com');
      const ports = `-XmppListenAddress 127.0.0.1 -XmppPort ${xmpp} -SipListenAddress 127.0.0.1 -SipPort ${sip} -SipTlsPort 0`;
      xgw('set-xmppgatewayconfiguration', ...ports.split(' '));
      try {
        xgw('start-service');
        expect(xgw('get-service', '-Quiet')).toBe('Running\n');
      } finally {
        xgw('stop-service');
      }
      expect(existsSync(path.join(machine.home, 'store'))).toBe(true);
    },
    patience,
  );

  it(
    'leaves nothing of the program behind when it is removed',
    () => {
      const { prefix, home } = machine;
      run('npm', `uninstall --global --prefix ${prefix} xmpp-sip-gateway`.split(' '), home);
      const left = readdirSync(prefix, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /xgw|xmpp-sip/.test(name),
      );
      expect(left).toEqual([]);
    },
    patience,
  );
});
