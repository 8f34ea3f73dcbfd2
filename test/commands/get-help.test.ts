/** Help, offline: of each cmdlet in each form, of each topic, of each failure; and what there is for a word that is none of them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import getCommand from '../../src/commands/get-command.ts';
import getHelp from '../../src/commands/get-help.ts';
import { aboutTopics } from '../../src/commands/host/about-topics.ts';
import type { Cmdlet, Parameters } from '../../src/commands/host/cmdlet.ts';
import { bugExitCode, outcomes, terminatedExitCode } from '../../src/commands/host/exit-code.ts';
import { cmdlets } from '../../src/commands/index.ts';
import { failures } from '../../src/primitives/failures.ts';
import { logEvents } from '../../src/primitives/log-events.ts';
import { runCmdlet } from '../support/host-process.ts';

const help = async (...words: readonly string[]) => await runCmdlet(getHelp, words, { terminal: true });
const objects = async (cmdlet: Cmdlet, ...words: readonly string[]): Promise<readonly Record<string, unknown>[]> => {
  const { code, stdout, stderr } = await runCmdlet(cmdlet, words);
  if (code !== 0) throw new Error(stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('an event of the log', () => {
  it.each(Object.entries(logEvents))('%s has its page', async (id, { meaning }) => {
    const { code, stdout } = await help(id.toLowerCase());
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`${id} ${meaning}`);
    expect(stdout).toContain(`xgw get-eventlog -Filter ${id}`);
  });

  it('is found by its words', async () => {
    const found = await objects(getHelp, '-Search', 'leads in a circle');
    expect(found).toEqual([expect.objectContaining({ Name: 'LoopDetected', Category: 'Event' })]);
  });
});

describe('get-help', () => {
  it.each(cmdlets.map((cmdlet) => [cmdlet.name, cmdlet] as const))('%s -Full has all of it', async (name, cmdlet) => {
    const { code, stdout, stderr } = await help(name.toLowerCase(), '-Full');
    expect([code, stderr]).toEqual([0, '']);
    for (const part of ['NAME', 'SYNTAX', 'EXAMPLES', 'PARAMETERS', 'OUTPUT', 'REMARKS']) {
      expect(stdout.split('\n')).toContain(part);
    }
    for (const parameter of Object.keys(cmdlet.parameters as Parameters)) expect(stdout).toContain(`    -${parameter}`);
    for (const { command } of cmdlet.examples) expect(stdout).toContain(`    xgw ${command}\n`);
  });

  it('-Examples, -Detailed and -Full say more and more; nothing said means -Examples', async () => {
    const name = 'set-xmppfederatedpartner';
    const [plain, examples, detailed, full] = await Promise.all([
      help(name),
      help(name, '-Examples'),
      help(name, '-Detailed'),
      help(name, '-Full'),
    ]);
    expect(plain).toEqual(examples);
    expect(examples.stdout).not.toContain('Required?');
    expect(detailed.stdout).toContain('Required?');
    expect(detailed.stdout).not.toContain('\nOUTPUT\n');
    expect(full.stdout).toContain('\nOUTPUT\n    XmppFederatedPartner\n');
  });

  it('-Parameter shows one, several by a pattern, and says which there are when there is none', async () => {
    expect((await help('Set-CsXmppAllowedPartner', '-Parameter', 'TlsNegotiation')).stdout).toContain(
      'Values: Required, Optional, NotSupported',
    );
    expect(
      (await help('set-xmppfederatedpartner', '-Parameter', '*Negotiation')).stdout.match(/Required\?/g),
    ).toHaveLength(3);
    expect(await help('set-xmppfederatedpartner', '-Parameter', 'Colour')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("Fix:    xgw get-help set-xmppfederatedpartner -Parameter '*'"),
    });
    expect(await help('-Parameter', 'Tls')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('of which cmdlet?'),
    });
  });

  it.each(Object.keys(failures))('%s, with and without its cmdlet, in any case', async (id) => {
    const { code, stdout } = await help(id);
    const { category, meaning } = failures[id as keyof typeof failures];
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(meaning.replaceAll(/\s+/g, ' '));
    expect(stdout).toContain(`Exit code ${outcomes[category].code}, category ${outcomes[category].category}.`);
    expect(await help(`${id.toLowerCase()},New-XmppFederatedPartner`)).toMatchObject({ code: 0, stdout });
  });

  it.each(aboutTopics.map(({ name }) => name))('%s, and without about_', async (name) => {
    const { code, stdout } = await help(name);
    expect([code, stdout]).toEqual([0, expect.stringContaining(name)]);
    expect((await help(name.replace('about_', ''))).stdout).toBe(stdout);
  });

  it('about_environment has each variable that is read, but those of completion, hooks and recipes', async () => {
    const src = path.resolve(import.meta.dirname, '../../src');
    const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const named = sources.flatMap((name) => [
      ...readFileSync(path.join(src, name), 'utf8').matchAll(/'(XGW_(?!COMPLETE_|ACME_|OWN|PARTNER)[A-Z_]+)'/g),
    ]);
    const { stdout } = await help('about_environment');
    const told = [...stdout.matchAll(/^ {2}(XGW_[A-Z_]+) /gm)].map(([, name]) => name);
    expect(new Set(told)).toEqual(new Set(named.map(([, name]) => name)));
  });

  it('about_exitcodes has each code once', async () => {
    const { stdout } = await help('about_exitcodes');
    const codes = [...stdout.matchAll(/^ {2,4}(\d+) {2}[a-z]/gm)].map(([, code]) => Number(code));
    const ours = [0, bugExitCode, terminatedExitCode, ...Object.values(outcomes).map(({ code }) => code)];
    expect(codes).toEqual(ours.toSorted((left, right) => left - right));
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 21, 130, 143]);
  });

  it('-Search finds cmdlets, topics and failures by any word of their help', async () => {
    const found = await objects(getHelp, '-Search', 'dialback');
    expect(new Set(found.map((each) => each['Category']))).toEqual(new Set(['Cmdlet', 'Failure']));
    expect(found.map((each) => each['Name'])).toContain('Set-XmppGatewayConfiguration');
    expect((await objects(getHelp, '-Search', 'screen reader')).map((each) => each['Name'])).toContain(
      'about_accessibility',
    );
  });

  it('a word that is none of them earns near ones, or a search', async () => {
    expect(await help('new-xmppfederatedparner')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Fix:    xgw get-help New-XmppFederatedPartner\n'),
    });
    expect((await help('quux')).stderr).toContain('Fix:    xgw get-help -Search quux\n          xgw get-command\n');
  });
});

describe('get-command', () => {
  it('selects by verb, by noun and by pattern, aliases too', async () => {
    const verbs = await objects(getCommand, '-Verb', 'test');
    expect(verbs.map((each) => each['Name'])).toContain('Test-XmppIM');
    expect(new Set(verbs.map((each) => each['Verb']))).toEqual(new Set(['Test']));
    const nouns = await objects(getCommand, '-Noun', 'XmppFederatedPartner', '-Verb', '?et');
    expect(nouns.map((each) => each['Name'])).toEqual(['Get-XmppFederatedPartner', 'Set-XmppFederatedPartner']);
    expect((await objects(getCommand, '*-CsXmppAllowedPartner')).map((each) => each['Name'])).toHaveLength(4);
    expect(await objects(getCommand, '*nosuch*')).toEqual([]);
  });

  it.each([
    [['new-xmppfederatedparner'], 'Fix:    xgw get-command New-XmppFederatedPartner'],
    [['-Verb', 'Tset'], 'Fix:    xgw get-command -Verb Set'],
    [['-Noun', 'XmppSesion'], 'Fix:    xgw get-command -Noun XmppSession'],
    [['qqqqqqqq'], 'Fix:    xgw get-command\n'],
  ])('%j is a misprint: exit 2, with what is near', async (words, fix) => {
    const { code, stderr } = await runCmdlet(getCommand, words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(fix)]);
  });
});
