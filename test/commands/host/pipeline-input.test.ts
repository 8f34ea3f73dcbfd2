import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { jsonCutter } from '../../../src/commands/host/json-values.ts';
import { type InputRecord, inputRecords } from '../../../src/commands/host/pipeline-input.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(input: string | Buffer, size = 7): Promise<InputRecord[]> {
  const records: InputRecord[] = [];
  for await (const record of inputRecords(inPieces(Buffer.from(input), size))) records.push(record);
  return records;
}

describe('objects from standard input', () => {
  const two = [{ Identity: 'fabrikam.com', ConnectionLimit: 5 }, { Identity: 'bücher.example' }];

  it('one JSON object a line', async () => {
    expect(await read(two.map((each) => JSON.stringify(each)).join('\n'))).toEqual(two);
  });

  it('pretty-printed objects, as jq prints them', async () => {
    expect(await read(two.map((each) => JSON.stringify(each, undefined, 2)).join('\n'))).toEqual(two);
  });

  it('a JSON array of objects or names', async () => {
    expect(await read(JSON.stringify(two, undefined, 2))).toEqual(two);
    expect(await read('["a.com","b.com"]')).toEqual(['a.com', 'b.com']);
  });

  it('CSV with a header row; empty cells say nothing', async () => {
    const csv =
      'Identity,Description,PartnerType\r\nfabrikam.com,"ERP, ""the"" partner",Federated\r\ncontoso.org,,\r\n';
    expect(await read(csv)).toEqual([
      { Identity: 'fabrikam.com', Description: 'ERP, "the" partner', PartnerType: 'Federated' },
      { Identity: 'contoso.org' },
    ]);
  });

  it('plain names, one a line', async () => {
    expect(await read('fabrikam.com\r\n\r\n  contoso.org \n')).toEqual(['fabrikam.com', 'contoso.org']);
  });

  it('UTF-16LE with a byte order mark, as Windows PowerShell writes', async () => {
    const bytes = Buffer.from(`\ufeff${JSON.stringify(two[1])}\r\n`, 'utf16le');
    expect(await read(bytes, 3)).toEqual([two[1]]);
  });

  it('UTF-8 with a byte order mark', async () => {
    expect(await read(`\ufeff${JSON.stringify(two)}`, 2)).toEqual(two);
  });

  it('UTF-16 in the other order, and a mark that arrives in pieces', async () => {
    const bytes = Buffer.from(`\ufeff${JSON.stringify(two[1])}\r\n`, 'utf16le').swap16();
    for (const size of [1, 2, 5]) expect(await read(bytes, size)).toEqual([two[1]]);
  });

  it('what Export-Clixml of Windows PowerShell wrote, in UTF-16', async () => {
    const document = `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
      <Obj RefId="0"><Props><S N="Identity">fabrikam.com</S><U32 N="ConnectionLimit">5</U32></Props></Obj>
      <S>contoso.org</S></Objs>`;
    const utf16 = Buffer.from(`\ufeff${document}`, 'utf16le');
    for (const size of [1, 7, 100_000]) {
      expect(await read(utf16, size)).toEqual([two[0], 'contoso.org']);
      expect(await read(`#< CLIXML\r\n${document}`, size)).toEqual([two[0], 'contoso.org']);
    }
  });

  it('nothing at all', async () => {
    expect(await read('')).toEqual([]);
    expect(await read(' \n\n')).toEqual([]);
  });

  it.each(['{"a":', '{"a":1}}', '[1,2', '{a:1}', '[1]', '<Objs Version="1.1">'])('%s is refused', async (input) => {
    await expect(read(input)).rejects.toMatchObject({ id: 'InputUnreadable' });
  });

  it('the first object comes out before the last one has arrived', async () => {
    async function* slow(): AsyncGenerator<Buffer> {
      yield Buffer.from('{"Identity":"a.com"}\n');
      throw new Error('nobody read that far');
    }
    const records = inputRecords(slow());
    expect(await records.next()).toEqual({ done: false, value: { Identity: 'a.com' } });
  });
});

describe('cutting JSON values', () => {
  it('finds the same values however the text is cut', () => {
    const value = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.array(fc.string()), fc.dictionary(fc.string(), fc.string())),
    );
    fc.assert(
      fc.property(fc.array(value), fc.integer({ min: 1, max: 9 }), (values, size) => {
        const text = values.map((each) => JSON.stringify(each, undefined, size % 3)).join(size % 2 ? '\n' : '');
        const cutter = jsonCutter();
        const cut: string[] = [];
        for (let at = 0; at < text.length; at += size) cut.push(...cutter.push(text.slice(at, at + size)));
        expect(cut.map((each) => JSON.parse(each) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
        expect(cutter.rest()).toBe('');
      }),
    );
  });

  it('gives up a value that is too long instead of keeping it', () => {
    const cutter = jsonCutter(10);
    expect(cutter.push(`{"a":"${'x'.repeat(50)}`).length).toBeGreaterThan(0);
    expect(cutter.rest().length).toBeLessThanOrEqual(10);
  });
});
