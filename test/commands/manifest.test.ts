/** What must hold for every cmdlet: its name, its help, its examples, and that it can be found. */
import { readdirSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { aboutTopics } from '../../src/commands/host/about-topics.ts';
import { bindArgv } from '../../src/commands/host/argv.ts';
import { bindTexts } from '../../src/commands/host/binding.ts';
import type { Cmdlet, Parameters } from '../../src/commands/host/cmdlet.ts';
import { wordsOf } from '../../src/commands/host/command-line.ts';
import { allParametersOf, commonParametersOf } from '../../src/commands/host/common-parameters.ts';
import { missingIn } from '../../src/commands/host/missing-values.ts';
import { parseProgram } from '../../src/commands/host/program.ts';
import { cmdlets } from '../../src/commands/index.ts';
import { failures } from '../../src/primitives/failures.ts';

/** Source: Approved Verbs for PowerShell Commands. Where-, Sort-, Tee- and ForEach- are PowerShell's own exceptions. */
const approvedVerbs = new Set(
  `Add Clear Close Copy Enter Exit Find Format Get Hide Join Lock Move New Open Optimize Pop Push Redo Remove Rename Reset
   Resize Search Select Set Show Skip Split Step Switch Undo Unlock Watch Connect Disconnect Read Receive Send Write Backup
   Checkpoint Compare Compress Convert ConvertFrom ConvertTo Dismount Edit Expand Export Group Import Initialize Limit Merge
   Mount Out Publish Restore Save Sync Unpublish Update Debug Measure Ping Repair Resolve Test Trace Approve Assert Build
   Complete Confirm Deny Deploy Disable Enable Install Invoke Register Request Restart Resume Start Stop Submit Suspend
   Uninstall Unregister Wait Block Grant Protect Revoke Unblock Unprotect Use Where Sort Tee ForEach`.split(/\s+/),
);

const named = cmdlets.map((cmdlet): readonly [string, Cmdlet] => [cmdlet.name, cmdlet]);

describe.each(named)('%s', (name, cmdlet) => {
  it('is an approved verb and a singular noun', () => {
    const [verb = '', noun = '', ...rest] = name.split('-');
    expect(rest).toEqual([]);
    expect(approvedVerbs).toContain(verb);
    expect(noun).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(noun).not.toMatch(/(?<!s|u)s$/);
  });

  it('says what it is for, in a sentence', () => {
    expect(cmdlet.synopsis).toMatch(/^[A-Z].*\.$/);
    for (const { help } of Object.values(cmdlet.parameters as Parameters)) expect(help).toMatch(/^\S.{3,}\S$/s);
  });

  it('has parameters in PascalCase that hide no common one by accident', () => {
    const own = Object.keys(cmdlet.parameters as Parameters);
    for (const each of own) expect(each).toMatch(/^[A-Z][A-Za-z0-9]*$/);
    const keys = Object.entries(allParametersOf(cmdlet)).flatMap(([each, { aliases = [] }]) => [each, ...aliases]);
    const lower = keys.map((key) => key.toLowerCase());
    expect(lower.filter((key, index) => lower.indexOf(key) !== index)).toEqual([]);
    expect(own.filter((each) => ['WhatIf', 'Confirm', 'Verbose', 'Debug', 'ErrorAction'].includes(each))).toEqual([]);
  });

  it('has examples, and they bind', () => {
    expect(cmdlet.examples.length).toBeGreaterThan(0);
    for (const { command, shows } of cmdlet.examples) {
      expect(shows).not.toBe('');
      expect(stagesOf(command).length).toBeGreaterThan(0);
      stagesOf(command).forEach((words, stage) => bindExample(words, stage > 0));
    }
  });
});

/** The xgw commands of a pipe; other programs are none of ours. */
function stagesOf(command: string): readonly (readonly string[])[] {
  const stages = `xgw ${command}`.split(/\s\|\s|\s&&\s|;\s/).map((stage) => stage.replace(/\s[12]?[<>]+\s?\S+/g, ''));
  return stages
    .map(wordsOf)
    .filter(([program]) => program === 'xgw')
    .map(([, ...words]) => words);
}

function bindExample([typed = '', ...tokens]: readonly string[], isFed: boolean): void {
  const isNamed = ({ name, aliases = [] }: Cmdlet): boolean =>
    [name, ...aliases].some((each) => each.toLowerCase() === typed.toLowerCase());
  const cmdlet = cmdlets.find(isNamed);
  if (!cmdlet) throw new Error(`the example uses ${typed}, which is not in the manifest`);
  const parameters = allParametersOf(cmdlet);
  const bound = bindArgv(tokens, parameters, { strict: false, shell: 'bash' });
  if (!bound.ok) throw new Error(`${tokens.join(' ')}: ${bound.error.message}`);
  const values = bindTexts(parseProgram(cmdlet.name, parameters, bound.value.argv), parameters);
  if (!isFed && !bound.value.readsInput) expect(missingIn(values, cmdlet)).toEqual([]);
}

it('every cmdlet file is in the manifest, under its name', () => {
  const files = readdirSync(path.resolve(import.meta.dirname, '../../src/commands'))
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.replace(/\.ts$/, '').replaceAll('-', ''));
  expect(cmdlets.map(({ name }) => name.replace('-', '').toLowerCase()).toSorted()).toEqual(files.toSorted());
});

it('no name or alias means two cmdlets', () => {
  const all = cmdlets.flatMap(({ name, aliases = [] }) => [name, ...aliases]).map((each) => each.toLowerCase());
  expect(all.filter((each, index) => all.indexOf(each) !== index)).toEqual([]);
});

it('cmdlets that change something, and only they, have -WhatIf', () => {
  const readers = ['Get', 'Show', 'Test', 'Find', 'Search', 'Compare', 'Measure', 'Wait', 'Watch'];
  for (const [name, cmdlet] of named) {
    const [verb = ''] = name.split('-');
    if (readers.includes(verb)) expect([name, 'WhatIf' in commonParametersOf(cmdlet)]).toEqual([name, false]);
    // It reads a file, and what is imported goes into the pipe.
    if (/^Import-(?:Csv|Clixml)$/.test(name)) expect(cmdlet.impact).toBeUndefined();
    else if (['New', 'Set', 'Remove', 'Grant', 'Import'].includes(verb))
      expect([name, cmdlet.impact]).toEqual([name, expect.any(String)]);
  }
});

it.each(Object.entries(failures))('%s explains itself', (id, { meaning }) => {
  expect(id).toMatch(/^[A-Z][A-Za-z]+$/);
  expect(meaning).toMatch(/^[A-Z].{10,}\.$/s);
});

it.each(aboutTopics)('$name fits a terminal of 80 columns', ({ text, synopsis }) => {
  expect(synopsis).toMatch(/\.$/);
  for (const line of text().split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it.each(aboutTopics)('$name names cmdlets that exist', ({ text }) => {
  const known = cmdlets.flatMap(({ name, aliases = [] }) => [name, ...aliases]).map((each) => each.toLowerCase());
  const named = [...text().matchAll(/xgw ([A-Za-z]+-[A-Za-z]+)/g)].map(([, each = '']) => each.toLowerCase());
  expect(named.filter((each) => !known.includes(each))).toEqual([]);
});
