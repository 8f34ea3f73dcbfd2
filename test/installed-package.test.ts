/**
 * What a user gets: the package is packed from the sources, installed for the whole machine without any script being run, and used
 * from there in an empty home directory and an empty environment. It needs the registry, as every user does.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { cmdlets } from '../src/commands/index.ts';
import { freePort } from './peers/free-port.ts';
import { type InstalledMachine, installMachine, readmeLine } from './support/installed-machine.ts';
import { describeWithPeers, peers } from './support/needs-peer.ts';
import { sharedFolder } from './support/temporary-folder.ts';

/** Milliseconds: a build, an installation and a gateway on a slow machine. */
const patience = 300_000;
/** Megabytes. One bundle a command repeats what cmdlets share: decision 7. */
const largestTarball = 16;

let machine: InstalledMachine;
beforeAll(() => {
  machine = installMachine(sharedFolder());
}, patience);

const xgw = (...words: readonly string[]): string => machine.run('xgw', ...words).stdout;

interface Description {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

const descriptionIn = (folder: string): Description =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Description;

const runsAtInstallation = ({ scripts = {} }: Description): boolean =>
  Object.keys(scripts).some((name) => /^(?:pre|post)?install$/.test(name));

/** Every package that was installed with it. */
function installedPackages(): readonly string[] {
  const below = path.join(machine.folder, 'node_modules');
  return readdirSync(below, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?:^|node_modules\/)(?:@[^/]+\/)?[^@/][^/]*\/package\.json$/.test(file))
    .map((file) => path.join(below, path.dirname(file)));
}

describe('the tarball', () => {
  it('has the program, its pages and manuals, and nothing else: no sources, no tests, nothing that a build left', () => {
    const { files } = machine.tarball;
    const wanted = ['bin/xgw', 'dist/xgw.cjs', 'dist/zh-tw.json', 'dist/man/xgw.1', 'docs/cmdlets.md', 'LICENSE'];
    expect(wanted.filter((file) => !files.includes(file))).toEqual([]);
    const known =
      /^(?:bin\/xgw|dist\/(?:commands\/|vendor\/)?[\w-]+\.cjs|dist\/[\w-]+\.json|dist\/man\/[\w-]+\.[17]|docs\/.+|(?:README|CHANGELOG)\.md|package\.json|LICENSE)$/;
    expect(files.filter((file) => !known.test(file))).toEqual([]);
  });

  it(`is smaller than ${largestTarball} megabytes`, () => {
    expect(machine.tarball.bytes / 1e6).toBeLessThan(largestTarball);
  });

  it('asks for no script when it is installed', () => {
    expect(runsAtInstallation(descriptionIn(machine.folder))).toBe(false);
  });
});

describe('installed', () => {
  it('needs no compiler: a package with a build script finds its prebuilt file, although no script was run', () => {
    const native = installedPackages().filter(
      (folder) => existsSync(path.join(folder, 'binding.gyp')) || runsAtInstallation(descriptionIn(folder)),
    );
    expect(native.map((folder) => descriptionIn(folder).name)).toContain('lmdb');
    expect(native.filter((folder) => existsSync(path.join(folder, 'build')))).toEqual([]);
    for (const folder of native) machine.run('node', '-e', `require(${JSON.stringify(folder)})`);
  });

  it('tells its version and its help, in a home directory that is empty', () => {
    expect(xgw('--version')).toMatch(/^xgw \d+\.\d+\.\d+\n$/);
    expect(xgw('get-version', '-OutputFormat', 'json')).toContain('"Version"');
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
    expect(machine.run('bash', '--norc', '-c', script).stdout).toMatch(/get-xmppfederatedpartner/i);
  });

  it(
    'runs a gateway, and stops it',
    async () => {
      const [xmpp, sip] = [await freePort(), await freePort()];
      xgw('initialize-gateway', 'contoso.com', '-AccessEdgeFqdn', 'xmpp.contoso.com');
      const listening = `-XmppListenAddress 127.0.0.1 -XmppPort ${xmpp} -XmppDirectTlsPort 0 -SipListenAddress 127.0.0.1 -SipPort ${sip} -SipTlsPort 0`;
      xgw('set-xmppgatewayconfiguration', ...listening.split(' '));
      try {
        xgw('start-service');
        expect(xgw('get-service', '-Quiet')).toBe('Running\n');
      } finally {
        xgw('stop-service');
      }
      expect(xgw('get-service', '-Quiet')).toBe('Stopped\n');
      expect(existsSync(path.join(machine.home, 'store'))).toBe(true);
    },
    patience,
  );
});

describeWithPeers('man', [peers.man], () => {
  it('shows the page that the README names, without a warning', () => {
    const [program = '', ...words] = readmeLine('man ');
    const { stdout, stderr } = machine.run(program, '--warnings', '-P', 'cat', ...words);
    expect([stdout.includes('administer an XMPP <-> SIP gateway'), stderr]).toEqual([true, '']);
  });

  it.each(['xgw', 'xgw-get-service', 'xgw-about_exitcodes'])('finds %s beside the program', (page) => {
    expect(path.relative(machine.folder, machine.run('man', '-w', page).stdout.trim())).toMatch(/^dist\/man\//);
  });
});

describe('removed', () => {
  it(
    'leaves nothing of itself behind',
    () => {
      machine.uninstall();
      const entries = readdirSync(machine.prefix, { recursive: true, withFileTypes: true });
      expect(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)).toEqual([]);
      expect(existsSync(machine.folder)).toBe(false);
    },
    patience,
  );
});
