import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { clixmlReader } from '../../src/primitives/clixml.ts';
import { printClixml } from '../../src/primitives/clixml-text.ts';

function readBack(values: readonly unknown[]): readonly unknown[] {
  const reader = clixmlReader();
  const objects = reader.push(printClixml(values));
  reader.end();
  return objects.map(({ value }) => value);
}

describe('CLIXML that is written', () => {
  it('has the types that PowerShell gives back', () => {
    const partner = {
      Identity: 'fabrikam.com',
      Domains: ['a.org'],
      Limit: 7,
      Big: 2 ** 40,
      Ratio: 0.5,
      On: true,
      Off: null,
    };
    expect(printClixml([partner])).toBe(
      `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
<Obj RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN><MS>\
<S N="Identity">fabrikam.com</S>\
<Obj N="Domains" RefId="1"><TN RefId="1"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN><LST><S>a.org</S></LST></Obj>\
<I32 N="Limit">7</I32><I64 N="Big">1099511627776</I64><Db N="Ratio">0.5</Db><B N="On">true</B><Nil N="Off" /></MS></Obj>
</Objs>
`,
    );
  });

  it('escapes what XML cannot hold, and what would look escaped', () => {
    const text = 'a\r\n_x0041_ & <b> "q" \u001b[2J \ud83d\ude00 \ud83d';
    expect(readBack([{ 'odd "name"': text }])).toEqual([{ 'odd "name"': text }]);
    expect(printClixml([text])).toContain('a_x000D__x000A__x005F_x0041_ &amp; &lt;b&gt; &quot;q&quot; _x001B_[2J');
  });

  it('whatever objects hold comes back', () => {
    const value = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null)),
      object: fc.dictionary(
        fc.string({ minLength: 1, maxLength: 5 }).filter((name) => name !== '__proto__'),
        fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('object'), fc.array(tie('leaf'), { maxLength: 3 })),
        { maxKeys: 4 },
      ),
    })).object;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), (objects) => {
        expect(readBack(objects)).toEqual(objects.map((each) => ({ ...(each as object) })));
      }),
      { numRuns: 200 },
    );
  });
});
