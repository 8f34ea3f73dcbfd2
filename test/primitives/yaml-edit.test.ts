import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { printYaml, readYaml } from '../../src/primitives/yaml-document.ts';
import { editedYaml, type YamlEdit } from '../../src/primitives/yaml-edit.ts';

type Tree = { readonly [name: string]: Tree | string | number | null };

/** The same edits on values. */
function expected(tree: Tree, edits: readonly YamlEdit[]): Tree {
  const copy = structuredClone(tree) as Record<string, unknown>;
  for (const { path, value } of edits) {
    let at = copy;
    for (const name of path.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
    const name = path.at(-1) ?? '';
    if (value === undefined) delete at[name];
    else at[name] = value;
  }
  return copy as Tree;
}

const name = fc.constantFrom('a', 'b', 'c.com', 'sip:d@e', 'true');
const leaf = fc.constantFrom('text', 'a # b', '', 'yes', 7, null, 'two: parts');
const inner: fc.Arbitrary<Tree> = fc.dictionary(name, leaf, { maxKeys: 4 });
const tree: fc.Arbitrary<Tree> = fc.dictionary(name, inner, { minKeys: 1, maxKeys: 4 });

/** Of a whole part, or of values inside of parts that stay. */
const editsOf = (of: Tree): fc.Arbitrary<readonly YamlEdit[]> =>
  fc
    .tuple(
      ...Object.keys(of).map((part) => {
        const inside = fc.uniqueArray(
          fc.record({ key: name, value: fc.option(fc.constantFrom('new', 1, 'a: b'), { nil: undefined }) }),
          {
            selector: ({ key }) => key,
            maxLength: 4,
          },
        );
        return fc.oneof(
          fc.constant<readonly YamlEdit[]>([{ path: [part], value: undefined }]),
          inside.map((all) => all.map(({ key, value }): YamlEdit => ({ path: [part, key], value }))),
        );
      }),
    )
    .chain((parts) =>
      fc
        .option(fc.constant<YamlEdit>({ path: ['zz'], value: { k: [1, 'x'] } }), { nil: undefined })
        .map((more) => [...parts.flat(), ...(more === undefined ? [] : [more])]),
    );

describe('values that are changed in a text', () => {
  it.each([
    ['in lines', false],
    ['in braces', true],
  ])('are changed, and all others stay, whatever they are, %s', async (_how, isFlow) => {
    const cases = tree.chain((of) => fc.tuple(fc.constant(of), editsOf(of)));
    await fc.assert(
      fc.asyncProperty(cases, async ([of, edits]) => {
        const text = await printYaml(of, isFlow);
        const edited = await editedYaml(text, edits);
        const read = await readYaml(edited ?? '[');
        // A part from which all has gone may be empty, or nothing.
        const empty = (_key: string, value: unknown): unknown =>
          typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? null : value;
        const sorted = (value: unknown): unknown => JSON.parse(JSON.stringify(value, empty) ?? 'null');
        expect([text, edited, read.ok && sorted(read.value)]).toEqual([text, edited, sorted(expected(of, edits))]);
      }),
      { numRuns: 300 },
    );
  });

  it('keep comments, order and quotes', async () => {
    const text = '# head\na:   1 # one\n\nb: { x: "1", y: 2 }   # braces\nc:\n  # inside\n  d: old\n# tail\n';
    const edits: readonly YamlEdit[] = [
      { path: ['a'], value: 2 },
      { path: ['b', 'y'], value: undefined },
      { path: ['c', 'e'], value: ['new'] },
    ];
    expect(await editedYaml(text, edits)).toBe(
      '# head\na:   2 # one\n\nb: { x: "1" }   # braces\nc:\n  # inside\n  d: old\n  e:\n    - new\n# tail\n',
    );
  });

  it('leave JSON what it is', async () => {
    const text = '{\n  "a": { "x": 1 },\n  "b": {}\n}\n';
    const edits: readonly YamlEdit[] = [
      { path: ['a', 'x'], value: 'two' },
      { path: ['a', 'y'], value: ['z'] },
      { path: ['b', 'c.com'], value: { on: true } },
    ];
    const edited = (await editedYaml(text, edits)) ?? '';
    expect(JSON.parse(edited)).toEqual({ a: { x: 'two', y: ['z'] }, b: { 'c.com': { on: true } } });
    expect(edited.split('\n')).toHaveLength(5);
  });

  it('are not changed in a text that cannot be read, or uses aliases', async () => {
    expect(await editedYaml('a: [', [{ path: ['a'], value: 1 }])).toBeUndefined();
    expect(await editedYaml('a: &x {}\nb: *x', [{ path: ['b', 'c'], value: 1 }])).toBeUndefined();
  });
});
