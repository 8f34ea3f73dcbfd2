/** What scripts do: values, operators, statements and failures, with cmdlets of the test. */
import { describe, expect, it } from '@jest/globals';

import type { Pipe } from '../../../src/commands/host/pipe.ts';
import {
  type Interpreter,
  ScriptExit,
  ScriptFailure,
  type Surroundings,
} from '../../../src/commands/shell/interpreter.ts';
import { newInterpreter } from '../../../src/commands/shell/new-interpreter.ts';
import { parseScript } from '../../../src/commands/shell/parse-script.ts';
import { CodedError } from '../../../src/primitives/errors.ts';

const partners = [
  { Identity: 'a.com', Limit: 5, Domains: ['x.com', 'y.com'], Enabled: true },
  { Identity: 'b.org', Limit: 20, Domains: [], Enabled: false },
];

const missing = (name: string): CodedError => new CodedError('ObjectNotFound', `there is no ${name}.`);

const valueOf = (word: string, values: readonly unknown[]): unknown =>
  word.includes('\0') ? values[Number(word.split('\0')[1])] : word;

function fail([name = '', ...words]: readonly string[], report: Pipe['report']): number {
  report(missing(name), words.includes('-silent'));
  return 3;
}

async function endless({ emit, report, signal }: Pick<Pipe, 'emit' | 'report' | 'signal'>): Promise<number> {
  emit('first');
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  report(new CodedError('Interrupted', 'stopped.'));
  return 130;
}

/** `get` emits the partners, `echo` its words, `fail` fails, `pass` hands on, `first` takes one and no more, `endless` waits. */
function surroundings(reported: string[]): Surroundings {
  return {
    signal: () => new AbortController().signal,
    report: (error) => void reported.push(error.message),
    errorRecord: ({ id, message }) => ({ Id: id, Message: message }),
    command(name, words, values) {
      if (name === 'unbindable') throw new CodedError('NamedParameterNotFound', 'there is no such parameter.');
      const stop = words.includes('-stop') ? 'Stop' : words.includes('-silent') ? 'SilentlyContinue' : undefined;
      const common = { cmdlet: name, errorAction: stop, outVariable: undefined };
      const errorVariable = words.includes('-ev') ? 'e' : undefined;
      return {
        ...common,
        errorVariable,
        async run({ emit, input, report, signal }) {
          if (name === 'get') for (const partner of partners) emit(partner);
          if (name === 'echo') emit(words.map((word) => valueOf(word, values)));
          if (name === 'pass') for await (const item of input ?? []) emit(item);
          if (name === 'first') for await (const item of input ?? []) return (emit(item), 0);
          if (name === 'endless') return await endless({ emit, report, signal });
          return name === 'fail' ? fail(words, report) : 0;
        },
      };
    },
  };
}

interface Came {
  readonly values: unknown[];
  readonly reported: string[];
  readonly interpreter: Interpreter;
}

async function run(text: string): Promise<Came> {
  const parsed = parseScript(text);
  if (!parsed.ok) throw new Error(`${parsed.error.message} at ${parsed.error.at}`);
  const reported: string[] = [];
  const values: unknown[] = [];
  const interpreter = newInterpreter(surroundings(reported));
  await interpreter.block(parsed.value, { emit: (value) => values.push(value), isShown: true });
  return { values, reported, interpreter };
}

describe('values', () => {
  it.each([
    ['1; 1.5; -2', [1, 1.5, -2]],
    [`'$x'; "a\`tb$(1 + 2)"`, ['$x', 'a\tb3']],
    ['$x = 5; "x is $x, $y"', ['x is 5, ']],
    ['$x = 1,2; $x.Count; $x[0]; $x[-1]; $x[9]', [2, 1, 2]],
    ['@().Count; @(get).Count; (get)[1].identity', [0, 2, 'b.org']],
    ['$h = @{Add="x","y";"Remove"=1}; $h.add[1]; $h["REMOVE"]; $h.Count; $h.Keys', ['y', 1, 2, 'Add', 'Remove']],
    ['$x = get; $x.Identity; $x.Count', ['a.com', 'b.org', 2]],
    ['$true -eq "True"; $null -eq ""; "a" -eq "A"; 5 -eq "5"; "5" -eq 5', [true, false, true, true, true]],
    ['"b" -gt "a"; 10 -gt 9; "10" -gt "9"; 2 -le 2', [true, true, false, true]],
    ['"abc" -like "A*"; "abc" -notlike "b?"; "abc" -match "^a.c$"', [true, true, true]],
    ['"x" -in "X","y"; 1,2 -contains 3; 1 -notin 2,3', [true, false, true]],
    ['1,2,3 -gt 1', [2, 3]],
    ['if (@($false)) { 1 } elseif (@(0, 0)) { 2 }', [2]],
    ['-not $null; !1; $false -or 1; "" -and $missing', [true, false, true, false]],
    ['"a" + 1; 1 + "2"; 1,2 + 3; 5 - 7', ['a1', 3, 1, 2, 3, -2]],
    ['$x = 1; $x += 2; $l = @(); $l += "a"; $l += "b"; $x; $l.Count', [3, 2]],
    ['"abc".Length; $null.Count; "x".Count; $null.Any', [3, 0, 1]],
  ])('%s', async (text, expected) => {
    const { values, reported } = await run(text);
    expect([values, reported]).toEqual([expected.filter((value) => value !== null), []]);
  });
});

describe('words of a command', () => {
  it('bare ones stay as they are, values stay values', async () => {
    const { values } = await run(
      '$d = 1,2; $h = @{Name="x"; Force=$true}; echo a,b $d "a b" -X:$false -Y 5 @h { $_ } $null',
    );
    const block = expect.objectContaining({ text: '{ $_ }' });
    expect(values).toEqual([['a,b', [1, 2], 'a b', '-X:$false', '-Y', '5', 'x', '-Force:$true', block, null]]);
  });
});

describe('statements', () => {
  it('if, elseif, else and foreach', async () => {
    const text = 'foreach ($p in get) { if ($p.Limit -gt 10) { "big" } elseif ($p.Enabled) { "on" } else { "off" } }';
    expect((await run(text)).values).toEqual(['on', 'big']);
  });

  it('&& goes on after success, || after failure, and what || makes good is no failure', async () => {
    const { values, reported, interpreter } = await run('fail a || "b"; "c" && "d"; fail e && "f"; unbindable || "g"');
    expect(values).toEqual(['b', 'c', 'd', 'g']);
    expect(reported).toEqual(['there is no a.', 'there is no e.', 'there is no such parameter.']);
    expect(interpreter.state.failed).toEqual([3]);
  });

  it('a failure ends its statement only, and $? $LASTEXITCODE $Error say so', async () => {
    const { values } = await run('fail a; $?; $LASTEXITCODE; "x"; $?; $LASTEXITCODE; $Error[0].Id; $Error.Count');
    expect(values).toEqual([false, 3, 'x', true, 3, 'ObjectNotFound', 1]);
  });

  it('inside of try every failure goes to the catch, and is not told', async () => {
    const text = 'try { "a"; fail x; "b" } catch { $_.Message } finally { "c" }; try { unbindable } catch { $_.Id }';
    const { values, reported, interpreter } = await run(text);
    expect(values).toEqual(['a', 'there is no x.', 'c', 'NamedParameterNotFound']);
    expect([reported, interpreter.state.failed]).toEqual([[], []]);
  });

  it('-ErrorAction Stop and $ErrorActionPreference end the script', async () => {
    await expect(run('fail x -stop; "never"')).rejects.toBeInstanceOf(ScriptFailure);
    await expect(run('$ErrorActionPreference = "Stop"; unbindable; "never"')).rejects.toMatchObject({ exitCode: 2 });
  });

  it('-ErrorVariable has what failed silently', async () => {
    const { values, reported } = await run('fail x -silent -ev; $e[0].Id; $e.Count');
    expect([values, reported]).toEqual([['ObjectNotFound', 1], []]);
  });

  it('exit ends with its code, and never with 1', async () => {
    await expect(run('exit 5')).rejects.toMatchObject({ code: 5 });
    await expect(run('exit')).rejects.toBeInstanceOf(ScriptExit);
    expect((await run('exit 1; "on"')).reported).toEqual([expect.stringContaining('not 1')]);
  });

  it('loops and sums are bounded', async () => {
    const loop =
      '$l = 1,2,3,4,5,6,7,8,9,10; foreach($a in $l){foreach($b in $l){foreach($c in $l){foreach($d in $l){foreach($e in $l){foreach($f in $l){}}}}}}';
    await expect(run(loop)).rejects.toMatchObject({ error: { id: 'ScriptLimitReached' } });
    const grow = `$x = "aaaaaaaaaa"; ${'$x += $x; '.repeat(40)}`;
    expect((await run(grow)).reported[0]).toContain('more than 1000000 characters');
  });
});

describe('pipelines', () => {
  it('carry objects, in the order in which they come', async () => {
    expect((await run('get | pass | pass')).values).toEqual(partners);
    expect((await run('1,2,3 | pass')).values).toEqual([1, 2, 3]);
  });

  it('bind every command before the first one runs', async () => {
    const { values, reported } = await run('echo ran | unbindable');
    expect([values, reported]).toEqual([[], ['there is no such parameter.']]);
  });

  it('end what nobody reads further', async () => {
    const { values, reported, interpreter } = await run('get | first');
    expect([values, reported, interpreter.state.failed]).toEqual([[partners[0]], [], []]);
    const endless = await run('endless | first; $?; $Error.Count');
    expect([endless.values, endless.reported]).toEqual([['first', true, 0], []]);
  });
});
