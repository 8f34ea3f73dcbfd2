/** Scripts and lines of the management shell through the built program: Lync's own examples, typed values, exit codes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { sharedFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { type Xgw, xgwIn } from '../../support/xgw.ts';

const partners = async (site: Xgw): Promise<Record<string, Record<string, unknown>>> =>
  Object.fromEntries((await site.run('get-xmppfederatedpartner')).map((one) => [one['Identity'], one]));

describe("the examples in the help of Lync's cmdlets for XMPP partners", () => {
  let site: Xgw;
  beforeAll(() => {
    site = xgwIn(path.join(sharedFolder(), 'store'));
  });

  /** In the order of the help: New-, Get-, Set-, Remove-. What is left is what the line must have done. */
  const lines: readonly (readonly [line: string, left: object])[] = [
    [
      'New-CsXmppAllowedPartner -Identity "contoso.com" -PartnerType "PublicVerified"',
      { 'contoso.com': { PartnerType: 'PublicVerified' } },
    ],
    [
      'New-CsXmppAllowedPartner -Identity "fabrikam.com" -AdditionalDomains "research.fabrikam2.com"',
      { 'fabrikam.com': { AdditionalDomains: ['research.fabrikam2.com'] } },
    ],
    ['Get-CsXmppAllowedPartner', {}],
    ['Get-CsXmppAllowedPartner -Identity "contoso.com"', {}],
    ['Get-CsXmppAllowedPartner | Where-Object {$_.SaslNegotiation -eq "Required"}', {}],
    [
      'Set-CsXmppAllowedPartner -Identity "contoso.com" -SupportDialbackNegotiation $False',
      { 'contoso.com': { SupportDialbackNegotiation: false } },
    ],
    [
      'Get-CsXmppAllowedPartner | Set-CsXmppAllowedPartner -SaslNegotiation "Required"',
      { 'fabrikam.com': { SaslNegotiation: 'Required' } },
    ],
    [
      'Set-CsXmppAllowedPartner -Identity "contoso.com" -AdditionalDomains @{Add="na.contoso.com"}',
      { 'contoso.com': { AdditionalDomains: ['na.contoso.com'] } },
    ],
    [
      'Set-CsXmppAllowedPartner -Identity "contoso.com" -AdditionalDomains @{Remove="na.contoso.com"}',
      { 'contoso.com': { AdditionalDomains: [] } },
    ],
    [
      'Set-CsXmppAllowedPartner -Identity "fabrikam.com" -AdditionalDomains $Null',
      { 'fabrikam.com': { AdditionalDomains: [] } },
    ],
    ['Remove-CsXmppAllowedPartner -Identity "contoso.com"', { 'contoso.com': 'removed' }],
    [
      'Get-CsXmppAllowedPartner | Where-Object {$_.PartnerType -eq "PublicUnverified"} | Remove-CsXmppAllowedPartner',
      { 'fabrikam.com': 'removed' },
    ],
    ['Get-CsXmppAllowedPartner | Remove-CsXmppAllowedPartner', {}],
  ];

  it.each(lines)('%s', async (line, left) => {
    const typed = await site.type('invoke-pipeline', line);
    expect([typed.code, typed.stderr.replaceAll(/^WARNING: .*\n/gm, '')]).toEqual([0, '']);
    const now = await partners(site);
    for (const [name, properties] of Object.entries(left)) {
      if (properties === 'removed') expect(Object.keys(now)).not.toContain(name);
      else expect(now[name]).toMatchObject(properties as object);
    }
  });

  it('the fourteenth is a misprint, and earns a suggestion', async () => {
    const { code, stderr } = await site.type('invoke-pipeline', 'Get-CsXmppAllowedPartner - Filter "*.org"');
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean -Filter?');
    expect(stderr).toContain('Fix:    xgw Get-CsXmppAllowedPartner -Filter "*.org"');
    expect(stderr).toContain('  + Get-CsXmppAllowedPartner - Filter "*.org"\n  +                          ^\n');
  });
});

describe('a line', () => {
  let site: Xgw;
  beforeAll(async () => {
    site = xgwIn(path.join(sharedFolder(), 'store'));
    await site.run('new-xmppfederatedpartner', 'a.com', '-PartnerType', 'Federated');
    await site.run('new-xmppfederatedpartner', 'b.org', '-ConnectionLimit', '7');
  });
  const line = async (text: string, ...more: string[]) => await site.type('invoke-pipeline', text, ...more);

  it('removes several only when that was confirmed', async () => {
    const pipe = 'get-xmppfederatedpartner | remove-xmppfederatedpartner';
    const { code, stderr } = await line(pipe);
    expect([code, Object.keys(await partners(site))]).toEqual([4, ['a.com', 'b.org']]);
    expect(stderr).toContain('Fix:    ... | xgw remove-xmppfederatedpartner -Confirm:false');
  });

  it('changes nothing with -WhatIf, whichever cmdlet it is of', async () => {
    const { code, stdout } = await line(
      'get-xmppfederatedpartner | set-xmppfederatedpartner -Description x',
      '-WhatIf',
    );
    expect([code, stdout.match(/"Property":"description"/gi)]).toEqual([
      0,
      ['"Property":"Description"', '"Property":"Description"'].map((each) =>
        expect.stringMatching(new RegExp(each, 'i')),
      ),
    ]);
    expect((await partners(site))['a.com']).toMatchObject({ Description: '' });
  });

  it('gives values with their types to the binder', async () => {
    const text = `$d = "x.a.com","y.a.com"; $h = @{EnableKeepAlive=$false; ConnectionLimit=3}
      set-xmppfederatedpartner a.com -AdditionalDomains $d @h -Description "-starts with a hyphen, and 'quotes'"`;
    expect((await line(text)).code).toBe(0);
    expect((await partners(site))['a.com']).toMatchObject({
      AdditionalDomains: ['x.a.com', 'y.a.com'],
      EnableKeepAlive: false,
      ConnectionLimit: 3,
      Description: "-starts with a hyphen, and 'quotes'",
    });
    expect(
      (
        await line(
          'set-xmppfederatedpartner a.com -ConnectionLimit $null -AdditionalDomains @{Add="z.a.com";Remove="x.a.com","y.a.com"}',
        )
      ).code,
    ).toBe(0);
    expect((await partners(site))['a.com']).toMatchObject({ ConnectionLimit: null, AdditionalDomains: ['z.a.com'] });
  });

  it('keeps an object whole between cmdlets, also by -Instance', async () => {
    const text =
      '$p = new-xmppfederatedpartner c.com -PartnerType Federated -InMemory; set-xmppfederatedpartner -Instance $p -Create';
    expect((await line(text)).code).toBe(0);
    expect((await partners(site))['c.com']).toMatchObject({ PartnerType: 'Federated' });
    expect((await line('remove-xmppfederatedpartner c.com')).code).toBe(0);
  });

  it.each([
    ['set-xmppfederatedpartner -Identity $nothing -Description x', 2, '-Identity is $null'],
    ['get-xmppfederatedpartner nowhere.com', 3, 'ObjectNotFound'],
    ['get-xmppfederatedpartner nowhere.com; get-xmppfederatedpartner a.com', 11, '1 of 2 commands failed'],
    ['get-xmppfederatedpartner nowhere.com -ErrorAction SilentlyContinue', 0, ''],
    ['get-xmppfederatedpartner -EnableKepAlive 1', 2, '1:26: there is no parameter -EnableKepAlive'],
    ['get-usr', 2, "'get-usr' is not a cmdlet"],
    ['ls -la', 2, "'ls' is not a cmdlet, and external programs run in the real shell only"],
    ['new-xmppfederatedpartner d.com; while ($true) { }', 2, '1:33: the keyword while'],
    ['where Identity', 4, 'Where-Object works on what a pipe brings'],
    ['get-xmppfederatedpartner | get-configurationstore', 2, 'Get-ConfigurationStore takes nothing from the pipe'],
    ['get-xmppfederatedpartner | set-user -DisplayName x', 2, 'an object of kind XmppFederatedPartner arrived'],
    ['get-xmppfederatedpartner a.com -', 2, 'a hyphen alone is no parameter'],
    ['exit 7', 7, ''],
    ['exit 1', 5, 'InvalidValue'],
    ['"a" -match "("', 5, '-match cannot use the pattern'],
    ['invoke-pipeline "get-user"', 2, 'Invoke-Pipeline runs already'],
  ])('%s ends with %d', async (text, code, said) => {
    const typed = await line(text);
    expect([typed.code, typed.stderr]).toEqual([code, expect.stringContaining(said)]);
    expect(Object.keys(await partners(site))).toEqual(['a.com', 'b.org']);
  });

  it('filters, sorts, counts and lays out', async () => {
    const shown = async (text: string): Promise<string> => (await line(text)).stdout;
    expect(await shown('get-xmppfederatedpartner | where ConnectionLimit -gt 5 | % Identity')).toBe('b.org\n');
    expect(
      await shown('get-xmppfederatedpartner | sort Identity -Descending | select -First 1 | % { "$($_.Identity)!" }'),
    ).toBe('b.org!\n');
    expect(await shown('(get-xmppfederatedpartner | measure).Count; $true')).toBe('2\nTrue\n');
    expect(await shown('get-xmppfederatedpartner | group PartnerType -NoElement | ft name,count')).toBe(
      'Name             Count\n----             -----\nFederated        1\nPublicUnverified 1\n',
    );
    expect(JSON.parse(await shown('get-xmppfederatedpartner | select Identity | convertto-json'))).toEqual([
      { Identity: 'a.com' },
      { Identity: 'b.org' },
    ]);
    expect(
      await shown(
        'get-xmppfederatedpartner | select Identity | convertto-json -Compress | convertfrom-json | % identity',
      ),
    ).toBe('a.com\nb.org\n');
    expect(await shown('get-help exit | out-null; get-command get-user -Quiet -OutputFormat name')).toBe('Get-User\n');
  });

  it('goes through files', async () => {
    const folder = temporaryFolder();
    const [csv, text] = [path.join(folder, 'p.csv'), path.join(folder, 'p.txt')];
    await line(`get-xmppfederatedpartner | tee "${text}" | select Identity,ConnectionLimit | export-csv '${csv}'`);
    expect(readFileSync(csv, 'utf8')).toBe('Identity,ConnectionLimit\r\na.com,\r\nb.org,7\r\n');
    expect(readFileSync(text, 'utf8')).toContain('Identity PartnerType');
    expect((await line(`import-csv "${csv}" | where ConnectionLimit -eq 7 | % Identity`)).stdout).toBe('b.org\n');
    expect((await line(`get-user | export-csv "${csv}"`)).code).toBe(6);
    expect((await line(`get-user | out-file "${path.join(folder, 'none')}"`, '-WhatIf')).code).toBe(0);
    expect(existsSync(path.join(folder, 'none'))).toBe(false);
  });
});

describe('a script', () => {
  it('runs from a file, and stops where it shall', async () => {
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    const script = path.join(folder, 'partners.ps1');
    writeFileSync(
      script,
      `\ufeff$names = 'a.com', 'nonsense', 'b.com'\r\nforeach ($n in $names) {\r\n  New-CsXmppAllowedPartner -Identity $n | Out-Null\r\n}\r\n`,
    );
    const went = await site.type('invoke-script', script);
    expect([went.code, went.stdout, went.stderr]).toEqual([11, '', expect.stringContaining('InvalidDomain')]);
    expect(Object.keys(await partners(site))).toEqual(['a.com', 'b.com']);
    const stopped = await site.type('invoke-script', script, '-ErrorAction', 'Stop');
    expect([stopped.code, stopped.stderr]).toEqual([
      6,
      expect.stringContaining('PartnerAlreadyExists,New-XmppFederatedPartner'),
    ]);
  });

  it('with a part of another language is refused before a line of it is run', async () => {
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    const script = path.join(folder, 'old.ps1');
    writeFileSync(script, 'New-CsXmppAllowedPartner a.com\n\nif ($env:USER -eq "x") { }\n');
    const { code, stdout, stderr } = await site.type('invoke-script', script);
    expect([code, stdout, await site.run('get-xmppfederatedpartner')]).toEqual([2, '', []]);
    expect(stderr.split('\n').slice(0, 3)).toEqual([
      'Invoke-Script: old.ps1:3:5: the scope or drive $env:: that is not in the language of the management shell; variables have plain names.',
      '  + if ($env:USER -eq "x") { }',
      '  +     ^',
    ]);
    expect(stderr).toContain('UnsupportedSyntax,Invoke-Script');
  });

  it('is known by its name, or is standard input', async () => {
    const site = xgwIn(path.join(temporaryFolder(), 'store'));
    expect((await site.type('invoke-script', 'x.sh')).code).toBe(5);
    expect((await site.type('invoke-script', 'missing.xgw')).code).toBe(3);
    // Standard input is /dev/null here.
    expect(await site.type('shell')).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
