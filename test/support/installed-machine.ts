/** The package as a user gets it: packed from the sources, and installed for a whole machine of its own by the lines of the README. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { shellLines } from './documentation.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Milliseconds for one program. What never ends must not stop the run: nothing else can interrupt it. */
const patience = 180_000;

export interface InstalledMachine {
  readonly tarball: { readonly files: readonly string[]; readonly bytes: number };
  readonly prefix: string;
  /** The installed package. */
  readonly folder: string;
  readonly home: string;
  /** In an empty home and an environment that says where node and the shell are, and nothing more. */
  run(program: string, ...words: readonly string[]): { readonly stdout: string; readonly stderr: string };
  uninstall(): void;
}

/** Where the README says how it is installed: `npm pack`, `npm install`, `man`. */
export function readmeLine(start: string): readonly string[] {
  const lines = shellLines(readFileSync(path.join(root, 'README.md'), 'utf8')).split('\n');
  const line = lines.find((each) => each.startsWith(start));
  if (line === undefined) throw new Error(`README.md has no line that starts with: ${start}`);
  return line.split(' ');
}

/** @param folder - Empty; all of it lies there. @throws A sentence when the registry cannot be reached. */
export function installMachine(folder: string): InstalledMachine {
  const [tree, prefix, home] = ['tree', 'prefix', 'home'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [tree, prefix, home]) mkdirSync(each);
  const tarball = packed(tree, folder);
  npm(readmeLine('npm install --global'), folder, { npm_config_prefix: prefix });
  const folders = [path.join(prefix, 'bin'), path.dirname(process.execPath), '/usr/bin', '/bin'];
  const env = { PATH: folders.join(':'), HOME: home, XGW_HOME: path.join(home, 'store'), LANG: 'C.UTF-8' };
  return {
    ...{ tarball, prefix, home },
    folder: path.join(prefix, 'lib/node_modules/xmpp-sip-gateway'),
    run: (program, ...words) => run([program, ...words], home, env),
    uninstall: () =>
      void npm(['npm', 'uninstall', '--global', 'xmpp-sip-gateway'], home, { npm_config_prefix: prefix }),
  };
}

/** What packing needs. From a copy: packing writes the manual pages and dist/, which other tests read at this moment. */
const sources = [
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

/** What runs and tests leave in dist/, and what a build that was killed leaves there. */
const leftovers = ['test-counts.txt', 'xgw.cjs.4711', 'manifest.4711.mjs', 'commands/get-user.cjs.4711'];

function packed(tree: string, destination: string): InstalledMachine['tarball'] {
  for (const part of sources) cpSync(path.join(root, part), path.join(tree, part), { recursive: true });
  mkdirSync(path.join(tree, 'dist/commands'), { recursive: true });
  for (const name of leftovers) writeFileSync(path.join(tree, 'dist', name), '');
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  const settings = { npm_config_json: 'true', npm_config_pack_destination: destination };
  const [said] = JSON.parse(npm(readmeLine('npm pack'), tree, settings)) as [
    { readonly size: number; readonly files: readonly { readonly path: string }[] },
  ];
  return { bytes: said.size, files: said.files.map((file) => file.path) };
}

/** By the machine's own settings, which say how the registry is reached. npm's usual patience would be ten minutes and more. */
function npm(words: readonly string[], cwd: string, settings: Readonly<Record<string, string>>): string {
  const patient = {
    npm_config_fetch_retries: '1',
    npm_config_fetch_retry_mintimeout: '1000',
    npm_config_fetch_retry_maxtimeout: '1000',
    npm_config_fetch_timeout: '30000',
  };
  const quiet = { npm_config_loglevel: 'error', npm_config_audit: 'false', npm_config_fund: 'false' };
  try {
    return run(words, cwd, { ...process.env, ...patient, ...quiet, ...settings }).stdout;
  } catch (error) {
    const reason = /\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|E?TIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH)\b/.exec(
      String(error),
    );
    if (reason === null) throw error;
    const sentence = `${words.join(' ')}: the npm registry cannot be reached (${reason[0]}); this test installs from it, as every user does.`;
    throw new Error(sentence, { cause: error });
  }
}

/** @throws With what it said when it fails. */
function run([program = '', ...words]: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  const options = { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 26, timeout: patience } as const;
  const { status, stdout, stderr, error } = spawnSync(program, words, options);
  if (status === 0) return { stdout, stderr };
  throw new Error(`${[program, ...words].join(' ')}: ${status}\n${stderr}${stdout}${error?.message ?? ''}`);
}
