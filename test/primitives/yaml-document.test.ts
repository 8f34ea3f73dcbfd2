import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readYaml } from '../../src/primitives/yaml-document.ts';

const valueOf = async (text: string) => {
  const read = await readYaml(text);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
};
const faultOf = async (text: string) => {
  const read = await readYaml(text);
  if (read.ok) throw new Error(`read: ${JSON.stringify(read.value)}`);
  return read.error;
};

describe('YAML documents', () => {
  it('are plain values: text, numbers, booleans, null, lists, maps', async () => {
    const text = 'a: text\nb: 12\nc: true\nd:\ne: [x, "1"]\nf:\n  g: -1.5\n# a remark\n';
    expect(await valueOf(text)).toEqual({ a: 'text', b: 12, c: true, d: null, e: ['x', '1'], f: { g: -1.5 } });
  });

  it('know true and false only, and no times [YAML 1.2.2 §10.3]', async () => {
    expect(await valueOf('[yes, no, on, 2026-01-01, 012]')).toEqual(['yes', 'no', 'on', '2026-01-01', 12]);
    expect(await valueOf('%YAML 1.1\n---\na: yes')).toEqual({ a: 'yes' });
  });

  it('hold no name that means something to JavaScript', async () => {
    const read = await valueOf('__proto__: {polluted: true}');
    expect(Object.keys(read as object)).toEqual(['__proto__']);
    expect('polluted' in (read as object)).toBe(false);
  });

  it('an empty one is null', async () => expect(await valueOf('# nothing')).toBeNull());

  it.each([
    ['a: 1\nb: 2\na: 3\n', /"a" is there twice/, 3, 1],
    ['{"a": 1, "a": 2}', /"a" is there twice/, 1, 10],
    ['a: [1, 2\n', /flow sequence/, 2, 1],
    ['a: &x [1]\nb: *x\n', /aliases/, 2, 4],
    ['a: !!js/function x', /tag/, 1, 4],
    ['? [a]\n: 1\n', /no text/, 1, 3],
    ['1: x', /no text/, 1, 1],
    ['a: 1\n---\nb: 2\n', /second document/, 2, 1],
    ['\ta: 1', /tabs/i, 1, 1],
    ['a:\n  b: x: y\n', /nested mappings/, 2, 6],
    [`${'['.repeat(40)}${']'.repeat(40)}`, /deeper than 32/, 1, 34],
  ])('%j is refused with its place', async (text, sentence, line, column) => {
    const fault = await faultOf(text);
    expect(fault.sentence).toMatch(sentence);
    expect([fault.line, fault.column]).toEqual([line, column]);
  });

  it('a thousandfold nesting is refused, and costs no stack', async () => {
    expect((await faultOf('['.repeat(50_000))).line).toBe(1);
    expect((await faultOf('- '.repeat(50_000))).line).toBe(1);
  });

  it('too much is refused before it is read', async () => {
    expect((await faultOf('x'.repeat(9 * 1024 * 1024))).sentence).toMatch(/more than/);
  });

  it('whatever JSON says, YAML reads the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(await valueOf(text))).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  it('reading never throws', async () => {
    const pieces = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '-',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '&',
      '*',
      '!',
      '|',
      '>',
      '%',
      '?',
      ',',
      '#',
      '\t',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), async (parts) => {
        expect(typeof (await readYaml(parts.join(''))).ok).toBe('boolean');
      }),
      { numRuns: 300 },
    );
  });
});
