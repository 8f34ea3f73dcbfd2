/** What Lync exported, imported through the command line: what changes, what is refused and said, and how it is taken back. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';

import { cmdlets } from '../../src/commands/index.ts';

import { maxImportBytes } from '../../src/operations/import/import-limits.ts';
import { type Given, type Ran, runCmdlet } from '../support/host-process.ts';
import {
  convertToJson,
  exportClixml,
  exportCsv,
  lyncDomain,
  lyncGateway,
  lyncPartner,
  lyncPolicy,
  lyncUser,
  negotiation,
} from '../support/lync-export.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cmdletNamed, cmdletsIn } from './support/cmdlets-in.ts';

let folder: string;
let home: string;
beforeEach(() => {
  folder = temporaryFolder();
  home = path.join(folder, 'store');
});

async function typedWith(given: Given, ...[name = '', ...words]: readonly string[]): Promise<Ran> {
  return await runCmdlet(cmdletNamed(name), words, { ...given, env: { XGW_HOME: home } });
}
const { typed, done } = cmdletsIn(() => home);
const objectsIn = (stdout: string): readonly Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

function file(name: string, bytes: Uint8Array | string): string {
  writeFileSync(path.join(folder, name), bytes);
  return path.join(folder, name);
}

const names = async (noun: string): Promise<readonly unknown[]> =>
  (await done(`get-${noun}`)).map(({ Identity }) => Identity);
const revision = async (): Promise<unknown> => (await done('get-configurationhistory', '-First', '1'))[0]?.['Revision'];

const two = () => exportClixml([lyncPartner('fabrikam.com'), lyncPartner('adatum.org', { Description: 'since 2013' })]);
const organisation = () =>
  exportClixml([
    lyncUser('alice@contoso.com', { ExternalAccessPolicy: 'FedPic' }),
    lyncPartner('fabrikam.com'),
    lyncPolicy('Tag:FedPic'),
    lyncPolicy('Global', { EnableXmppAccess: false }),
    lyncGateway({ KeepAliveInterval: 200 }),
    lyncDomain('contoso.com', true),
    lyncDomain('emea.contoso.com'),
  ]);

describe('import-configuration', () => {
  it('imports all kinds of one file in one revision, in whatever order they stand', async () => {
    await done('import-configuration', file('lync.xml', organisation()));
    expect(await revision()).toBe(1);
    expect(await names('sipdomain')).toEqual(['contoso.com', 'emea.contoso.com']);
    expect(await names('xmppfederatedpartner')).toEqual(['fabrikam.com']);
    expect(await names('externalaccesspolicy')).toEqual(['Global', 'tag:FedPic']);
    expect(await done('get-xmppgatewayconfiguration')).toMatchObject([{ KeepAliveInterval: 200, XmppPort: 5269 }]);
    expect(await done('get-user')).toMatchObject([
      {
        Identity: 'sip:alice@contoso.com',
        Deployment: 'Legacy',
        HomeServer: 'pool2010.contoso.com',
        ExternalAccessPolicy: 'FedPic',
        XmppAllowed: false,
      },
    ]);
    const [last] = await done('get-auditlog', '-First', '1');
    expect(last).toMatchObject({ Cmdlet: 'Import-Configuration', Target: 'lync.xml', ExitCode: 0 });
  });

  it.each([
    ['clixml', two()],
    ['csv', exportCsv([lyncPartner('fabrikam.com'), lyncPartner('adatum.org')])],
    ['json', convertToJson([lyncPartner('fabrikam.com'), lyncPartner('adatum.org')])],
    [
      'yaml',
      '- {Identity: fabrikam.com, TlsNegotiation: Required}\n- {Identity: adatum.org, PartnerType: Federated}\n',
    ],
  ])('takes %s from a file, and from standard input with -FromFormat', async (format, bytes) => {
    await done('import-configuration', file('partners', bytes));
    expect(await names('xmppfederatedpartner')).toEqual(['adatum.org', 'fabrikam.com']);
    const given = { file: path.join(folder, 'partners') };
    const again = await typedWith(given, 'import-configuration', '-Path', '-', '-FromFormat', format);
    expect(again.code).toBe(0);
    expect(await revision()).toBe(1);
  });

  it('takes what export-configuration wrote', async () => {
    const own =
      'apiVersion: xgw/v1\nkind: GatewayConfiguration\nmetadata: {owner: git}\nspec:\n  federatedPartners:\n    a.com: {description: x}\n';
    await done('import-configuration', file('own.yaml', own));
    expect(await done('get-xmppfederatedpartner')).toMatchObject([{ Identity: 'a.com', Description: 'x' }]);
    const wrong = await typed('import-configuration', file('wrong.yaml', own.replace('description', 'descripton')));
    expect([wrong.code, wrong.stderr]).toEqual([5, expect.stringMatching(/wrong\.yaml:6:13: .*description/)]);
  });

  it('leaves what the file does not say, and with -Replace nothing else of its kinds', async () => {
    await done('new-sipdomain', 'contoso.com');
    await done('new-xmppfederatedpartner', 'old.com');
    await done('new-xmppfederatedpartner', 'fabrikam.com', '-EnableBidi', 'false');
    const partners = file('partners.xml', two());
    await done('import-configuration', partners, '-Merge');
    expect(await names('xmppfederatedpartner')).toEqual(['adatum.org', 'fabrikam.com', 'old.com']);
    expect(await done('get-xmppfederatedpartner', 'fabrikam.com')).toMatchObject([{ EnableBidi: false }]);
    const asked = await typed('import-configuration', partners, '-Replace');
    expect([asked.code, asked.stderr]).toEqual([4, expect.stringContaining('0 to add, 1 to change, 1 to delete')]);
    await done('import-configuration', partners, '-Replace', '-Confirm:false');
    expect(await names('xmppfederatedpartner')).toEqual(['adatum.org', 'fabrikam.com']);
    expect(await done('get-xmppfederatedpartner', 'fabrikam.com')).toMatchObject([{ EnableBidi: true }]);
    expect(await names('sipdomain')).toEqual(['contoso.com']);
  });

  it('with -Replace takes more than a Y to remove many', async () => {
    const many = Array.from({ length: 8 }, (_, index) => lyncPartner(`p${index}.com`));
    await done('import-configuration', file('many.xml', exportClixml(many)));
    const words = ['import-configuration', file('partners.xml', two()), '-Replace', '-Confirm:false'];
    const refused = await typed(...words);
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('-MaximumRemoval 8')]);
    await done(...words, '-MaximumRemoval', '8');
    expect(await names('xmppfederatedpartner')).toEqual(['adatum.org', 'fabrikam.com']);
  });

  it('with -Replace forgets the passwords of users who go, says so before, and keeps those of users who stay', async () => {
    await done('new-sipdomain', 'contoso.com');
    writeFileSync(path.join(folder, 'password'), 'correct horse\n', { mode: 0o600 });
    for (const name of ['alice', 'bob']) {
      await done('new-user', `sip:${name}@contoso.com`, '-PasswordFile', path.join(folder, 'password'));
    }
    const credentials = (): number =>
      readdirSync(path.join(home, 'keys'), { recursive: true }).filter((name) => String(name).endsWith('.digest.json'))
        .length;
    const before = credentials();
    const list = file('alice.xml', exportClixml([lyncUser('alice@contoso.com')]));
    const looked = await typed('import-configuration', list, '-Replace', '-WhatIf');
    expect(looked.stderr).toContain('the passwords of one user are forgotten, and no undo brings them back');
    await done('import-configuration', list, '-Replace', '-Confirm:false');
    expect(await done('get-user')).toMatchObject([{ Identity: 'sip:alice@contoso.com', CanRegister: true }]);
    expect([before, credentials()]).toEqual([2, 1]);
  });

  it('-Replace and -Merge exclude each other', async () => {
    const { code, stderr } = await typed('import-configuration', file('x.xml', two()), '-Replace', '-Merge');
    expect([code, stderr]).toEqual([2, expect.stringContaining('ParameterConflict')]);
  });

  it('is one change that is undone as one', async () => {
    await done('new-sipdomain', 'lab.example');
    await done('import-configuration', file('lync.xml', organisation()));
    await done('undo-configurationchange', '-Confirm:false');
    expect(await names('xmppfederatedpartner')).toEqual([]);
    expect(await names('user')).toEqual([]);
    expect(await done('get-sipdomain')).toMatchObject([{ Identity: 'lab.example', IsDefault: true }]);
  });

  it('many objects are undone with -MaximumRemoval', async () => {
    const many = Array.from({ length: 60 }, (_, index) => lyncPartner(`partner-with-a-long-name-${index}.example.com`));
    await done('import-configuration', file('many.xml', exportClixml(many)));
    const refused = await typed('undo-configurationchange', '-Confirm:false');
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('-MaximumRemoval 60')]);
    await done('undo-configurationchange', '-Confirm:false', '-MaximumRemoval', '60');
    expect(await names('xmppfederatedpartner')).toEqual([]);
    await done('undo-configurationchange', '-Confirm:false');
    // So many names are more than a revision keeps of its target.
    await done('remove-xmppfederatedpartner', 'partner*', '-Confirm:false', '-MaximumRemoval', '60');
    expect(await names('xmppfederatedpartner')).toEqual([]);
  });
});

const partlyWrong = () =>
  exportClixml([
    lyncPartner('good.com'),
    lyncPartner('*.wild.com'),
    lyncPartner('contoso.com'),
    lyncPartner('void.com', { TlsNegotiation: negotiation('NotSupported'), SupportDialbackNegotiation: false }),
    lyncPartner('taker.com', { AdditionalDomains: { items: ['good.com'] } }),
    lyncUser('bob@nowhere.com'),
    lyncUser('eve@contoso.com', { ExternalAccessPolicy: 'Gone' }),
  ]);
const reasons = [
  /line \d+: partner: "\*\.wild\.com" is not a domain name/,
  /line \d+: partner contoso\.com: contoso\.com is one of your own SIP domains/,
  /line \d+: partner void\.com: TLS NotSupported \+ SASL Required \+ dialback False is not valid: SASL needs TLS/,
  /line \d+: partner taker\.com: good\.com belongs to partner good\.com/,
  /line \d+: user sip:bob@nowhere\.com: nowhere\.com is no SIP domain of this gateway/,
  /line \d+: user sip:eve@contoso\.com: there is no policy tag:Gone/,
];

describe('what the get- cmdlets of this program show', () => {
  it('is imported again as it was, and nothing of it is dropped', async () => {
    await done('new-sipdomain', 'contoso.com');
    await done('new-externalaccesspolicy', 'FedPic', '-EnableXmppAccess', 'true', '-EnableFederationAccess', 'true');
    await done('set-accessedgeconfiguration', '-AllowFederatedUsers', 'true');
    await done(
      'set-xmppgatewayconfiguration',
      '-AccessEdgeFqdn',
      'edge.contoso.com',
      '-DnsServers',
      '192.0.2.53',
      '-SipPort',
      '5080',
    );
    const pin = `${'A'.repeat(43)}=`;
    await done(
      'new-xmppfederatedpartner',
      'a.com',
      '-AdditionalDomains',
      'b.a.com',
      '-PinnedSpkiSha256',
      pin,
      '-ProxyFqdn',
      'x.a.com:5269',
    );
    await done(
      'new-user',
      'sip:alice@contoso.com',
      '-HomeServer',
      'pool.contoso.com',
      '-Deployment',
      'Legacy',
      '-Site',
      'Redmond',
    );
    await done('grant-externalaccesspolicy', 'alice@contoso.com', 'FedPic');
    const nouns = [
      'sipdomain',
      'externalaccesspolicy',
      'accessedgeconfiguration',
      'xmppgatewayconfiguration',
      'xmppfederatedpartner',
      'user',
    ];
    const shown = async () => {
      const all = [];
      for (const noun of nouns) all.push(...(await done(`get-${noun}`)));
      return all.map(({ Revision: _revision, LastChanged: _time, ...settings }) => settings);
    };
    const before = await shown();
    const lines = file('all.json', before.map((each) => JSON.stringify(each)).join('\n'));
    home = path.join(folder, 'second');
    const { code, stderr } = await typed('import-configuration', lines);
    expect([code, stderr]).toEqual([0, '']);
    expect(await shown()).toEqual(before);
  });
});

describe('objects that break a rule', () => {
  beforeEach(async () => void (await done('new-sipdomain', 'contoso.com')));

  it('refuse the whole file, each with its line and reason', async () => {
    const { code, stderr } = await typed('import-configuration', file('lync.xml', partlyWrong()));
    expect(code).toBe(5);
    for (const reason of reasons) expect(stderr).toMatch(reason);
    expect(stderr).toMatch(/6 of 7 objects of \S+lync\.xml cannot be imported; nothing was changed\./);
    expect(stderr).toContain('ImportRefused,Import-Configuration');
    const lines = [...stderr.matchAll(/line (\d+): (?:user|partner)/g)].map(([, line]) => Number(line));
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
    expect(stderr).toContain('-SkipRefused');
    expect(await names('xmppfederatedpartner')).toEqual([]);
  });

  it('are all shown by -WhatIf, and what the others would change', async () => {
    const { code, stdout, stderr } = await typed('import-configuration', file('lync.xml', partlyWrong()), '-WhatIf');
    expect(code).toBe(5);
    for (const reason of reasons) expect(stderr).toMatch(reason);
    expect(objectsIn(stdout)).toMatchObject([
      { Action: 'Add', TargetKind: 'XmppFederatedPartner', Identity: 'good.com', Property: null },
    ]);
    expect(await revision()).toBe(1);
  });

  it('are left out with -SkipRefused: exit code 11', async () => {
    const { code, stderr } = await typed('import-configuration', file('lync.xml', partlyWrong()), '-SkipRefused');
    expect([code, stderr]).toEqual([11, expect.stringContaining('PartialFailure')]);
    for (const reason of reasons) expect(stderr).toMatch(reason);
    expect(await names('xmppfederatedpartner')).toEqual(['good.com']);
    expect(await revision()).toBe(2);
  });

  it('a domain of a partner is no SIP domain, and a partner that the file changes is judged by the file', async () => {
    await done('new-xmppfederatedpartner', 'fabrikam.com', '-AdditionalDomains', 'b.com');
    const domain = await typed('import-configuration', file('d.xml', exportClixml([lyncDomain('b.com')])));
    expect([domain.code, domain.stderr]).toEqual([
      5,
      expect.stringContaining('it is a domain of partner fabrikam.com'),
    ]);
    const moved = [lyncPartner('b.com'), lyncPartner('fabrikam.com')];
    await done('import-configuration', file('moved.xml', exportClixml(moved)));
    expect(await names('xmppfederatedpartner')).toEqual(['b.com', 'fabrikam.com']);
  });

  it('what only the whole can answer for refuses the whole, also -WhatIf', async () => {
    await done('import-user', file('users.csv', 'SipAddress,DisplayName\nalice@contoso.com,Alice\n'));
    const other = file('d.xml', exportClixml([lyncDomain('other.com', true)]));
    for (const how of ['-Confirm:false', '-WhatIf']) {
      const { code, stderr } = await typed('import-configuration', other, '-Replace', how);
      expect([code, stderr]).toEqual([5, expect.stringMatching(/users\/sip:alice@contoso\.com is in no SIP domain/)]);
    }
    expect(await names('sipdomain')).toEqual(['contoso.com']);
  });

  it.each([
    ['no such file', undefined, 3, /FileNotFound/],
    ['something else', '<html/>', 5, /it is not CLIXML/],
    ['an entity', '<!DOCTYPE Objs [<!ENTITY a "b">]><Objs/>', 5, /document type/],
    ['a zip', 'PK\u0003\u0004', 5, /Export-CsConfiguration is not read/],
  ])('%s is no import', async (_what, text, code, sentence) => {
    const name = text === undefined ? path.join(folder, 'absent') : file('x', text);
    const ran = await typed('import-configuration', name);
    expect([ran.code, ran.stderr]).toEqual([code, expect.stringMatching(sentence)]);
  });

  it('a file without end is not read to its end', async () => {
    const { code, stderr } = await typed('import-configuration', '/dev/zero');
    expect([code, stderr]).toEqual([5, expect.stringContaining(`more than ${maxImportBytes} bytes`)]);
  });
});

describe('-WhatIf', () => {
  it('makes nothing', async () => {
    await typed('import-configuration', file('partners.xml', two()), '-WhatIf');
    expect(existsSync(home)).toBe(false);
  });

  it('shows a person the differences, object by object, and what follows', async () => {
    await done('new-xmppfederatedpartner', 'fabrikam.com');
    const weak = lyncPartner('fabrikam.com', {
      TlsNegotiation: negotiation('Optional'),
      SaslNegotiation: negotiation('NotSupported'),
    });
    const partners = file('partners.xml', exportClixml([weak, lyncPartner('adatum.org')]));
    const { code, stdout, stderr } = await typedWith({ terminal: true }, 'import-configuration', partners, '-WhatIf');
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/1 to add, 1 to change, 0 to delete\. Nothing was changed\./),
    ]);
    expect(stdout).toMatch(/^~ XmppFederatedPartner fabrikam\.com$/m);
    expect(stdout).toMatch(/~ TlsNegotiation +Required -> Optional/);
    expect(stdout).toMatch(/! .*TCP dialback is possible/);
    expect(stdout).toMatch(/^\+ XmppFederatedPartner adatum\.org$/m);
  });
});

describe('users that are moved already', () => {
  it('are not moved back by a file of before', async () => {
    const users = file('users.xml', exportClixml([lyncDomain('contoso.com', true), lyncUser('alice@contoso.com')]));
    await done('import-configuration', users);
    await done('move-user', 'alice@contoso.com', 'edge.contoso.com');
    for (const mode of [[], ['-Replace', '-Confirm:false']]) {
      await done('import-configuration', users, ...mode);
      expect(await done('get-user')).toMatchObject([{ Deployment: 'Current', HomeServer: 'edge.contoso.com' }]);
    }
  });
});

describe('import-user', () => {
  beforeEach(async () => void (await done('new-sipdomain', 'contoso.com')));
  const list =
    'SipAddress,DisplayName,SurvivableBranch,HomeServer\nsip:alice@contoso.com,Alice,,\nbob@contoso.com,Bob,True,sba.contoso.com\n';

  it.each([
    ['csv', list],
    [
      'json',
      '[{"SipAddress":"alice@contoso.com","DisplayName":"Alice"},{"SipAddress":"bob@contoso.com","IsSurvivableBranch":true,"HomeServer":"sba.contoso.com","DisplayName":"Bob"}]',
    ],
  ])('adds the users of %s, from a file and from standard input', async (_format, text) => {
    await done('import-user', file('users', text));
    expect(await done('get-user')).toMatchObject([
      { Identity: 'sip:alice@contoso.com', DisplayName: 'Alice', Deployment: 'Current', IsSurvivableBranch: false },
      { Identity: 'sip:bob@contoso.com', HomeServer: 'sba.contoso.com', IsSurvivableBranch: true },
    ]);
    const again = await typedWith({ input: text }, 'import-user', '-');
    expect([again.code, await revision()]).toEqual([0, 2]);
  });

  it('takes users of Get-CsUser as legacy ones', async () => {
    await done('import-user', file('users.xml', exportClixml([lyncUser('alice@contoso.com')])));
    expect(await done('get-user', '-OnLegacy')).toMatchObject([{ HomeServer: 'pool2010.contoso.com' }]);
    await done('import-user', file('users.csv', exportCsv([lyncUser('carol@contoso.com')], { typeLine: false })));
    expect(await done('get-user', '-OnLegacy')).toHaveLength(2);
  });

  it('imports who can be, names who cannot, and ends with 11', async () => {
    const text = `${list}sip:x@nowhere.com,X,,\nnonsense,Y,,\nsip:alice@contoso.com,Again,,\n`;
    const { code, stderr } = await typed('import-user', file('users.csv', text));
    expect(code).toBe(11);
    expect(stderr).toMatch(/line 4: user sip:x@nowhere\.com: nowhere\.com is no SIP domain/);
    expect(stderr).toMatch(/line 5: user: "nonsense" is not an address/);
    expect(stderr).toMatch(/line 6: user sip:alice@contoso\.com: it is there twice; line 2 has it too/);
    expect(await names('user')).toEqual(['sip:alice@contoso.com', 'sip:bob@contoso.com']);
    expect(await revision()).toBe(2);
  });

  it('changes who is there only with -Update, and keeps what the list does not say', async () => {
    await done('new-user', 'sip:Alice@contoso.com', '-DisplayName', 'Al', '-Site', 'Redmond');
    const users = file('users.csv', 'SipAddress,DisplayName\nalice@contoso.com,Alice\n');
    const refused = await typed('import-user', users);
    expect([refused.code, refused.stderr]).toEqual([
      5,
      expect.stringMatching(/the user exists, and -Update was not given: DisplayName/),
    ]);
    await done('import-user', users, '-Update');
    expect(await done('get-user')).toMatchObject([
      { Identity: 'sip:Alice@contoso.com', DisplayName: 'Alice', Site: 'Redmond' },
    ]);
  });

  it('takes no passwords, and nothing but users', async () => {
    const secret = await typed(
      'import-user',
      file('users.csv', 'SipAddress,DisplayName,Password\na@contoso.com,A,hunter2\n'),
    );
    expect([secret.code, secret.stderr]).toEqual([0, expect.stringContaining('Password is a secret and not imported')]);
    expect(secret.stderr).not.toContain('hunter2');
    const partners = await typed('import-user', file('partners.xml', two()));
    expect([partners.code, partners.stderr]).toEqual([
      5,
      expect.stringContaining('it is no user; use import-configuration'),
    ]);
  });

  it('-WhatIf changes nothing', async () => {
    const { code, stdout } = await typed('import-user', file('users.csv', list), '-WhatIf');
    expect([code, stdout]).toEqual([0, expect.stringContaining('sip:bob@contoso.com')]);
    expect(await names('user')).toEqual([]);
  });
});

describe('move-user', () => {
  beforeEach(async () => {
    await done('new-sipdomain', 'contoso.com');
    const text = 'SipAddress,Deployment,HomeServer,SurvivableBranch\n';
    const rows = ['alice', 'carol', 'dave'].map((name) => `${name}@contoso.com,Legacy,pool.contoso.com,\n`);
    await done(
      'import-user',
      file('users.csv', `${text}${rows.join('')}bob@contoso.com,Legacy,sba.contoso.com,True\n`),
    );
  });
  const legacy = async (): Promise<readonly unknown[]> =>
    (await done('get-user', '-OnLegacy')).map(({ Identity }) => Identity);

  it('moves one user, by address or display name, and opens XMPP to them as far as policy says', async () => {
    expect(await done('get-user', 'alice@contoso.com')).toMatchObject([
      { XmppBlockedReason: expect.stringContaining('legacy') },
    ]);
    const [moved] = await done('move-user', 'alice@contoso.com', 'edge.contoso.com', '-PassThru');
    expect(moved).toMatchObject({ Deployment: 'Current', HomeServer: 'edge.contoso.com', Changed: true });
    expect(moved?.['XmppBlockedReason']).not.toContain('legacy');
  });

  it('the pipe of the migration moves everybody in one revision, which is undone as one', async () => {
    await done('set-user', 'sip:bob@contoso.com', '-SurvivableBranch', 'false');
    const before = Number(await revision());
    const listed = await typed('get-user', '-OnLegacy');
    const piped = await typedWith({ input: listed.stdout }, 'move-user', '-', '-Target', 'edge.contoso.com');
    expect([piped.code, await legacy(), await revision()]).toEqual([0, [], before + 1]);
    const left = await typed('get-user', '-OnLegacy', '-OutputFormat', 'name');
    expect(left.stdout).toBe('');
    await done('undo-configurationchange', '-Confirm:false');
    expect(await legacy()).toHaveLength(4);
  });

  it('what the pipe brings beside users fails by itself, or with -ErrorAction Stop before anybody is moved', async () => {
    const lines = [
      { Kind: 'SipDomain', Identity: 'contoso.com' },
      { Kind: 'User', Identity: 'sip:alice@contoso.com' },
    ];
    const input = lines.map((line) => JSON.stringify(line)).join('\n');
    const words = ['move-user', '-', '-Target', 'edge.contoso.com'];
    const stopped = await typedWith({ input }, ...words, '-ErrorAction', 'Stop');
    expect([stopped.code, await legacy()]).toEqual([2, expect.arrayContaining(['sip:alice@contoso.com'])]);
    const { code, stderr } = await typedWith({ input }, ...words);
    expect([code, stderr]).toEqual([11, expect.stringContaining('InputTypeMismatch')]);
    expect(await legacy()).not.toContain('sip:alice@contoso.com');
    const broken = await typedWith({ input: `${input}\n{"Kind":` }, ...words);
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('InputUnreadable')]);
  });

  it('an empty pipe is no failure', async () => {
    const { code, stderr } = await typedWith({ input: '' }, 'move-user', '-', '-Target', 'edge.contoso.com');
    expect([code, stderr]).toEqual([0, expect.stringContaining('nothing was done')]);
  });

  it('refuses a user of a survivable branch appliance, with the note', async () => {
    const { code, stderr } = await typed('move-user', 'bob@contoso.com', 'edge.contoso.com');
    expect(code).toBe(5);
    expect(stderr).toContain('SurvivableBranchUser,Move-User');
    expect(stderr).toMatch(
      /IMPORTANT: users who are homed on a survivable branch appliance have neither IM nor presence/,
    );
    expect(stderr).toContain('xgw set-user sip:bob@contoso.com -SurvivableBranch false');
    expect(await legacy()).toContain('sip:bob@contoso.com');
  });

  it('moves the others of a wildcard or a pipe, and ends with 11', async () => {
    const wildcard = await typed('move-user', '*@contoso.com', 'edge.contoso.com');
    expect([wildcard.code, wildcard.stderr]).toEqual([11, expect.stringContaining('the 3 others are')]);
    expect(await legacy()).toEqual(['sip:bob@contoso.com']);
  });

  it('users of an appliance are marked by their pool, and found', async () => {
    const listed = await typed('get-user', '-HomeServer', 'pool*');
    const piped = await typedWith({ input: listed.stdout }, 'set-user', '-', '-SurvivableBranch', 'true');
    expect(piped.code).toBe(0);
    expect(await done('get-user', '-OnSurvivableBranch')).toHaveLength(4);
    expect(
      await done('get-user', '-OnSurvivableBranch', '-Filter', '*carol*', '-HomeServer', 'pool.contoso.com'),
    ).toHaveLength(1);
  });

  it('takes the pipe of the management shell in one revision too', async () => {
    const before = Number(await revision());
    const line =
      'Get-CsUser -OnLyncServer -Filter "*@contoso.com" | Where-Object SurvivableBranch -eq $false | Move-CsUser -Target edge.contoso.com';
    const { code, stderr } = await typedWith({ cmdlets }, 'invoke-pipeline', line);
    expect([code, stderr]).toEqual([0, '']);
    expect([await legacy(), await revision()]).toEqual([['sip:bob@contoso.com'], before + 1]);
  });

  it('names that do not exist are told, and the same again changes nothing', async () => {
    const absent = await typed('move-user', 'zoe@contoso.com', 'edge.contoso.com');
    expect([absent.code, absent.stderr]).toEqual([3, expect.stringContaining('ObjectNotFound')]);
    await done('move-user', 'alice@contoso.com,carol@contoso.com', 'edge.contoso.com');
    const before = await revision();
    await done('move-user', 'alice@contoso.com', 'edge.contoso.com');
    expect(await revision()).toBe(before);
  });

  it('-WhatIf moves nobody', async () => {
    const { code, stdout } = await typed('move-user', 'alice@contoso.com', 'edge.contoso.com', '-WhatIf');
    expect([code, stdout]).toEqual([0, expect.stringContaining('edge.contoso.com')]);
    expect(await legacy()).toHaveLength(4);
  });
});
