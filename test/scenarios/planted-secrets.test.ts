/**
 * Unmistakable secrets are handed over by every way that is allowed, and by ways that are refused; the product is run, with
 * traffic, errors, logs, audit, exports, reports, backups, metrics and a crash; then every file and every output is searched.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Cmdlet } from '../../src/commands/host/cmdlet.ts';
import { allParametersOf } from '../../src/commands/host/common-parameters.ts';
import { cmdlets } from '../../src/commands/index.ts';
import { openBackup } from '../../src/operations/backup/backup-file.ts';
import { freePort } from '../peers/free-port.ts';
import { registerScenario, runSipp } from '../peers/sipp.ts';
import { type Given, runCmdlet } from '../support/host-process.ts';
import { createAuthority } from '../support/pki.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Federation, federate } from './federation.ts';

const planted = {
  dialback: 'Dialback-d41d8cd9-Unmistakable',
  dialbackStdin: 'Dialback-5tdin000-Unmistakable',
  user: 'UserPassword-98f00b20-Unmistakable',
  userStdin: 'UserPassword-5tdin111-Unmistakable',
  wrongUser: 'UserPassword-wr0ng222-Unmistakable',
  key: 'KeyPassphrase-e9800998-Unmistakable',
  pfx: 'PfxPassword-ecf8427e-Unmistakable',
  newPfx: 'PfxPassword-2fd4e1c6-Unmistakable',
  est: 'EstPassword-7a28fced-Unmistakable',
  eab: 'RWFiSG1hYy04NDlmMWI1Ny1Vbm1pc3Rha2FibGU',
  backup: 'BackupPassword-b6d81b36-Unmistakable',
  argv: 'OnTheCommandLine-0a5d79-Unmistakable',
  url: 'InTheAddress-77de68da-Unmistakable',
  parameterFile: 'InAParameterFile-ecd823-Unmistakable',
  typedInShell: 'TypedInTheShell-babbb5-Unmistakable',
} as const;
type Planted = keyof typeof planted;

/** Everything that was written to standard output or error, with what was typed. */
const outputs: { readonly what: string; readonly text: string }[] = [];
let federation: Federation;
let home: string;
/** What the administrator has, the secrets among it; the product writes here what it is told to. */
let desk: string;
const seen: string[] = [];
const servers: { close(): unknown }[] = [];

const named = (name: string): Cmdlet => {
  const found = cmdlets.find((each) => each.name.toLowerCase() === name);
  if (!found) throw new Error(`no cmdlet ${name}`);
  return found;
};

const secretFile = (name: Planted): string => path.join(desk, 'secrets', name);

/** In this process, as another administrator beside the gateway would. @returns The exit code. */
async function type(words: readonly string[], given: Given = {}, cmdlet = named(words[0] ?? '')): Promise<number> {
  const env = {
    XGW_HOME: home,
    XGW_KEY_PASSPHRASE_FILE: secretFile('key'),
    XGW_STDIN_TIMEOUT: '1',
    HOME: desk,
    ...given.env,
  };
  const ran = await runCmdlet(cmdlet, words.slice(1), { cmdlets, ...given, env });
  outputs.push({
    what: words.filter((word) => !Object.values<string>(planted).includes(word)).join(' '),
    text: ran.stdout + ran.stderr,
  });
  return ran.code;
}

async function done(words: readonly string[], given?: Given): Promise<void> {
  const code = await type(words, given);
  if (code !== 0) throw new Error(`${words.join(' ')}: exit code ${code}\n${outputs.at(-1)?.text}`);
}

beforeAll(async () => {
  desk = temporaryFolder();
  mkdirSync(path.join(desk, 'secrets'), { mode: 0o700 });
  for (const [name, secret] of Object.entries(planted))
    writeFileSync(secretFile(name as Planted), `${secret}\n`, { mode: 0o600 });
  federation = await federate({
    peer: 'dialback-tls',
    partner: ['-SaslNegotiation', 'Optional', '-SupportDialbackNegotiation', 'true'],
  });
  home = federation.site.home;
  await plant();
  await done(['start-trace', 'SipTrunk', '-Name', 'planted', '-Confirm:false']);
  await traffic();
  await look();
  await crash();
  await snapshot();
}, 180_000);
afterAll(() => {
  for (const server of servers) server.close();
});

/** Every allowed way, and those that are refused. */
async function plant(): Promise<void> {
  await done(['set-xmppgatewayconfiguration', '-DialbackPassphraseStdin'], { input: `${planted.dialbackStdin}\n` });
  await done(['set-xmppgatewayconfiguration', '-DialbackPassphraseFile', secretFile('dialback')]);
  await done(['new-user', 'sip:carol@contoso.example', '-PasswordStdin'], { input: `${planted.userStdin}\n` });
  await done(['set-user', 'sip:carol@contoso.example', '-PasswordFile', secretFile('user')]);
  await done(['new-user', 'sip:dave@contoso.example', '-PasswordFile', secretFile('userStdin')]);
  await done(['remove-user', 'sip:dave@contoso.example']);
  const request = ['request-certificate', '-New', '-Type', 'InternalEdge', '-Organization', 'Contoso'];
  await done([...request, '-Output', path.join(desk, 'a.csr'), '-EncryptKey', '-KeyPassphraseFile', secretFile('key')]);
  await certificates(request);
  await refusedWays();
  await done(['backup-configuration', path.join(desk, 'backups'), '-PasswordFile', secretFile('backup')]);
  await done(['backup-configuration', path.join(desk, 'open-backups')]);
  await type([
    'restore-configuration',
    path.join(desk, 'backups'),
    '-PasswordFile',
    secretFile('argv'),
    '-Confirm:false',
  ]);
  await done(['restore-configuration', path.join(desk, 'backups'), '-PasswordFile', secretFile('backup'), '-WhatIf']);
}

async function certificates(request: readonly string[]): Promise<void> {
  const authority = createAuthority('Corporate');
  const own = authority.issue({ names: ['sip.contoso.example'] });
  writeFileSync(path.join(desk, 'own.pem'), own.key + own.chain, { mode: 0o600 });
  const pfx = path.join(desk, 'edge.pfx');
  execFileSync('openssl', [
    'pkcs12',
    '-export',
    '-in',
    path.join(desk, 'own.pem'),
    '-out',
    pfx,
    '-passout',
    `file:${secretFile('pfx')}`,
  ]);
  await done(['import-certificate', pfx, '-PasswordFile', secretFile('pfx'), '-KeyPassphraseFile', secretFile('key')]);
  await type(['import-certificate', pfx, '-PasswordFile', secretFile('argv')]);
  const thumbprint = Object.keys(JSON.parse(readFileSync(path.join(home, 'store.json'), 'utf8')).certificates)[0] ?? '';
  const out = path.join(desk, 'out.pfx');
  await type([
    'export-certificate',
    thumbprint,
    '-Path',
    out,
    '-IncludePrivateKey',
    '-PasswordFile',
    secretFile('newPfx'),
  ]);
  const server = await authorityServer(authority);
  const roots = path.join(desk, 'roots.pem');
  writeFileSync(roots, authority.rootPem);
  const est = [
    '-CA',
    `est:https://localhost:${server}/.well-known/est`,
    '-EstRootsPath',
    roots,
    '-EstUserName',
    'edge01',
  ];
  await type([...request, '-FriendlyName', 'est', ...est, '-EstPasswordFile', secretFile('est')]);
  const acme = ['-CA', `acme:https://localhost:${server}/directory`, '-AcmeRootsPath', roots, '-AcmeEabKeyId', 'kid-1'];
  await type([
    ...request,
    '-FriendlyName',
    'acme',
    ...acme,
    '-AcmeEabHmacKeyFile',
    secretFile('eab'),
    '-AcmeHttpPort',
    String(await freePort()),
  ]);
}

/** An authority that wants to know who asks, remembers what it was told, and refuses. */
async function authorityServer(authority: ReturnType<typeof createAuthority>): Promise<number> {
  const { key, chain } = authority.issue({ names: ['localhost'] });
  const server = createServer({ key, cert: chain }, (request, response) => {
    const base = `https://localhost:${(server.address() as AddressInfo).port}`;
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
    response.setHeader('Replay-Nonce', 'bm9uY2U');
    if (request.url === '/directory') {
      const names = ['newNonce', 'newAccount', 'newOrder', 'revokeCert', 'keyChange'].map((name) => [
        name,
        `${base}/${name}`,
      ]);
      response.setHeader('Content-Type', 'application/json');
      return response.end(JSON.stringify({ ...Object.fromEntries(names), meta: { externalAccountRequired: true } }));
    }
    request.resume();
    if (request.url === '/newNonce') return response.end();
    if (request.url === '/newAccount') {
      response.writeHead(403, { 'Content-Type': 'application/problem+json' });
      return response.end(JSON.stringify({ type: 'urn:ietf:params:acme:error:unauthorized', detail: 'no' }));
    }
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="est"' });
    return response.end();
  });
  servers.push(server);
  return await new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}

/** They end with a refusal, and the secret is in nothing that remains. */
async function refusedWays(): Promise<void> {
  expect(await type(['new-user', 'sip:eve@contoso.example', '-Password', planted.argv])).toBe(2);
  expect(
    await type(['new-user', 'sip:eve@contoso.example', `--password=${planted.argv}`, '-ErrorView', 'Normal', '-Debug']),
  ).toBe(2);
  expect(await type(['set-xmppgatewayconfiguration', '-DialbackPassphrase', planted.argv, '-ErrorView', 'Json'])).toBe(
    2,
  );
  expect(await type(['set-xmppgatewayconfiguration', `-DialbackPass:${planted.argv}`])).toBe(2);
  const parameters = path.join(desk, 'secrets', 'parameters.yaml');
  writeFileSync(parameters, `Identity: sip:eve@contoso.example\nPassword: ${planted.parameterFile}\n`, { mode: 0o600 });
  expect(await type(['new-user', '-ParameterFile', parameters])).toBe(2);
  const script = path.join(desk, 'secrets', 'script.xgw');
  writeFileSync(script, `new-user sip:eve@contoso.example -Password ${planted.typedInShell}\n`, { mode: 0o600 });
  await type(['invoke-script', script]);
  await type(['enter-managementshell'], {
    input: `new-user sip:eve@contoso.example -Password '${planted.typedInShell}'\nexit\n`,
  });
  await type([
    'request-certificate',
    '-New',
    '-Type',
    'InternalEdge',
    '-CA',
    `est:https://edge01:${planted.url}@127.0.0.1:9/est`,
  ]);
}

/** Over both protocols, with a wrong password among it; everything is logged that can be. */
async function traffic(): Promise<void> {
  if (cmdlets.some(({ name }) => name === 'Start-Trace')) await type(['start-trace']);
  const bob = await federation.bob();
  const alice = await federation.aliceReceives();
  bob.sendMessage('alice@contoso.example', 'hello');
  await alice.message;
  await federation.aliceSends('bob@fabrikam.example', 'hello back', 200);
  bob.close();
  await runSipp({
    server: { host: '127.0.0.1', port: federation.site.sipPort },
    transport: 'udp',
    user: 'carol',
    password: planted.wrongUser,
    scenario: registerScenario(),
    keys: { domain: 'contoso.example', contact_port: '5999', expires: '600' },
    timeoutSeconds: 5,
  });
}

const withoutMandatory = ({ parameters }: Cmdlet): boolean =>
  Object.values(parameters as Record<string, { mandatory: boolean }>).every(({ mandatory }) => !mandatory);

/** All that only reads, as people and as programs see it; all that tests; all that writes files out of it. */
async function look(): Promise<void> {
  const reading = cmdlets.filter(
    (cmdlet) =>
      /^(?:Get|Search|Test|Show|Measure|Compare|Trace)-/.test(cmdlet.name) &&
      withoutMandatory(cmdlet) &&
      !cmdlet.filter,
  );
  for (const cmdlet of reading) {
    if (['Get-Help', 'Get-Completion', 'Get-Command', 'Show-Demonstration'].includes(cmdlet.name)) continue;
    const own = Object.keys(cmdlet.parameters as object);
    const level = own.includes('Level') ? ['-Level', 'trace'] : [];
    const name = cmdlet.name.toLowerCase();
    await type([name, ...level, '-OutputFormat', 'json', '-Verbose', '-Debug', '-Timeout', '5']);
    await type([name, '-OutputFormat', 'list', '-Timeout', '5'], { terminal: true });
    if ('Report' in allParametersOf(cmdlet)) {
      for (const kind of ['html', 'md', 'json'])
        await type([name, '-Report', path.join(desk, `${name}.${kind}`), '-Timeout', '5']);
    }
  }
  await type(['export-trace', path.join(desk, 'trace.html'), '-OutputFormat', 'html']);
  const port = await freePort();
  await type(['set-xmppgatewayconfiguration', '-MetricsPort', String(port)]);
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text(), String);
  outputs.push({ what: 'metrics', text: metrics });
  if (cmdlets.some(({ name }) => name === 'Export-Configuration'))
    await type(['export-configuration', path.join(desk, 'export.yaml')]);
}

/** A cmdlet with a bug, in the middle of an act that knows the secret: it writes a crash report. */
async function crash(): Promise<void> {
  const broken: Cmdlet = {
    ...named('new-user'),
    run: async () => {
      throw new TypeError('a bug');
    },
  };
  // A store of its own: a report of a bug in the other one would be a bug.
  const given = { mayCrash: true, env: { XGW_HOME: path.join(desk, 'crashed') } };
  const words = ['new-user', 'sip:eve@contoso.example'];
  expect(await type([...words, '-PasswordFile', secretFile('user')], given, broken)).toBe(1);
  expect(await type([...words, '-PasswordStdin'], { ...given, input: planted.userStdin }, broken)).toBe(1);
}

/** Files below a folder. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);

interface Written {
  readonly file: string;
  readonly bytes: Buffer;
  readonly mode: number;
}

/** Everything that the product wrote: the store, and what it was told to write on the desk. Read while the gateway runs. */
const written: Written[] = [];
/** Command line and environment of the gateway's processes. */
const processes: Buffer[] = [];
/** Of the backup without a password. */
let openContents: unknown;

async function snapshot(): Promise<void> {
  const [name = ''] = readdirSync(path.join(desk, 'open-backups'));
  openContents = await openBackup(path.join(desk, 'open-backups', name), async () => undefined);
  const onDesk = filesBelow(desk).filter((file) => !file.startsWith(path.join(desk, 'secrets')));
  for (const file of [...filesBelow(home), ...onDesk]) {
    written.push({ file, bytes: readFileSync(file), mode: statSync(file).mode & 0o777 });
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid))) {
    try {
      const both = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`));
      if (both.some((bytes) => bytes.includes(home))) processes.push(Buffer.concat(both));
    } catch {
      // It has ended, or is somebody else's.
    }
  }
}

/** As it is, and in the forms in which it crosses a wire or a file. */
const formsOf = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret);
  const [base64, doubled] = [
    bytes.toString('base64').replace(/=+$/, ''),
    Buffer.from(`edge01:${secret}`).toString('base64'),
  ];
  return [secret, bytes.toString('hex'), base64, doubled.replace(/=+$/, ''), encodeURIComponent(secret)];
};

const holds = (bytes: Buffer, secret: string): boolean => formsOf(secret).some((form) => bytes.includes(form));

describe('a secret planted in the configuration', () => {
  it('was used: the authority was told the password, and asked for the account', () => {
    const basic = Buffer.from(`edge01:${planted.est}`).toString('base64');
    expect(seen).toEqual(
      expect.arrayContaining([expect.stringContaining(`Basic ${basic}`), expect.stringContaining('POST /newAccount')]),
    );
  });

  it('is found in no file that the product writes', () => {
    const files = written.map(({ file }) => file);
    expect(files.map((file) => path.relative(home, file))).toEqual(
      expect.arrayContaining([
        'store.json',
        'log/xgw.log',
        'audit/audit.jsonl',
        'keys/dialback.secret',
        'audit/head.json',
      ]),
    );
    expect(files.some((file) => /log\/bug-/.test(file))).toBe(true);
    const found = written.flatMap(({ file, bytes }) => {
      return Object.entries(planted).flatMap(([name, secret]) => (holds(bytes, secret) ? [`${name} in ${file}`] : []));
    });
    expect(found).toEqual([]);
  });

  it('is found in no output', () => {
    expect(outputs.length).toBeGreaterThan(60);
    const found = outputs.flatMap(({ what, text }) =>
      Object.entries(planted).flatMap(([name, secret]) =>
        holds(Buffer.from(text), secret) ? [`${name} in the output of ${what}`] : [],
      ),
    );
    expect(found).toEqual([]);
  });

  it('is found in no backup that is opened without its password, nor what is made of it', () => {
    const bytes = Buffer.from(JSON.stringify(openContents));
    for (const secret of [...Object.values(planted), ...keptSecrets().map(({ text }) => text)])
      expect(holds(bytes, secret)).toBe(false);
  });

  it('is on no command line and in no environment of the running gateway', () => {
    expect(processes.length).toBeGreaterThan(0);
    for (const bytes of processes) {
      for (const secret of Object.values(planted)) expect(holds(bytes, secret)).toBe(false);
    }
  });
});

interface KeptSecret {
  readonly file: string;
  readonly text: string;
}

const kept = (): readonly Written[] => written.filter(({ file }) => file.startsWith(path.join(home, 'keys')));

/** What the key folder keeps in place of the secrets: a line of each private key, digests, the secret of dialback keys. */
function keptSecrets(): readonly KeptSecret[] {
  return kept().flatMap(({ file, bytes }) => {
    const text = bytes.toString();
    const keyLines = [.../-----BEGIN [A-Z ]*PRIVATE KEY-----\n(?:.+\n)*?(.{40,})\n/g[Symbol.matchAll](text)].map(
      ([, line = '']) => line,
    );
    const digests = file.endsWith('.digest.json') ? (text.match(/[0-9a-f]{32,64}/g) ?? []) : [];
    const dialback = file.endsWith('dialback.secret') ? [text.trim()] : [];
    return [...keyLines, ...digests, ...dialback].map((each) => ({ file, text: each }));
  });
}

describe('what the key folder keeps of secrets', () => {
  it('is there, for its owner only', () => {
    expect(keptSecrets().length).toBeGreaterThan(4);
    for (const { file, mode } of kept()) expect([file, mode]).toEqual([file, 0o600]);
  });

  it('is found in no other file and no output', () => {
    const elsewhere = written.filter((each) => !kept().includes(each) && !each.file.endsWith('own.pem'));
    const texts = [
      ...elsewhere.map(({ file, bytes }) => [file, bytes] as const),
      ...outputs.map(({ what, text }) => [what, Buffer.from(text)] as const),
    ];
    const found = keptSecrets().flatMap(({ file, text }) =>
      texts.flatMap(([where, bytes]) => (holds(bytes, text) ? [`${path.basename(file)} in ${where}`] : [])),
    );
    expect(found).toEqual([]);
  });

  it('and every other file of the store is open to its owner only', () => {
    const open = written.filter(({ file, mode }) => file.startsWith(home) && (mode & 0o077) !== 0);
    expect(open.map(({ file }) => path.relative(home, file))).toEqual([]);
  });
});
