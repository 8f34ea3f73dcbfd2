/** What the language of the management shell takes, what it refuses before anything is run, and that no text makes it fall over. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { maxNesting } from '../../../src/commands/shell/cursor.ts';
import { maxScriptLength, parseScript } from '../../../src/commands/shell/parse-script.ts';
import { caretLines, faultError, placeOf } from '../../../src/commands/shell/syntax-fault.ts';

describe('takes', () => {
  it.each([
    'get-user | where {$_.Identity -eq "x"} | remove-user',
    'a; b\nc && d || e',
    '# a comment\nget-user # more\n<# over\nlines #> get-user',
    '\'it\'\'s\' ; "a `"b`" $x $($y.Z) $ 5"',
    '$x = @{Add="x","y";Remove="z"}\nset-user @x',
    '$x = @{\n  A = 1\n  B = get-user\n}',
    '@(1,2,3)[-1]; @()',
    'if ($x -eq 1) { a } elseif (-not $y) { b }\nelse { c }',
    'foreach ($p in get-user) { $p.Identity; $n += 1 }',
    'try { a } catch { $_.Id } finally { b }',
    'set-user x -Description:`\n "y" -Confirm:$false --dry-run --name=value',
    'get-user |\n  where Identity -like *.org |\n  sort',
    'new-user “alice@contoso.com” -DisplayName ‘A’',
    'xgw get-user alice@contoso.com',
    'get-user a.com, b.com',
    'a -AdditionalDomains +x.com,-y.com',
    '? Name; % { $_ }; ? { $_ }',
    'exit 3',
    '!$x -and -not ($y -or $z.Count -gt -1)',
    '"a" + $x - 1',
  ])('%j', (text) => {
    expect(parseScript(text)).toMatchObject({ ok: true });
  });
});

describe('refuses as no part of the language, at its place', () => {
  it.each([
    ['function f { }', 1, 'the keyword function'],
    ['get-user\nwhile ($true) { }', 10, 'the keyword while'],
    ['class A { }', 1, 'the keyword class'],
    ['param($x)', 1, 'the keyword param'],
    ['throw "x"', 1, 'the keyword throw'],
    ['[int]$x', 1, 'a type of .NET'],
    ['$x.ToUpper()', 3, 'the method .ToUpper()'],
    ['[math]::Pi', 1, 'a type of .NET'],
    ['$env:PATH', 1, 'the scope or drive $env:'],
    ['$global:x = 1', 1, 'the scope or drive $global:'],
    ['$args', 1, 'the variable $args'],
    ['./run.sh', 1, '"./run.sh" as a command'],
    ['& "C:\\x.exe"', 1, 'the call of a program'],
    ['/bin/ls', 1, '"/bin/ls" as a command'],
    ['get-user > x.txt', 10, 'redirection'],
    ['get-user 2>$null', 10, 'redirection'],
    ['get-user &', 10, 'a background job'],
    ['1 * 2', 3, 'the operator *'],
    ['$x -replace "a","b"', 4, 'the operator -replace'],
    ['1..5', 2, 'the operator ..'],
    ['$x.y = 1', 1, 'the assignment to $x.y'],
    ['@"\nx\n"@', 1, 'a here-string'],
    ['get-user $x"y"', 10, 'a word of several parts'],
    ['try { } catch [Exception] { }', 15, 'catch of one type'],
    ['"a\u0000b"', 3, 'this is a control character'],
    ['"a`0b"', 3, 'the escape `0'],
    ['1kb', 1, 'this form of a number'],
  ])('%j', (text, column, what) => {
    const parsed = parseScript(text);
    if (parsed.ok) throw new Error('it was taken');
    expect(parsed.error).toMatchObject({ id: 'UnsupportedSyntax', isIncomplete: false });
    expect(parsed.error.message).toContain(what);
    expect(parsed.error.at + 1).toBe(column);
  });
});

it.each([
  '"a',
  "'a",
  '{',
  '@(1,',
  '@{ a = 1',
  '(get-user',
  'get-user |',
  'a &&',
  'if ($x) {',
  '<# a',
  'get-user `',
  '$x =',
])('waits for more behind %j', (text) => {
  expect(parseScript(text)).toMatchObject({ ok: false, error: { id: 'SyntaxError', isIncomplete: true } });
});

it.each([')', 'get-user }', '| a', '"a" "b"', 'if $x { }', 'foreach (x in y) { }', '@{ a 1 }', '$true = 1', '()'])(
  'refuses %j, which nothing can complete',
  (text) => {
    expect(parseScript(text)).toMatchObject({ ok: false, error: { isIncomplete: false } });
  },
);

it('bounds the depth and the length of a script', () => {
  const deep = (depth: number): string => '('.repeat(depth) + '1' + ')'.repeat(depth);
  expect(parseScript(deep(10))).toMatchObject({ ok: true });
  for (const text of [deep(100_000), '{'.repeat(100_000), '!'.repeat(100_000), `1${'+1'.repeat(100_000)}`]) {
    expect(parseScript(text)).toMatchObject({ ok: false, error: { id: 'UnsupportedSyntax' } });
  }
  expect(parseScript(deep(maxNesting + 1))).toMatchObject({ ok: false });
  expect(parseScript(' '.repeat(maxScriptLength + 1))).toMatchObject({ ok: false, error: { at: maxScriptLength } });
});

it('names line and column, with a caret under the character', () => {
  const text = 'get-user\r\n  get-user > x';
  expect(placeOf(text, text.indexOf('>'))).toEqual({ line: 2, column: 12, text: '  get-user > x' });
  expect(caretLines(placeOf(text, text.indexOf('>')))).toEqual(['  +   get-user > x', '  +            ^']);
  const parsed = parseScript(text);
  if (parsed.ok) throw new Error('it was taken');
  expect(faultError(parsed.error, text, 'a.ps1').message).toMatch(/^a\.ps1:2:12: redirection/);
});

const piece = fc.constantFrom(
  ...[
    '$',
    '$x',
    '$(',
    '(',
    ')',
    '{',
    '}',
    '@{',
    '@(',
    '[',
    ']',
    '"',
    "'",
    '`',
    '|',
    '||',
    '&&',
    ';',
    '\n',
    ' ',
    ',',
    '=',
    '+',
  ],
  ...[
    '-eq',
    '-',
    '--',
    '#',
    '<#',
    '#>',
    '.',
    ':',
    'if',
    'else',
    'foreach',
    'in',
    'try',
    'catch',
    'exit',
    'get-user',
    '1',
    '%',
    '?',
    '!',
    'a.b',
  ],
);

it('never throws, and every fault is inside of the text', () => {
  const check = (text: string): void => {
    const parsed = parseScript(text);
    if (parsed.ok) return;
    expect(parsed.error.at).toBeGreaterThanOrEqual(0);
    expect(parsed.error.at).toBeLessThanOrEqual(text.length);
    expect(faultError(parsed.error, text).excerpt).toHaveLength(2);
  };
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
      check,
    ),
    { numRuns: 3000 },
  );
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), check));
});

it('takes what it took when a blank line or a comment comes before it', () => {
  const text = fc.array(piece, { maxLength: 20 }).map((all) => all.join(' '));
  fc.assert(
    fc.property(text, (script) => {
      expect(parseScript(`\n# x\n${script}`).ok).toBe(parseScript(script).ok);
    }),
  );
});
