/** The cmdlets of a configuration in a file, as a job types them: plans, secrets by reference, drift, tests and schema. */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';

import type { Ran } from '../support/host-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cmdletsIn } from './support/cmdlets-in.ts';

let folder: string;
let home: string;
beforeEach(() => {
  folder = temporaryFolder();
  home = path.join(folder, 'store');
});

const inFolder = (name: string): string => path.join(folder, name);

function write(name: string, text: string): string {
  writeFileSync(inFolder(name), text, { mode: 0o600 });
  return inFolder(name);
}

const { typed, done } = cmdletsIn(() => home);

const idOf = ({ code, stderr }: Ran): readonly unknown[] => [code, /Id: +(\w+)/.exec(stderr)?.[1]];
const revision = async (): Promise<unknown> => (await done('get-configurationstore'))[0]?.['Revision'];

const file = (spec: string): string =>
  write(
    'gateway.yaml',
    `apiVersion: xgw/v1\nkind: GatewayConfiguration\nmetadata: { owner: git:edge }\nspec:\n${spec}\n`,
  );
const partners = '  federatedPartners:\n    fabrikam.com: { partnerType: Federated }\n    gone.com: {}';

describe('sync-configuration', () => {
  it('is one revision and one line of the audit log that can be typed again, and is undone as one', async () => {
    const gateway = file(`  sipDomains: { contoso.com: }\n${partners}`);
    const changes = await done('apply-configuration', gateway);
    expect(changes[0]).toEqual({
      Action: 'Add',
      TargetKind: 'SipDomain',
      Identity: 'contoso.com',
      Property: null,
      Before: null,
      After: null,
      Consequence: [],
      Kind: 'ConfigurationChange',
    });
    expect(await revision()).toBe(1);
    const [line] = await done('search-auditlog', '-Cmdlet', 'Sync-Configuration');
    expect(line).toMatchObject({ Changed: true, RevisionBefore: 0, RevisionAfter: 1, Target: 'git:edge' });
    expect(String(line?.['Command'])).toBe(`xgw sync-configuration '--path=${gateway}' --no-confirm`);
    expect((await typed('undo-configurationchange', '-Confirm:false')).code).toBe(0);
    expect(await done('get-xmppfederatedpartner')).toEqual([]);
  });

  it('says nothing twice: what is so already makes no revision', async () => {
    const gateway = file(partners);
    await done('sync-configuration', gateway);
    expect(await done('sync-configuration', gateway)).toEqual([]);
    expect(await done('sync-configuration', gateway, '-WhatIf', '-DetailedExitCode')).toEqual([]);
    expect(await revision()).toBe(1);
  });

  it('asks before it removes, and removes many only when as many are meant', async () => {
    const many = Array.from({ length: 7 }, (_, index) => `    p${index}.com: {}`);
    await done('sync-configuration', file(`  federatedPartners:\n${many.join('\n')}`));
    const one = file(`  federatedPartners:\n${many.slice(1).join('\n')}`);
    expect(idOf(await typed('sync-configuration', one, '-Prune'))).toEqual([4, 'ConfirmationRequired']);
    const none = file('  federatedPartners: {}');
    expect(idOf(await typed('sync-configuration', none, '-Prune', '-Confirm:false'))).toEqual([4, 'RemovalTooLarge']);
    expect(await revision()).toBe(1);
    expect((await typed('sync-configuration', none, '-Prune', '-Confirm:false', '-MaximumRemoval', '7')).code).toBe(0);
    expect(await done('get-xmppfederatedpartner')).toEqual([]);
  });

  it('does not touch what was made by hand', async () => {
    await done('new-xmppfederatedpartner', 'fabrikam.com');
    const ran = await typed('sync-configuration', file(partners));
    expect(idOf(ran)).toEqual([6, 'OwnershipConflict']);
    expect(ran.stderr).toMatch(/fabrikam\.com was made by hand \(PartnerType\)/);
    expect(await revision()).toBe(1);
    await done('sync-configuration', file(partners), '-TakeOwnership');
    expect(await done('get-xmppfederatedpartner', 'fabrikam.com')).toMatchObject([{ Owner: 'git:edge' }]);
  });

  it('reads a folder as one file, in the order of the names', async () => {
    file('  sipDomains: { contoso.com: }');
    write(
      'users.json',
      JSON.stringify({
        apiVersion: 'xgw/v1',
        kind: 'GatewayConfiguration',
        metadata: { owner: 'git:edge' },
        spec: { users: { 'alice@contoso.com': {} } },
      }),
    );
    write('README.md', '# nothing');
    await done('sync-configuration', folder);
    expect(await done('get-user')).toMatchObject([{ Identity: 'sip:alice@contoso.com' }]);
  });

  it.each([
    [['-OutPlan', 'plan.json'], 'ParameterConflict'],
    [['-Plan', 'plan.json'], 'ParameterConflict'],
  ])('takes %j with a file for what it is', async (more, id) => {
    expect(idOf(await typed('sync-configuration', file(partners), ...more))).toEqual([2, id]);
  });

  it('needs a file or a plan', async () => {
    expect(idOf(await typed('sync-configuration'))).toEqual([4, 'MandatoryParameterMissing']);
  });
});

describe('secrets', () => {
  const spec = `  sipDomains: { contoso.com: }
  gateway: { dialbackPassphrase: { fromFile: dialback } }
  users: { alice@contoso.com: { password: { fromFile: alice } } }`;
  const keys = (): readonly string[] => readdirSync(path.join(home, 'keys')).filter((name) => name !== 'trash');
  beforeEach(() => {
    write('dialback', 's3cret\n');
    write('alice', 'wonder\n');
  });

  it('are read from the files beside the file, kept in the key folder, and are in no output', async () => {
    const ran = await typed('sync-configuration', file(spec));
    expect([ran.code, ran.stderr]).toEqual([0, expect.anything()]);
    expect(ran.stdout).toContain('"Property":"DialbackPassphrase","Before":null,"After":"********"');
    expect(ran.stdout).toContain('"Property":"Password","Before":null,"After":"********"');
    expect(await done('get-user')).toMatchObject([{ CanRegister: true }]);
    const kept = keys();
    // The same secrets again are no change.
    expect(await done('sync-configuration', file(spec))).toEqual([]);
    expect([keys(), await revision()]).toEqual([kept, 1]);
  });

  it('that are new are a change, and the one before is no longer kept', async () => {
    await done('sync-configuration', file(spec));
    const before = keys();
    write('alice', 'looking glass\n');
    expect(await done('sync-configuration', file(spec))).toMatchObject([
      { Identity: 'sip:alice@contoso.com', Property: 'Password' },
    ]);
    expect(keys()).toHaveLength(before.length);
    expect(keys()).not.toEqual(before);
  });

  it('are not kept by -WhatIf, nor when the file is refused', async () => {
    await done('sync-configuration', file(spec), '-WhatIf');
    expect(() => keys()).toThrow();
    await done('new-xmppfederatedpartner', 'fabrikam.com');
    expect(idOf(await typed('sync-configuration', file(`${spec}\n${partners}`)))).toEqual([6, 'OwnershipConflict']);
    expect(() => keys()).toThrow();
  });

  it('of users who are pruned are forgotten with them, which is said before', async () => {
    await done('sync-configuration', file(spec));
    const kept = keys();
    const none = file('  sipDomains: { contoso.com: }\n  users: {}');
    const asked = await typed('sync-configuration', none, '-Prune');
    expect([asked.code, asked.stderr]).toEqual([4, expect.stringMatching(/passwords? of one user/)]);
    await done('sync-configuration', none, '-Prune', '-Confirm:false');
    expect(keys()).toHaveLength(kept.length - 1);
  });

  it('that others can read are refused, and so is a file without the file', async () => {
    chmodSync(inFolder('alice'), 0o644);
    expect(idOf(await typed('sync-configuration', file(spec)))).toEqual([8, 'KeyFileExposed']);
    const gateway = file(spec.replace('fromFile: alice', 'fromFile: nowhere'));
    expect(idOf(await typed('sync-configuration', gateway))).toEqual([3, 'FileNotFound']);
    expect((await typed('test-configuration', gateway)).stdout).toMatch(
      /"Warning","Name":"Secret".*nowhere cannot be read/,
    );
  });
});

describe('a plan', () => {
  const planned = async (...more: readonly string[]): Promise<string> => {
    const plan = inFolder('plan.json');
    const ran = await typed(
      'sync-configuration',
      file(partners),
      '-WhatIf',
      '-OutPlan',
      plan,
      '-DetailedExitCode',
      ...more,
    );
    expect(idOf(ran)).toEqual([20, 'DifferencesFound']);
    return plan;
  };

  it('is applied once, to what it was made for', async () => {
    const plan = await planned();
    expect(await done('show-plan', plan)).toMatchObject([
      { Stale: false, ToAdd: 2, ToChange: 0, ToDelete: 0, BaseRevision: 0 },
    ]);
    await done('sync-configuration', '-Plan', plan);
    expect(await done('get-xmppfederatedpartner')).toHaveLength(2);
    expect(idOf(await typed('sync-configuration', '-Plan', plan))).toEqual([6, 'PlanStale']);
    expect((await typed('show-plan', plan, '-OutputFormat', 'text')).stdout).toMatch(/STALE \(base 0, store 1\)/);
  });

  it('is stale for another store of the same revision, and when its file has changed', async () => {
    await done('new-sipdomain', 'contoso.com');
    const plan = await planned();
    const here = home;
    home = inFolder('other');
    await done('new-sipdomain', 'other.com');
    expect((await typed('sync-configuration', '-Plan', plan)).stderr).toMatch(/made for another store of revision 1/);
    home = here;
    file('  federatedPartners: {}');
    expect((await typed('sync-configuration', '-Plan', plan)).stderr).toMatch(/gateway\.yaml has changed since/);
    expect(await done('get-xmppfederatedpartner')).toEqual([]);
  });

  it('that somebody altered is none', async () => {
    const plan = await planned();
    writeFileSync(plan, readFileSync(plan, 'utf8').replaceAll('fabrikam.com', 'attacker.com'));
    expect(idOf(await typed('sync-configuration', '-Plan', plan))).toEqual([5, 'PlanUnreadable']);
    for (const text of ['', '[]', '{"format":"xgw-plan/v1"}', 'no json']) {
      writeFileSync(plan, text);
      expect(idOf(await typed('show-plan', plan))).toEqual([5, 'PlanUnreadable']);
    }
  });

  it('names what only -Prune removes, and -Prune beside the plan removes just that', async () => {
    await done('sync-configuration', file(partners));
    const plan = inFolder('plan.json');
    await done(
      'sync-configuration',
      file('  federatedPartners: { fabrikam.com: { partnerType: Federated } }'),
      '-WhatIf',
      '-OutPlan',
      plan,
    );
    expect((await typed('show-plan', plan, '-OutputFormat', 'text')).stdout).toMatch(
      /- XmppFederatedPartner gone\.com\n +! it stays: only -Prune/,
    );
    await done('sync-configuration', '-Plan', plan, '-Prune', '-Confirm:false');
    expect(await done('get-xmppfederatedpartner')).toMatchObject([{ Identity: 'fabrikam.com' }]);
  });

  it('is a table of Markdown in which nothing of the file is markup', async () => {
    const plan = inFolder('plan.json');
    const description = '"<b>|`x`| [a](b)"';
    await done(
      'sync-configuration',
      file(`  federatedPartners: { a.com: { description: ${description} } }`),
      '-WhatIf',
      '-OutPlan',
      plan,
    );
    const { stdout } = await typed('show-plan', plan, '-OutputFormat', 'markdown');
    expect(stdout).toContain('1 to add, 0 to change, 0 to delete.');
    expect(stdout).toContain('\\<b\\>\\|\\`x\\`\\| \\[a\\](b)');
  });

  it('is not written over another file', async () => {
    const plan = write('plan.json', 'mine');
    expect(idOf(await typed('sync-configuration', file(partners), '-WhatIf', '-OutPlan', plan))).toEqual([
      6,
      'FileExists',
    ]);
    expect(readFileSync(plan, 'utf8')).toBe('mine');
  });
});

describe('the plan of a build job that has no access to the gateway', () => {
  it('is made on an import of what the gateway exported: owners and all, so that it says what would change there', async () => {
    await done('sync-configuration', file(partners));
    await done('new-xmppfederatedpartner', 'hand.com');
    const exported = inFolder('prod-export.yaml');
    await done('export-configuration', exported);
    home = inFolder('runner');
    await done('import-configuration', '-Path', exported, '-Replace', '-Confirm:false');
    const wanted = file('  federatedPartners: { fabrikam.com: { partnerType: PublicVerified } }');
    expect((await typed('test-configuration', '-Path', wanted)).code).toBe(0);
    const plan = inFolder('plan.json');
    const ran = await typed('sync-configuration', '-Path', wanted, '-WhatIf', '-OutPlan', plan, '-DetailedExitCode');
    expect(ran.code).toBe(20);
    const { stdout } = await typed('show-plan', plan, '-OutputFormat', 'markdown');
    expect(stdout.split('\n').filter((line) => /^\| [+~-]/.test(line))).toEqual([
      expect.stringMatching(
        /~ Change \| XmppFederatedPartner \| fabrikam\.com \| PartnerType \| Federated \| PublicVerified/,
      ),
      expect.stringMatching(/- Remove \| XmppFederatedPartner \| gone\.com \|.*only -Prune/),
    ]);
  });
});

describe('compare-configuration', () => {
  it('finds drift from a file, also of what is no longer in it', async () => {
    await done('sync-configuration', file(partners));
    await done('set-xmppfederatedpartner', 'fabrikam.com', '-PartnerType', 'PublicVerified');
    const less = file('  federatedPartners: { fabrikam.com: { partnerType: Federated } }');
    expect(await done('compare-configuration', less)).toMatchObject([
      { Action: 'Change', Identity: 'fabrikam.com', Before: 'PublicVerified', After: 'Federated' },
      { Action: 'Remove', Identity: 'gone.com' },
    ]);
    expect(idOf(await typed('compare-configuration', less, '-DetailedExitCode'))).toEqual([20, 'DifferencesFound']);
  });

  it('compares a revision with the store, and with a file', async () => {
    await done('sync-configuration', file(partners));
    await done('remove-xmppfederatedpartner', 'gone.com');
    expect(await done('compare-configuration', '-Since', '1')).toMatchObject([
      { Action: 'Remove', Identity: 'gone.com' },
    ]);
    expect(await done('compare-configuration', '-Since', '1', '-Path', file(partners))).toEqual([]);
    expect(idOf(await typed('compare-configuration', '-Since', '9'))).toEqual([3, 'ObjectNotFound']);
  });

  it('needs something to compare with, and a gateway for -Runtime', async () => {
    expect(idOf(await typed('compare-configuration'))).toEqual([4, 'MandatoryParameterMissing']);
    expect(idOf(await typed('compare-configuration', '-Runtime', '-Since', '1'))).toEqual([2, 'ParameterConflict']);
    expect(idOf(await typed('compare-configuration', '-Runtime'))).toEqual([9, 'ServiceNotRunning']);
  });
});

describe('test-configuration', () => {
  it('of a file: every mistake with its place, 21; warnings only with -Strict; nothing is changed', async () => {
    const wrong = file('  gatway: {}\n  gateway: { xmppPort: many }');
    const ran = await typed('test-configuration', wrong);
    expect(idOf(ran)).toEqual([21, 'TestFailed']);
    const found = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found).toMatchObject([
      { Result: 'Failure', Line: 5, Column: 3 },
      { Result: 'Failure', Line: 6, Column: 24 },
    ]);
    const weak = file(
      '  federatedPartners: { a.com: { tlsNegotiation: NotSupported, saslNegotiation: NotSupported } }',
    );
    expect((await typed('test-configuration', weak)).code).toBe(0);
    expect((await typed('test-configuration', weak, '-Strict')).code).toBe(21);
    expect(() => readdirSync(home)).toThrow();
  });

  it('of a file on a build server is a list of tests', async () => {
    const { stdout } = await typed('test-configuration', file('  gatway: {}'), '-OutputFormat', 'junit');
    expect(stdout).toMatch(/<testsuite[^>]* failures="1"/);
  });

  it('of the store looks at the certificates', async () => {
    await done('initialize-gateway', 'contoso.com');
    expect((await typed('test-configuration')).stdout).toMatch(
      /"Name":"Certificate","Target":"ExternalEdge contoso\.com"/,
    );
  });
});

describe('export-configuration and get-schema', () => {
  it('writes YAML or JSON, to a file or not, and over no other file', async () => {
    await done('sync-configuration', file(partners));
    expect((await typed('export-configuration')).stdout).toMatch(/^apiVersion: xgw\/v1\n/);
    const json = inFolder('all.json');
    await done('export-configuration', json, '-Section', 'federatedPartners');
    expect(Object.keys(JSON.parse(readFileSync(json, 'utf8')).spec)).toEqual(['federatedPartners']);
    expect(idOf(await typed('export-configuration', json))).toEqual([6, 'FileExists']);
    expect(await done('sync-configuration', json, '-WhatIf', '-DetailedExitCode')).toEqual([]);
  });

  it('writes no secret, and says where those are kept', async () => {
    const ran = await typed('export-configuration', '-IncludeSecret');
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(/backup-configuration -PasswordFile/)]);
  });

  it('prints a schema that is JSON', async () => {
    for (const words of [['get-schema'], ['get-schema', 'xmppfederatedpartner']]) {
      expect(JSON.parse((await typed(...words)).stdout)).toMatchObject({ type: 'object' });
    }
  });
});
