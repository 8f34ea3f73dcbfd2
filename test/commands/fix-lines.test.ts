/** Every line that the product tells somebody to type is one: an existing cmdlet, parameters that it has, values that it takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { exampleSites, typed } from './example-site.ts';
import { cmdletOf, faultOf } from './line-fault.ts';
import { mentions, placeholder, writtenLines } from './written-lines.ts';

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
  }, 180_000);
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
