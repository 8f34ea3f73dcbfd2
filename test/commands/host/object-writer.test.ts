import { describe, expect, it } from '@jest/globals';

import type { OutputObject } from '../../../src/commands/host/cmdlet.ts';
import { paletteOf } from '../../../src/commands/host/colour.ts';
import { objectWriter, type WriterRules } from '../../../src/commands/host/object-writer.ts';
import { Secret } from '../../../src/primitives/secret.ts';

const partners: readonly OutputObject[] = [
  {
    Identity: 'fabrikam.com',
    PartnerType: 'Federated',
    AdditionalDomains: ['a.com', 'b.com'],
    Enabled: true,
    Note: null,
  },
  { Identity: 'contoso.org', PartnerType: 'PublicVerified', AdditionalDomains: [], Enabled: false, Note: 'x, "y"' },
];

function written(objects: readonly OutputObject[], given: Partial<WriterRules> = {}) {
  let [out, notes] = ['', ''];
  const writer = objectWriter({
    format: 'auto',
    isTerminal: false,
    width: 80,
    palette: paletteOf(false),
    asciiOnly: false,
    output: { kind: 'Partner', table: ['Identity', 'PartnerType', 'AdditionalDomains'] },
    properties: undefined,
    expand: undefined,
    reads: true,
    write: (text) => void (out += text),
    note: (line) => void (notes += line),
    ...given,
  });
  for (const object of objects) writer.write(object);
  writer.end(false);
  return { out, notes };
}

const lines = (text: string): string[] => text.split('\n').slice(0, -1);

describe('in a pipe', () => {
  it('prints one JSON object a line whose last property is Kind', () => {
    const [first = ''] = lines(written(partners).out);
    expect(Object.keys(JSON.parse(first) as object).at(-1)).toBe('Kind');
    expect(lines(written(partners).out)).toHaveLength(2);
  });

  it('moves a Kind that the cmdlet set itself to the end', () => {
    expect(written([{ Kind: 'Other', Identity: 'x' }]).out).toBe('{"Identity":"x","Kind":"Other"}\n');
  });

  it('never truncates and never colours a table that was asked for', () => {
    const wide = [{ Identity: 'x'.repeat(300), PartnerType: 'Federated', AdditionalDomains: [] }];
    const { out, notes } = written([...wide, ...wide], { format: 'table', width: undefined });
    expect(out).toContain(`${'x'.repeat(300)} Federated   {}`);
    expect(out + notes).not.toMatch(/\u001b|\u2026/);
    expect(notes).toBe('');
  });

  it('escapes what is not ASCII when asked, losing nothing', () => {
    const { out } = written([{ Identity: 'bücher 同盟 😀' }], { asciiOnly: true });
    expect(out).toMatch(/^[\x20-\x7e\n]+$/);
    expect(JSON.parse(out)).toMatchObject({ Identity: 'bücher 同盟 😀' });
  });

  it('keeps secrets', () => {
    for (const format of ['ndjson', 'json', 'list', 'table', 'yaml', 'csv', 'tsv']) {
      expect(written([{ Identity: new Secret('hunter2') }], { format }).out).not.toContain('hunter2');
    }
  });
});

describe('on a terminal', () => {
  const terminal = { isTerminal: true };

  it('several objects are a table with the columns of their kind', () => {
    expect(lines(written(partners, terminal).out)).toEqual([
      'Identity     PartnerType    AdditionalDomains',
      '--------     -----------    -----------------',
      'fabrikam.com Federated      {a.com, b.com}',
      'contoso.org  PublicVerified {}',
    ]);
  });

  it('a single object is a list of all its properties', () => {
    expect(lines(written(partners.slice(0, 1), terminal).out)).toEqual([
      'Identity          : fabrikam.com',
      'PartnerType       : Federated',
      'AdditionalDomains : {a.com, b.com}',
      'Enabled           : True',
      'Note              :',
    ]);
  });

  it('a narrow one hides whole columns, names them, and cuts no name', () => {
    const { out, notes } = written(partners, { ...terminal, width: 30 });
    expect(lines(out)[2]).toBe('fabrikam.com Federated');
    expect(notes).toBe('(1 column hidden: AdditionalDomains - widen the window or use -OutputFormat list)');
    expect(written(partners, { ...terminal, width: 5 }).out).toContain('fabrikam.com\n');
  });

  it('control characters from outside cannot reach it', () => {
    const hostile = { Identity: '\u001b[2Jx\r\n\u202e', PartnerType: '\u0007', AdditionalDomains: ['\u009b31m'] };
    for (const format of ['table', 'list']) {
      expect(written([hostile, hostile], { ...terminal, format }).out.replaceAll('\n', '')).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u202e]/,
      );
    }
  });

  it('wide letters keep the columns in line', () => {
    const rows = lines(
      written(
        [
          { Identity: '同盟', PartnerType: 'A' },
          { Identity: 'abcd', PartnerType: 'B' },
        ],
        terminal,
      ).out,
    );
    expect(rows.slice(2)).toEqual(
      ['同盟     A', 'abcd     B'].map((row) => expect.stringMatching(new RegExp(`^${row.slice(0, 2)}`))),
    );
    expect(rows[2]?.indexOf('A')).toBe((rows[3]?.indexOf('B') ?? 0) - 2);
  });

  it('colours words for how it went, when colours are wanted', () => {
    const results = [{ Result: 'OK' }, { Result: 'FAIL' }];
    const coloured = written(results, { ...terminal, palette: paletteOf(true), output: undefined }).out;
    expect(coloured).toContain('\u001b[32mOK');
    expect(coloured).toContain('\u001b[31mFAIL');
  });

  it('does not keep thousands of rows until the end', () => {
    const pages: string[] = [];
    const many = Array.from({ length: 450 }, (_, index) => ({ Identity: `d${index}.com`, PartnerType: 'Federated' }));
    written(many, { ...terminal, write: (text) => void pages.push(text) });
    expect(pages).toHaveLength(3);
  });

  it('thousands of rows keep one header', () => {
    const many = Array.from({ length: 450 }, (_, index) => ({ Identity: `d${index}.com`, PartnerType: 'Federated' }));
    const rows = lines(written(many, terminal).out);
    expect(rows).toHaveLength(452);
    expect(rows.filter((row) => row.startsWith('Identity'))).toHaveLength(1);
  });
});

describe('formats for other programs', () => {
  it('json is one array, and an empty one when a cmdlet that reads found nothing', () => {
    expect(JSON.parse(written(partners, { format: 'json' }).out)).toHaveLength(2);
    expect(written([], { format: 'json' }).out).toBe('[]\n');
    expect(written([], { format: 'json', reads: false }).out).toBe('');
  });

  it('csv has a header and joins lists with ;', () => {
    expect(lines(written(partners, { format: 'csv' }).out)).toEqual([
      'Identity,PartnerType,AdditionalDomains,Enabled,Note,Kind',
      'fabrikam.com,Federated,a.com;b.com,true,,Partner',
      'contoso.org,PublicVerified,,false,"x, ""y""",Partner',
    ]);
  });

  it('tsv keeps a value on its line', () => {
    expect(lines(written([{ A: 'x\ty\nz', B: 1 }], { format: 'tsv', output: undefined }).out)).toEqual([
      'A\tB',
      'x y z\t1',
    ]);
  });

  it('yaml is a list of maps', () => {
    expect(written(partners.slice(0, 1), { format: 'yaml' }).out).toBe(
      '- Identity: "fabrikam.com"\n  PartnerType: "Federated"\n  AdditionalDomains: ["a.com","b.com"]\n  Enabled: true\n  Note: null\n  Kind: "Partner"\n',
    );
  });

  it('name prints what names the object, none prints nothing', () => {
    expect(written(partners, { format: 'name' }).out).toBe('fabrikam.com\ncontoso.org\n');
    expect(written(partners, { format: 'none' }).out).toBe('');
  });

  it('-Property chooses and orders, in any case', () => {
    const { out } = written(partners.slice(0, 1), { properties: ['partnertype', 'Identity'] });
    expect(out).toBe('{"PartnerType":"Federated","Identity":"fabrikam.com"}\n');
  });

  it('-ExpandProperty prints bare values, one a line', () => {
    expect(written(partners, { expand: 'additionaldomains' }).out).toBe('a.com\nb.com\n');
  });
});
