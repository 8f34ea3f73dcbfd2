/** Documents are of the form that Export-Clixml of Windows PowerShell 5.1 writes for the objects of Get-CsXmppAllowedPartner. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ClixmlFault, type ClixmlObject, clixmlReader } from '../../src/primitives/clixml.ts';

const wrapped = (inside: string): string =>
  `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">${inside}</Objs>`;

function read(document: string, size = document.length): readonly ClixmlObject[] {
  const reader = clixmlReader();
  const objects: ClixmlObject[] = [];
  for (let at = 0; at < document.length; at += size) objects.push(...reader.push(document.slice(at, at + size)));
  reader.end();
  return objects;
}

const values = (inside: string) => read(wrapped(inside)).map(({ value }) => value);

const partnerType = 'Microsoft.Rtc.Management.WritableConfig.Settings.XmppFederation.XmppAllowedPartner';
const partner = (ref: number, domain: string, types: string, type: string): string => `
  <Obj RefId="${ref}">
    ${types}
    <ToString>${domain}</ToString>
    <Props>
      <S N="Identity">${domain}</S>
      <Obj N="AdditionalDomains" RefId="${ref + 1}"><TN RefId="${ref + 1}"><T>System.Collections.Generic.List</T></TN>
        <LST><S>b2b.${domain}</S><S>x.${domain}</S></LST></Obj>
      <Obj N="PartnerType" RefId="${ref + 2}"><ToString>${type}</ToString><I32>1</I32></Obj>
      <Nil N="ProxyFqdn" />
      <B N="SupportDialbackNegotiation">true</B>
      <U32 N="ConnectionLimit">7</U32>
      <S N="Description">two_x000D__x000A_lines, a _x005F_x0041_ and &lt;b&gt;</S>
    </Props>
    <MS><S N="Note">added</S></MS>
  </Obj>`;

describe('CLIXML', () => {
  it('objects have their properties: words for enumerations, lists, nothing, numbers, escaped characters', () => {
    const types = `<TN RefId="0"><T>${partnerType}</T><T>System.Object</T></TN>`;
    const document = wrapped(
      partner(0, 'fabrikam.com', types, 'Federated') + partner(10, 'a.org', '<TNRef RefId="0" />', 'PublicVerified'),
    );
    const all = read(document);
    expect(all.map((each) => each.types)).toEqual([
      [partnerType, 'System.Object'],
      [partnerType, 'System.Object'],
    ]);
    expect(all[0]?.value).toEqual({
      Identity: 'fabrikam.com',
      AdditionalDomains: ['b2b.fabrikam.com', 'x.fabrikam.com'],
      PartnerType: 'Federated',
      ProxyFqdn: null,
      SupportDialbackNegotiation: true,
      ConnectionLimit: 7,
      Description: 'two\r\nlines, a _x0041_ and <b>',
      Note: 'added',
    });
    expect(all[1]?.value).toMatchObject({ Identity: 'a.org', PartnerType: 'PublicVerified' });
    for (const size of [1, 13, 500]) expect(read(document, size)).toEqual(all);
  });

  it.each([
    ['<S>text</S>', 'text'],
    ['<S />', ''],
    ['<C>65</C>', 'A'],
    ['<B>false</B>', false],
    ['<I32>-5</I32>', -5],
    ['<I64>9223372036854775807</I64>', '9223372036854775807'],
    ['<Db>1.5E+3</Db>', 1500],
    ['<DT>2026-11-22T10:14:03Z</DT>', '2026-11-22T10:14:03Z'],
    ['<TS>PT5M</TS>', '00:05:00'],
    ['<TS>P1DT2H3M4.5S</TS>', '26:03:04.5'],
    ['<G>8f1c8f6a-0000-0000-0000-000000000000</G>', '8f1c8f6a-0000-0000-0000-000000000000'],
    ['<Nil />', null],
    ['<SS>01000000d08c9ddf</SS>', null],
    ['<Obj RefId="0"><DCT><En><S N="Key">a</S><I32 N="Value">1</I32></En></DCT></Obj>', { a: 1 }],
    ['<Obj RefId="0"><IE><S>a</S><Nil /></IE></Obj>', ['a', null]],
    ['<Obj RefId="0"><S>text</S><MS><S N="PSPath">x</S></MS></Obj>', 'text'],
    ['<Obj RefId="0"><ToString>shown</ToString></Obj>', 'shown'],
    ['<S>\u6f22 _xD83D__xDE00_</S>', '\u6f22 \u{1f600}'],
  ])('%s is %j', (inside, value) => expect(values(inside)).toEqual([value]));

  it('a reference is the object again, and one to itself is nothing', () => {
    const list = '<Obj N="B" RefId="1"><LST><S>x</S></LST></Obj>';
    expect(
      values(
        `<Obj RefId="0"><Props>${list}<Ref N="C" RefId="1" /><Ref N="D" RefId="0" /></Props></Obj><Ref RefId="1" />`,
      ),
    ).toEqual([{ B: ['x'], C: ['x'], D: null }, ['x']]);
  });

  it('progress and warnings that a process writes between are no objects', () => {
    expect(values('<Obj S="progress" RefId="0"><MS><I64 N="SourceId">1</I64></MS></Obj><S S="Output">x</S>')).toEqual([
      'x',
    ]);
  });

  it('objects come out as they arrive', () => {
    const reader = clixmlReader();
    expect(reader.push('<Objs><S>a</S><S>b')).toMatchObject([{ value: 'a' }]);
    expect(() => reader.end()).toThrow(ClixmlFault);
  });

  it.each([
    ['<!DOCTYPE Objs [<!ENTITY a "b">]><Objs/>', /document type/],
    ['<Objs><S>&a;</S></Objs>', /entity/],
    ['<html><body/></html>', /begins with html, not with Objs/],
    ['<Objs><S>a</Objs>', /1:17: unexpected close tag/],
    ['<Objs><X>a</X></Objs>', /X is no value of CLIXML/],
    [`<Objs>${'<Obj><LST>'.repeat(30)}`, /nested deeper/],
    ['<Objs>', /unclosed tag/],
  ])('%s is refused', (document, sentence) => {
    expect(() => read(document)).toThrow(ClixmlFault);
    expect(() => read(document)).toThrow(sentence);
  });

  it('references that double again and again are refused, not written out', () => {
    const doubled = Array.from({ length: 40 }, (_, level) => {
      const inside = level === 0 ? '<S>x</S>' : `<Ref RefId="${level - 1}" /><Ref RefId="${level - 1}" />`;
      return `<Obj RefId="${level}"><LST>${inside}</LST></Obj>`;
    });
    expect(() => read(wrapped(doubled.join('')))).toThrow(/more than 4000000 elements/);
  });

  it('reading throws nothing but its own fault', () => {
    const pieces = fc.constantFrom(
      '<Objs>',
      '</Objs>',
      '<Obj RefId="0">',
      '</Obj>',
      '<LST>',
      '</LST>',
      '<S N="a">',
      '</S>',
      '<Ref RefId="0"/>',
      '<TN RefId="0">',
      '<T>',
      '&lt;',
      'x',
      '<DCT>',
      '<En>',
      '<Props>',
      '<MS/>',
      '<Nil/>',
      ']]>',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        try {
          read(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(ClixmlFault);
        }
      }),
      { numRuns: 300 },
    );
  });
});
