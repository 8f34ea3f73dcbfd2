/** The audit log as an administrator meets it: what is told of an act, what replays it, and what tampering looks like. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { bindArgv } from '../../src/commands/host/argv.ts';
import { bindTexts } from '../../src/commands/host/binding.ts';
import type { Cmdlet } from '../../src/commands/host/cmdlet.ts';
import { allParametersOf } from '../../src/commands/host/common-parameters.ts';
import { parseProgram } from '../../src/commands/host/program.ts';
import { replayableLine } from '../../src/commands/host/replayable-line.ts';
import { cmdlets } from '../../src/commands/index.ts';
import { auditFile, auditFolder } from '../../src/store/audit-files.ts';
import { type Ran, runCmdlet } from '../support/host-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cleanEnvironment, xgwIn } from '../support/xgw.ts';

let home: string;
beforeEach(() => {
  home = path.join(temporaryFolder(), 'store');
});

const named = (typed: string): Cmdlet => {
  const found = cmdlets.find(({ name }) => name.toLowerCase() === typed);
  if (!found) throw new Error(`no cmdlet ${typed}`);
  return found;
};

/** Types a cmdlet in this process. */
const typed = async (words: readonly string[], more: Parameters<typeof runCmdlet>[2] = {}): Promise<Ran> =>
  await runCmdlet(named(words[0] ?? ''), words.slice(1), { ...more, env: { XGW_HOME: home, ...more.env } });

async function done(...words: readonly string[]): Promise<Ran> {
  const ran = await typed(words);
  if (ran.code !== 0) throw new Error(`${words.join(' ')}: ${ran.code}\n${ran.stderr}`);
  return ran;
}

const entries = async (...words: readonly string[]): Promise<Record<string, unknown>[]> =>
  (await done(...words)).stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const acts = async (): Promise<Record<string, unknown>[]> =>
  (await entries('get-auditlog', '-First', '1000')).filter(({ Event }) => Event !== 'Start').toReversed();

function secretFile(text: string): string {
  const file = path.join(temporaryFolder(), 'secret');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

describe('the line of an act', () => {
  it('says who did what where, which revision it made, what differed, and how it ended', async () => {
    await done('new-sipdomain', 'contoso.com');
    await done('set-accessedgeconfiguration', '-AllowFederatedUsers', 'true');
    const [, act] = await acts();
    expect(act).toMatchObject({
      Cmdlet: 'Set-AccessEdgeConfiguration',
      Parameters: { AllowFederatedUsers: true },
      RevisionBefore: 1,
      RevisionAfter: 2,
      Changes: ['Global: AllowFederatedUsers false -> true'],
      Changed: true,
      ExitCode: 0,
      Error: null,
    });
    for (const name of ['User', 'Host', 'CorrelationId', 'Time']) expect(act?.[name]).toMatch(/^\S+$/);
  });

  it('is there for what changed nothing and for what failed, and its CorrelationId is that of the error record', async () => {
    await done('new-xmppfederatedpartner', 'fabrikam.com', '-IfNotExists');
    await done('new-xmppfederatedpartner', 'fabrikam.com', '-IfNotExists');
    const failed = await typed(['remove-xmppfederatedpartner', 'nosuch.com', '-ErrorView', 'Json']);
    const { CorrelationId } = JSON.parse(failed.stderr);
    expect((await acts()).map(({ Changed, ExitCode, Error: id, Target }) => [Changed, ExitCode, id, Target])).toEqual([
      [true, 0, null, 'fabrikam.com'],
      [false, 0, null, 'fabrikam.com'],
      [false, 3, 'ObjectNotFound', 'nosuch.com'],
    ]);
    expect((await acts()).at(-1)?.['CorrelationId']).toBe(CorrelationId);
  });

  it('is not there for -WhatIf, and not for what only reads', async () => {
    await done('new-sipdomain', 'contoso.com', '-WhatIf');
    await done('get-sipdomain');
    expect(existsSync(auditFolder(home))).toBe(false);
  });

  it('is not there for what somebody answered No to', async () => {
    await done('new-xmppfederatedpartner', 'a.org');
    await typed(['remove-xmppfederatedpartner', 'a.org', '-Confirm'], { keys: 'n\r', terminal: true });
    expect(await acts()).toHaveLength(1);
    expect(await entries('get-xmppfederatedpartner')).toHaveLength(1);
  });

  it('is one for each object of a pipe', async () => {
    await done('new-sipdomain', 'contoso.com');
    const ran = await typed(['new-xmppfederatedpartner', '-'], {
      input: '{"Identity":"a.org"}\n{"Identity":"b.org"}\n',
    });
    expect(ran.code).toBe(0);
    expect((await acts()).slice(1).map(({ Target, Command }) => [Target, Command])).toEqual([
      ['a.org', 'xgw new-xmppfederatedpartner a.org --no-confirm'],
      ['b.org', 'xgw new-xmppfederatedpartner b.org --no-confirm'],
    ]);
  });

  it('names the account behind sudo, and escapes what could steer a terminal', async () => {
    const ran = await typed(['new-xmppfederatedpartner', 'fabrikam.com', '-Description', 'a\u001b[31m\nb'], {
      env: { SUDO_USER: 'mallory\u001b[2J' },
    });
    expect(ran.code).toBe(0);
    const [act] = await acts();
    expect(act?.['LoginUser']).toBe('mallory\\u{1b}[2J');
    expect(readFileSync(auditFile(home), 'utf8')).not.toContain('\u001b');
    expect((await done('get-auditlog', '-OutputFormat', 'list')).stdout).not.toContain('\u001b');
  });

  it('has no secret: neither a password from a file nor one inside of an address', async () => {
    await done('new-sipdomain', 'contoso.com');
    const password = secretFile('hunter2-unmistakable');
    await done('new-user', 'sip:alice@contoso.com', '-PasswordFile', password);
    await typed([
      'request-certificate',
      '-New',
      '-Type',
      'ExternalEdge',
      '-CA',
      'est:https://bob:hunter3-unmistakable@127.0.0.1:9/x',
    ]);
    const log = readFileSync(auditFile(home), 'utf8');
    expect(log).toContain(password);
    expect(log).not.toMatch(/hunter\d-unmistakable/);
  });
});

describe('search-auditlog', () => {
  it('finds acts by object, person, cmdlet and time', async () => {
    const before = new Date(Date.now() - 60_000).toISOString();
    await done('new-xmppfederatedpartner', 'fabrikam.com');
    await done('new-xmppfederatedpartner', 'adatum.org');
    await done('set-xmppfederatedpartner', 'fabrikam.com', '-Description', 'x');
    const found = async (...words: readonly string[]) =>
      (await entries('search-auditlog', ...words)).map(({ Cmdlet, Target }) => [Cmdlet, Target].join(' '));
    expect(await found('FABRIKAM.com')).toEqual([
      'Set-XmppFederatedPartner fabrikam.com',
      'New-XmppFederatedPartner fabrikam.com',
    ]);
    expect(await found('-Cmdlet', 'new-*', '-Identity', '*.org')).toEqual(['New-XmppFederatedPartner adatum.org']);
    expect(await found('-User', 'nobody-at-all')).toEqual([]);
    expect(await found('-Since', before, '-First', '1')).toHaveLength(1);
    expect(await found('-Since', '2100-01-01')).toEqual([]);
  });
});

describe('the command line of an act', () => {
  it('means the same again, whatever the values are', () => {
    const cmdlet = named('set-xmppfederatedpartner');
    const parameters = allParametersOf(cmdlet);
    const rules = { workingFolder: '/srv', force: false, removed: 0 };
    const domains = fc.uniqueArray(fc.constantFrom('a.org', 'b.org', 'xn--bcher-kva.example'), { maxLength: 3 });
    const values = fc.record(
      {
        Identity: fc.constant('fabrikam.com'),
        Description: fc.oneof(
          fc.string(),
          fc.constantFrom(null, "'quoted'", '"', '-', '-x', '@f', '$HOME', '`id`', 'a b;c', '\\'),
        ),
        AdditionalDomains: fc.oneof(
          domains.map((replace) => ({ add: [], remove: [], replace })),
          domains.filter((list) => list.length > 0).map((add) => ({ add, remove: ['c.org'] })),
        ),
        EnableKeepAlive: fc.boolean(),
        ConnectionLimit: fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.constant(null)),
        TlsNegotiation: fc.constantFrom('Required', 'Optional'),
        TrustedRootsPath: fc.constantFrom('/etc/a b.pem', null),
      },
      { requiredKeys: ['Identity'] },
    );
    fc.assert(
      fc.property(values, (given) => {
        const meant =
          given.Description === '' || given.Description?.toLowerCase() === '$null'
            ? { ...given, Description: null }
            : given;
        const line = replayableLine(cmdlet, meant, rules);
        if (line.includes('\0')) return;
        const words = execWords(line).slice(2);
        const bound = bindArgv(words, parameters, { strict: true, shell: 'sh' });
        if (!bound.ok) throw new Error(`${line}: ${bound.error.message}`);
        const { Confirm, ...again } = bindTexts(parseProgram(cmdlet.name, parameters, bound.value.argv), parameters);
        expect(Confirm).toBe(false);
        expect(again).toEqual(meant);
      }),
      { numRuns: 60 },
    );
  });

  it('makes relative paths absolute, and says how many objects are meant', () => {
    const line = (name: string, values: object, removed = 0): string =>
      replayableLine(named(name), { ...values }, { workingFolder: '/srv/a b', force: true, removed });
    expect(line('new-user', { Identity: 'sip:a@b.org', PasswordFile: 'p' })).toBe(
      "xgw new-user sip:a@b.org '--password-file=/srv/a b/p' --force --no-confirm",
    );
    expect(line('remove-user', { Identity: '*' }, 7)).toBe(
      "xgw remove-user '*' --force --no-confirm '--maximum-removal=7'",
    );
  });

  it('of all acts, typed into an empty store by a shell, makes the same configuration', async () => {
    const password = secretFile('correct horse');
    await done('initialize-gateway', 'contoso.com', '-AccessEdgeFqdn', 'edge.contoso.com');
    await done('new-sipdomain', 'lab.contoso.com');
    await done(
      'new-xmppfederatedpartner',
      'fabrikam.com',
      '-Description',
      `it's "a" $test; \`id\` \\ -x`,
      '-AdditionalDomains',
      'a.org,b.org',
    );
    await done(
      'set-xmppfederatedpartner',
      'fabrikam.com',
      '-AdditionalDomains',
      '+c.org,-a.org',
      '-ConnectionLimit',
      '7',
    );
    await done('new-externalaccesspolicy', 'FedPic', '-EnableXmppAccess', 'true');
    await done('new-user', 'sip:alice@contoso.com', '-PasswordFile', password, '-DisplayName', 'Alice A.');
    await done('set-user', 'sip:alice@contoso.com', '-DisplayName', '$null', '-Site', 'Taipei');
    await done('grant-externalaccesspolicy', 'sip:alice@contoso.com', '-PolicyName', 'FedPic');
    await typed(['new-xmppfederatedpartner', '-'], {
      input: ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'].map((n) => `${n}.net\n`).join(''),
    });
    await done('remove-xmppfederatedpartner', '*.net', '-Confirm:false', '-MaximumRemoval', '9');
    await typed(['remove-xmppfederatedpartner', 'nosuch.com']);
    await done('set-xmppgatewayconfiguration', '-DnsServers', '127.0.0.1:5353', '-AcmeContact', '$null').catch(
      () => undefined,
    );
    await done('undo-configurationchange', '-Confirm:false');
    const lines = (await acts())
      .filter(({ ExitCode, Changed }) => ExitCode === 0 && Changed === true)
      .map(({ Command }) => String(Command));
    const empty = path.join(temporaryFolder(), 'store');
    await replay(lines, empty);
    expect(essence(empty)).toEqual(essence(home));
  }, 180_000);
});

/** The words that a POSIX shell makes of a line. */
const execWords = (line: string): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${line}`])
    .toString()
    .split('\0')
    .slice(0, -1);

/** With a program `xgw` in the path, as one script. */
async function replay(lines: readonly string[], store: string): Promise<void> {
  const folder = temporaryFolder();
  const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');
  mkdirSync(path.join(folder, 'bin'));
  writeFileSync(path.join(folder, 'bin', 'xgw'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(path.join(folder, 'bin', 'xgw'), 0o755);
  const env = cleanEnvironment({ XGW_HOME: store, PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}` });
  await promisify(execFile)('sh', ['-ec', lines.join('\n')], { env });
}

/** A configuration without what is new with every run: times, and the names of keys, certificates and passwords. */
function essence(store: string): unknown {
  const { changed: _, certificates, ...rest } = JSON.parse(readFileSync(path.join(store, 'store.json'), 'utf8'));
  const text = JSON.stringify(rest, (key, value) => {
    if (key === 'changed') return undefined;
    return key === 'credential' ? 'one' : value;
  });
  return [JSON.parse(text), Object.keys(certificates).length];
}

describe('twelve processes at the same time', () => {
  it('keep one chain', async () => {
    const xgw = xgwIn(home);
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        xgw.run('new-xmppfederatedpartner', `p${index}.example`, '-LockTimeout', '50'),
      ),
    );
    expect(await entries('test-auditlog')).toEqual([expect.objectContaining({ Result: 'Success', Lines: 13 })]);
    expect((await acts()).map(({ RevisionAfter }) => RevisionAfter).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
  }, 180_000);
});

/** Kills the process before the n-th call that changes the disk under the store. */
const killing = `
const fs = require('node:fs');
let calls = 0;
for (const name of ['openSync', 'writeFileSync', 'writeSync', 'fsyncSync', 'renameSync', 'linkSync', 'mkdirSync', 'rmSync', 'ftruncateSync']) {
  const real = fs[name];
  fs[name] = (...given) => {
    const isOurs = typeof given[0] === 'number' || String(given[0]).startsWith(process.env.XGW_HOME);
    if (isOurs && (calls += 1) === Number(process.env.KILL_AT)) process.kill(process.pid, 'SIGKILL');
    return real(...given);
  };
}
`;

describe('a process that is killed at any call that changes the disk', () => {
  it('leaves no change that the log does not tell of, and a log that goes on in order', async () => {
    const origin = path.join(temporaryFolder(), 'origin');
    await xgwIn(origin).run('new-xmppfederatedpartner', 'adatum.org');
    const script = path.join(temporaryFolder(), 'killing.cjs');
    writeFileSync(script, killing);
    const outcomes = new Set<string>();
    for (let at = 1, code: number | null = null; at < 200 && code === null; at += 4) {
      home = path.join(temporaryFolder(), 'store');
      cpSync(origin, home, { recursive: true });
      const environment = { NODE_OPTIONS: `--require ${script}`, KILL_AT: String(at) };
      ({ code } = await xgwIn(home, environment).type('new-xmppfederatedpartner', 'fabrikam.com'));
      await done('set-accessedgeconfiguration', '-AllowFederatedUsers', 'true');
      expect([at, ...(await entries('test-auditlog'))]).toEqual([at, expect.objectContaining({ Result: 'Success' })]);
      const isMade = (await entries('get-xmppfederatedpartner')).length === 2;
      const told = (await acts())
        .filter(({ Command }) => String(Command).includes('fabrikam.com'))
        .map(({ Event }) => Event);
      if (isMade) expect([at, told]).toEqual([at, [expect.stringMatching(/^(?:Act|Interrupted)$/)]]);
      outcomes.add(`${isMade} ${told.join(' ')}`);
    }
    expect([...outcomes]).toEqual(
      expect.arrayContaining(['false ', 'false Interrupted', 'true Interrupted', 'true Act']),
    );
  }, 180_000);
});

describe('test-auditlog', () => {
  it('is 0 while all is as it was written, and names the first line that is not with exit code 21', async () => {
    for (const domain of ['a.org', 'b.org', 'c.org']) await done('new-xmppfederatedpartner', domain);
    const [verdict] = await entries('test-auditlog');
    expect(verdict).toMatchObject({ Result: 'Success', Lines: 4, EndLine: 3, FirstFaultyLine: null });
    writeFileSync(auditFile(home), readFileSync(auditFile(home), 'utf8').replaceAll('b.org', 'x.org'));
    const tampered = await typed(['test-auditlog']);
    expect(tampered.code).toBe(21);
    expect(JSON.parse(tampered.stdout)).toMatchObject({ Result: 'Failure', Fault: 'Changed', FirstFaultyLine: 2 });
    expect(tampered.stderr).toContain('line 2');
  });

  it('finds an end that was cut off together with head.json, by the revisions that remember it', async () => {
    for (const domain of ['a.org', 'b.org', 'c.org']) await done('new-xmppfederatedpartner', domain);
    const lines = readFileSync(auditFile(home), 'utf8').split('\n');
    writeFileSync(auditFile(home), `${lines.slice(0, 2).join('\n')}\n`);
    const { createHash } = await import('node:crypto');
    const head = path.join(auditFolder(home), 'head.json');
    const hash = createHash('sha256')
      .update(lines[1] ?? '')
      .digest('hex');
    writeFileSync(head, JSON.stringify({ ...JSON.parse(readFileSync(head, 'utf8')), line: 1, hash }));
    const cut = await typed(['test-auditlog']);
    expect(JSON.parse(cut.stdout)).toMatchObject({ Result: 'Failure', Fault: 'Truncated', FirstFaultyLine: 2 });
  });
});

describe('an audit log that cannot be written', () => {
  it('keeps a change from being made, whatever it is', async () => {
    mkdirSync(home, { mode: 0o700 });
    writeFileSync(auditFolder(home), '');
    const refused = await typed(['new-xmppfederatedpartner', 'fabrikam.com']);
    expect(refused.code).toBe(9);
    expect(refused.stderr).toContain('AuditNotWritable');
    expect(existsSync(path.join(home, 'store.json'))).toBe(false);
    const user = await typed(['request-certificate', '-New', '-Type', 'ExternalEdge']);
    expect(user.code).toBe(9);
    expect(existsSync(path.join(home, 'keys'))).toBe(false);
  });

  it('does not keep anybody from stopping the gateway, who is told', async () => {
    mkdirSync(home, { mode: 0o700 });
    writeFileSync(auditFolder(home), '');
    const stopped = await typed(['stop-service']);
    expect(stopped.code).toBe(0);
    expect(stopped.stderr).toContain('WARNING: Stop-Service is not audited');
  });
});
