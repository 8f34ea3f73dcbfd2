/** Every line that the product tells somebody to type is one: an existing cmdlet, parameters that it has, values that it takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type BoundArgv, bindArgv } from '../../src/commands/host/argv.ts';
import { bindTexts } from '../../src/commands/host/binding.ts';
import type { Cmdlet } from '../../src/commands/host/cmdlet.ts';
import { allParametersOf } from '../../src/commands/host/common-parameters.ts';
import { missingIn } from '../../src/commands/host/missing-values.ts';
import { parseProgram } from '../../src/commands/host/program.ts';
import { cmdlets } from '../../src/commands/index.ts';
import { exampleSites, stagesOf, typed } from './example-site.ts';
import { mentions, placeholder, writtenLines } from './written-lines.ts';

const cmdletOf = (typed: string): Cmdlet | undefined =>
  cmdlets.find(({ name, aliases = [] }) =>
    [name, ...aliases].some((each) => each.toLowerCase() === typed.toLowerCase()),
  );

/** A program puts in a value, or nothing: one of both must be a line. */
function faultOf(line: string): string | undefined {
  const shown = line
    .replace(/^xgw /, '')
    .replaceAll(/<[\w .|-]+>/g, placeholder)
    // What is explained behind it, and other programs in the pipe.
    .replace(/\s{2,}.*$|\s\\$/, '')
    .replace(/\s\|(?!\sxgw ).*$/, '');
  const without = shown.replaceAll(new RegExp(` ?${placeholder}(?= |$)`, 'g'), '');
  // A text that is put in may end in a space.
  const faults = [
    shown,
    without,
    shown.replaceAll(placeholder, `${placeholder} `),
    shown.replaceAll(placeholder, ' '),
  ].map((each) =>
    stagesOf(each)
      .map((words, index) => faultOfStage(words, index > 0))
      .find((fault) => fault !== undefined),
  );
  return faults.includes(undefined) ? undefined : faults[0];
}

function faultOfStage([name = '', ...tokens]: readonly string[], isFed: boolean): string | undefined {
  if (name.includes(placeholder)) return undefined;
  const cmdlet = cmdletOf(name);
  if (!cmdlet) return `${name} is no cmdlet`;
  const parameters = allParametersOf(cmdlet);
  const argv = bindArgv(tokens, parameters, { strict: false, shell: 'bash' });
  if (!argv.ok) return argv.error.message;
  // What the program puts in is not known here.
  if (tokens.some((token) => token.includes(placeholder))) return undefined;
  try {
    bindTexts(parseProgram(cmdlet.name, parameters, argv.value.argv), parameters);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  // A cmdlet alone is named, and asks.
  return isFed || tokens.length === 0 ? undefined : missingFrom(argv.value, cmdlet);
}

/** A file or a pipe brings the rest, and help needs nothing. */
function missingFrom({ bound, readsInput }: BoundArgv, cmdlet: Cmdlet): string | undefined {
  if (readsInput || bound.has('ParameterFile') || bound.has('Help')) return undefined;
  const missing = missingIn({}, cmdlet).filter((each) => !bound.has(each));
  return missing.length > 0 ? `${missing.join(', ')} is missing` : undefined;
}

const lines = writtenLines();

describe('what is written to be typed', () => {
  it('is much, or this test reads nothing', () => {
    expect(lines.length).toBeGreaterThan(200);
  });

  it.each(lines.map(({ at, line }) => [line, at] as const))('%s (%s)', (line) => {
    expect(faultOf(line)).toBeUndefined();
  });

  it('names cmdlets that exist, also in the middle of a sentence', () => {
    const unknown = mentions().filter(
      ({ line }) =>
        !line.startsWith(`xgw get-${placeholder.slice(0, -1)}`) && cmdletOf(line.slice('xgw '.length)) === undefined,
    );
    expect(unknown).toEqual([]);
  });
});

/** They need somebody to answer, a gateway in the foreground, or the session of a shell. */
const waits =
  /^xgw (?:enter-managementshell|shell|start-certificatewizard|stop-transcript|start-service|restart-service|get-eventlog .*-Follow)/;

describe('what is written to be typed, on a store with the names of the examples', () => {
  let site: string;
  const here = process.cwd();

  beforeAll(async () => {
    site = mkdtempSync(path.join(tmpdir(), 'xgw-fixes-'));
    const { filled } = await exampleSites(site);
    site = filled;
  }, 60_000);
  afterAll(() => {
    process.chdir(here);
    rmSync(path.dirname(site), { recursive: true, force: true });
  });

  const whole = [...new Set(lines.map(({ line }) => line.replace(/\s{2,}.*$/, '')))].filter(
    (line) => !/Value0|[<|\\]/.test(line) && !waits.test(line),
  );

  it.each(whole)('%s', async (line) => {
    const typedLine = line.replace(/^xgw /, '');
    const { impact } = cmdletOf(typedLine.split(' ')[0] ?? '') ?? {};
    const { code, stderr } = await typed(site, `${typedLine}${impact && !/-WhatIf/.test(line) ? ' -WhatIf' : ''}`);
    // Whether it finds what it is about is the store's business; that it is understood, and needs nothing more, is the line's.
    const isAlone = !typedLine.includes(' ');
    expect([code === 2 || (code === 4 && !isAlone) ? code : 0, stderr]).toEqual([0, expect.anything()]);
  });
});
