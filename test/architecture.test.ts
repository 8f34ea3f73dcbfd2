/** The shape of src/ as a test: floors, walls, cycles, sizes, manifest. Fails with the sentence a reviewer would write. */
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '..');
const src = path.join(root, 'src');

/** Lowest first. A file imports from its own floor or from one below. The longest matching prefix decides. */
const floors = [
  ['primitives/'],
  ['config/', 'certificates/'],
  ['gateway/xmpp/', 'gateway/sip/'],
  ['gateway/'],
  ['store/'],
  ['operations/'],
  ['commands/'],
];

/** Neighbours that must not meet, although their floors would allow it. */
const walls: readonly (readonly [from: string, to: string, because: string])[] = [
  ['gateway/xmpp/', 'gateway/sip/', 'only translation and the gateway know both worlds'],
  ['gateway/sip/', 'gateway/xmpp/', 'only translation and the gateway know both worlds'],
  ['gateway/xmpp/', 'config/', 'a protocol takes options, it does not read settings'],
  ['gateway/sip/', 'config/', 'a protocol takes options, it does not read settings'],
  ['store/', 'gateway/', 'the store keeps settings, it does not know who uses them'],
  ['commands/', 'gateway/', 'a cmdlet calls an operation'],
];

const maxLines = 250;
const topLevel = new Set(['bin', 'src', 'test', 'docs', 'LICENSE', 'CHANGELOG.md', 'README.md']);
const toolFiles = /^(\.[\w.-]+|package(-lock)?\.json|tsconfig\.json|[\w.-]+\.config\.mjs|biome\.json)$/;

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll(path.sep, '/'))
  .toSorted();
const text = new Map(files.map((file) => [file, readFileSync(path.join(src, file), 'utf8')]));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** Static imports and exports, type imports too, and `import('...')`, by which cmdlets load heavy operations late. */
function importsOf(file: string): string[] {
  const specifiers = (text.get(file) ?? '').matchAll(
    /(?:^\s*(?:import|export)\b[^'";]*?|\bimport\(\s*)['"](\.[^'"]+\.ts)['"]/gm,
  );
  return [...specifiers].map(([, specifier = '']) => path.posix.join(path.posix.dirname(file), specifier));
}

function floorOf(file: string): number {
  const prefixes = floors.flatMap((names, floor) => names.map((name) => ({ name, floor })));
  const [home] = prefixes.filter(({ name }) => file.startsWith(name)).toSorted((a, b) => b.name.length - a.name.length);
  assert(home, `${file} is on no floor: put it in one of ${floors.flat().join(', ')}`);
  return home.floor;
}

function checkImport(file: string, target: string): void {
  assert(imports.has(target), `${file} imports ${target}, which does not exist`);
  assert(floorOf(target) <= floorOf(file), `${file} imports upward: ${target}`);
  for (const [from, to, because] of walls) {
    assert(!(file.startsWith(from) && target.startsWith(to)), `${file} imports ${target}: ${because}`);
  }
}

describe('the shape of src/', () => {
  it('every import goes to its own floor or down, and through no wall', () => {
    for (const [file, targets] of imports) for (const target of targets) checkImport(file, target);
  });

  it('protocol machines touch neither sockets nor time', () => {
    const machines = files.filter((file) => /gateway\/.*-machine\.ts$|sip\/transactions\/(non-)?invite-/.test(file));
    assert(machines.length > 0, 'no machine found: has the naming changed?');
    for (const machine of machines) {
      const worldly = (imports.get(machine) ?? []).filter((target) => /primitives\/(clock|ids|atomic)/.test(target));
      expect(worldly.map((each) => `${machine} must leave these to its runner: ${each}`)).toEqual([]);
      assert(!/['"]node:(?!assert)/.test(text.get(machine) ?? ''), `${machine} imports a node module`);
    }
  });

  it('has no import cycle, types included', () => {
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): void => {
      assert(!trail.includes(file), `import cycle: ${[...trail.slice(trail.indexOf(file)), file].join(' -> ')}`);
      if (done.has(file)) return;
      for (const target of imports.get(file) ?? []) visit(target, [...trail, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it(`has no file longer than ${maxLines} lines`, () => {
    const long = [...text].filter(([, body]) => body.trimEnd().split('\n').length > maxLines).map(([file]) => file);
    expect(long).toEqual([]);
  });

  it('has no file whose name explains nothing', () => {
    const vague = files.filter((file) => /(^|\/)(utils?|helpers?|common|misc|manager|types|index)\.ts$/.test(file));
    expect(vague).toEqual(['commands/index.ts']);
  });

  it('begins every file with a comment that says what it promises', () => {
    const silent = files.filter((file) => !(text.get(file) ?? '').trimStart().startsWith('/**'));
    expect(silent).toEqual([]);
  });

  it('lists every cmdlet file in the manifest', () => {
    const cmdlets = files.filter((file) => /^commands\/[^/]+\.ts$/.test(file) && file !== 'commands/index.ts');
    const parts = files.filter((file) => file.startsWith('commands/manifest/'));
    const named = parts.flatMap((file) => imports.get(file) ?? []);
    const listed = named.filter((file) => /^commands\/[^/]+\.ts$/.test(file));
    expect(listed.toSorted()).toEqual(cmdlets);
  });

  it('lets one file know each foreign library that has traps', () => {
    for (const library of [
      'node-forge',
      'conf',
      'inquirer',
      'commander',
      'cli-table3',
      'fs-native-extensions',
      'pino',
      'yaml',
    ]) {
      const users = files.filter((file) =>
        new RegExp(`(from|import\\(|require\\()\\s*['"]${library}['"]`).test(text.get(file) ?? ''),
      );
      assert(users.length <= 1, `${library} is known to ${users.join(', ')}: one file should know it`);
    }
  });
});

it('every function and constant that is exported is used by another file, and not by tests alone', () => {
  const tools = ['esbuild.config.mjs', '.ci/documentation.mjs'].map((name) =>
    readFileSync(path.join(root, name), 'utf8'),
  );
  const outside = tools.join('\n');
  const tests = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|mjs)$/.test(name))
    .map((name) => readFileSync(path.join(root, 'test', name), 'utf8'));
  const wordsOf = (body: string): Set<string> => new Set(body.match(/\b\w+\b/g));
  const tested = new Set(tests.flatMap((body) => [...wordsOf(body)]));
  const users = new Map<string, number>();
  for (const body of text.values()) for (const word of wordsOf(body)) users.set(word, (users.get(word) ?? 0) + 1);
  const idle = [...text].flatMap(([file, body]) =>
    [...body.matchAll(/^export (?:async )?(?:const|function) (\w+)/gm)].flatMap(([, name = '']) => {
      const isUsed = (users.get(name) ?? 0) > 1 || wordsOf(outside).has(name);
      const isOwn = (body.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length > 1;
      return isUsed || (isOwn && tested.has(name)) ? [] : [`${file}: ${name}`];
    }),
  );
  // Tests write whole documents, the gateway only what stands in a stream.
  expect(idle).toEqual(['gateway/xmpp/xml/xml-writer.ts: printDocument']);
});

it('no object literal of the gateway has a getter, which costs a full collection each time (decision 23), but those made once', () => {
  const madeOnce = new Set(['gateway/xmpp-side.ts']);
  const getters = files
    .filter((file) => file.startsWith('gateway/') && !madeOnce.has(file))
    .filter((file) => /^ {4,}get \w+\(/m.test(text.get(file) ?? ''));
  expect(getters).toEqual([]);
});

describe('the top level', () => {
  it('holds nothing beside the agreed folders and tool files', () => {
    const ignored = new Set(['node_modules', 'dist', 'coverage', '.git']);
    const strangers = readdirSync(root).filter(
      (name) => !ignored.has(name) && !topLevel.has(name) && !toolFiles.test(name),
    );
    expect(strangers).toEqual([]);
  });
});

it('docs/architecture.md and the decisions name files that exist', () => {
  const pages = [
    'architecture.md',
    ...readdirSync(path.join(root, 'docs/decisions')).map((name) => `decisions/${name}`),
  ];
  const named = pages.flatMap((page) =>
    [...readFileSync(path.join(root, 'docs', page), 'utf8').matchAll(/(?<![\w./-])\w[\w./-]*\.ts\b/g)].map(
      ([file]) => ({
        page,
        file,
      }),
    ),
  );
  const known = [...files, ...readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })];
  const isThere = (file: string): boolean => {
    const wanted = file.replace(/^src\//, '');
    return existsSync(path.join(root, file)) || known.some((each) => each === wanted || each.endsWith(`/${wanted}`));
  };
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ file }) => !isThere(file))).toEqual([]);
});
