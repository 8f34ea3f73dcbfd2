/** What a command line leaves open: parameter files, settings.yaml, and who wins. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { defineCmdlet, describeCmdlet } from '../../../src/commands/host/cmdlet.ts';
import {
  bool,
  domainName,
  listChange,
  listOf,
  mandatory,
  oneOf,
  optional,
  text,
} from '../../../src/commands/host/parameters.ts';
import { settingsLocations } from '../../../src/commands/host/settings-file.ts';
import { withShownDefaults } from '../../../src/commands/host/shown-defaults.ts';
import { type Given, runCmdlet } from '../../support/host-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const gadget = defineCmdlet({
  name: 'Set-Gadget',
  aliases: ['Set-CsGadget'],
  synopsis: 'A gadget.',
  parameters: {
    Identity: mandatory(domainName, 'Name.', { position: 0, pipeline: 'both', aliases: ['Domain'] }),
    Colour: optional(oneOf(['Red', 'Green']), 'Colour.', { pipeline: 'property', defaultText: 'Red' }),
    Enabled: optional(bool, 'On.'),
    Names: optional(listOf(domainName), 'Names.'),
    Change: optional(listChange(domainName), 'Change.'),
    Secret: optional(text, 'No.', { refusedBecause: 'Use -SecretFile.' }),
  },
  examples: [],
  impact: 'Low',
  run: async (values, context) => context.write({ ...values, WhatIf: context.whatIf, Force: context.force }),
});

const folder = temporaryFolder();

function file(name: string, content: string | Buffer): string {
  const whole = path.join(folder, name);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, content, { mode: 0o600 });
  return whole;
}

async function run(tokens: readonly string[], given: Given = {}) {
  const { code, stdout, stderr } = await runCmdlet(gadget, tokens, given);
  const objects = stdout.split('\n').filter((line) => line.startsWith('{'));
  return { code, stderr, object: objects.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('a parameter file', () => {
  it.each([
    ['-ParameterFile', (name: string) => ['-ParameterFile', name]],
    ['@file', (name: string) => [`@${name}`]],
  ])('%s brings values by the names of parameters, their aliases and the common ones too', async (_how, words) => {
    const name = file(
      'a.yaml',
      'domain: a.com\nCOLOUR: green\nEnabled: false\nNames: [x.com, y.com]\nWhatIf: true\nForce: false\n',
    );
    expect((await run(words(name))).object).toMatchObject([
      { Identity: 'a.com', Colour: 'Green', Enabled: false, Names: ['x.com', 'y.com'], WhatIf: true, Force: false },
    ]);
  });

  it('what is typed wins', async () => {
    const name = file('b.yaml', 'Identity: a.com\nColour: Green\nWhatIf: true\n');
    const { object } = await run(['b.com', `@${name}`, '-Colour', 'Red', '-WhatIf:false']);
    expect(object).toMatchObject([{ Identity: 'b.com', Colour: 'Red', WhatIf: false }]);
  });

  it('is JSON as well, and UTF-16 as Windows PowerShell writes it', async () => {
    const json = file('c.json', '{"Identity": "a.com", "Change": {"Add": ["x.com"], "Remove": "y.com"}}');
    expect((await run([`@${json}`])).object).toMatchObject([{ Change: { add: ['x.com'], remove: ['y.com'] } }]);
    const utf16 = file('d.yaml', Buffer.from('\ufeffIdentity: a.com\n', 'utf16le'));
    expect((await run([`@${utf16}`])).object).toMatchObject([{ Identity: 'a.com' }]);
  });

  it('holds for each object of the pipe, as what is typed does', async () => {
    const name = file('e.yaml', 'Colour: Green\n');
    const { object } = await run(['-', `@${name}`], {
      input: '{"Identity":"a.com","Colour":"Red"}\n{"Identity":"b.com"}\n',
    });
    expect(object.map(({ Identity, Colour }) => [Identity, Colour])).toEqual([
      ['a.com', 'Green'],
      ['b.com', 'Green'],
    ]);
  });

  it.each([
    ['Identity: a.com\nIdentity: b.com\n', 5, 'FileNotValid', /f\.yaml:2:1: the key "Identity" is there twice/],
    ['Identity: [a\n', 5, 'FileNotValid', /f\.yaml:\d:\d: /],
    ['- a.com\n', 5, 'FileNotValid', /no list of names and values/],
    ['Colur: Red\n', 2, 'NamedParameterNotFound', /no parameter Colur\. Did you mean Colour\?/],
    ['Col: Red\n', 2, 'NamedParameterNotFound', /no parameter Col\./],
    ['Identity: a.com\nDomain: b.com\n', 2, 'ParameterAlreadyBound', /given twice/],
    ['Identity: a.com\nColour: Blue\n', 2, 'CannotConvertArgument', /none of the values/],
    ['Identity: a.com\nEnabled: null\n', 2, 'CannotConvertArgument', /-Enabled is \$null/],
    ['Identity: a.com\nSecret: hunter2\n', 2, 'SecretOnCommandLine', /Use -SecretFile/],
    ['Identity: a.com\nParameterFile: x.yaml\n', 2, 'NamedParameterNotFound', /ParameterFile/],
  ])('%j is refused with the file', async (content, code, id, sentence) => {
    const name = file('f.yaml', content);
    const ran = await run([`@${name}`]);
    expect([ran.code, ran.object]).toEqual([code, []]);
    expect(ran.stderr).toContain(id);
    expect(ran.stderr).toMatch(sentence);
    expect(ran.stderr).toContain('f.yaml');
    expect(ran.stderr).not.toContain('hunter2');
  });

  it('that is not there is a file not found, and -? asks for none', async () => {
    expect(await run([`@${folder}/none.yaml`])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('FileNotFound'),
    });
    expect(await run([`@${folder}/none.yaml`, '-?'])).toMatchObject({ code: 0 });
  });

  it('too large a one is not read', async () => {
    const name = file('large.yaml', 'a'.repeat(2 * 1024 * 1024));
    expect((await run([`@${name}`])).stderr).toMatch(/more than 1048576 bytes/);
  });

  it('a value that begins with @ is a value, and so is everything after --', async () => {
    const refused = await run(['-Colour', '@home', 'a.com']);
    expect(refused.stderr).toContain('"@home" is none of the values');
    expect((await run(['--', '@home'])).stderr).toMatch(/InvalidDomain/);
  });
});

describe('settings.yaml', () => {
  const settings = (content: string, env: Readonly<Record<string, string>> = {}): Given => {
    const config = path.dirname(path.dirname(file(`config${content.length}/xgw/settings.yaml`, content)));
    return { env: { XDG_CONFIG_HOME: config, ...env } };
  };

  it('has defaults by cmdlet and parameter; names without wildcards win over patterns', async () => {
    const given = settings(
      'defaults:\n  set-gadget:Colour: green\n  "*:Colour": red\n  "set-*:Enabled": true\n  "*:Nonsense": 1\n',
    );
    expect((await run(['a.com'], given)).object).toMatchObject([{ Colour: 'Green', Enabled: true }]);
  });

  it('an alias names its cmdlet', async () => {
    expect((await run(['a.com'], settings('defaults: {"Set-CsGadget:Colour": Green}'))).object).toMatchObject([
      { Colour: 'Green' },
    ]);
  });

  it('yields to the command line, to a parameter file, and to what the pipe brings', async () => {
    const given = settings('defaults: {"set-gadget:Colour": Green, "set-gadget:Enabled": true}');
    expect((await run(['a.com', '-Colour', 'Red'], given)).object).toMatchObject([{ Colour: 'Red', Enabled: true }]);
    expect((await run(['a.com', `@${file('g.yaml', 'Colour: Red')}`], given)).object).toMatchObject([
      { Colour: 'Red' },
    ]);
    const piped = await run(['-'], { ...given, input: '{"Identity":"a.com","Colour":"Red"}\n{"Identity":"b.com"}\n' });
    expect(piped.object.map(({ Colour }) => Colour)).toEqual(['Red', 'Green']);
  });

  it('has the common parameters too, and the environment wins over it', async () => {
    const content = 'defaults: {"*:OutputFormat": json, "*:WhatIf": true}';
    const { stdout } = await runCmdlet(gadget, ['a.com'], settings(content));
    expect(JSON.parse(stdout)).toMatchObject([{ Identity: 'a.com', WhatIf: true }]);
    const ndjson = await runCmdlet(gadget, ['a.com'], settings(content, { XGW_OUTPUT: 'ndjson' }));
    expect(JSON.parse(ndjson.stdout)).toMatchObject({ Identity: 'a.com' });
    const typed = await runCmdlet(gadget, ['a.com', '-o', 'name'], settings(content, { XGW_OUTPUT: 'ndjson' }));
    expect(typed.stdout).toBe('a.com\n');
  });

  it.each([
    ['defaults: {"set-gadget:Colur": Red}', 2, /Set-Gadget has no parameter Colur\. Did you mean Colour\?/],
    ['defaults: {"set-gadget:Colour": Blue}', 2, /it is in .*settings\.yaml/],
    ['defaults: {Colour: Red}', 5, /none of the form/],
    ['default: {"*:Colour": Red}', 5, /default is not known here/],
    ['defaults: {"*:Colour": Red, "*:Colour": Red}', 5, /settings\.yaml:1:\d+: the key/],
  ])('%s is refused', async (content, code, sentence) => {
    const ran = await run(['a.com'], settings(content));
    expect(ran.code).toBe(code);
    expect(ran.stderr).toMatch(sentence);
  });

  it('that others may write is not believed', async () => {
    const given = settings('defaults: {"*:Confirm": false, "*:Force": true}');
    chmodSync(path.join(String(given.env?.['XDG_CONFIG_HOME']), 'xgw', 'settings.yaml'), 0o666);
    expect(await run(['a.com'], given)).toMatchObject({
      code: 5,
      object: [],
      stderr: expect.stringMatching(/chmod go-w/),
    });
  });

  it('help names its values', () => {
    const settings = [
      { file: '/home/x/.config/xgw/settings.yaml', cmdlet: 'set-*', parameter: 'Colour', value: 'Green' },
    ];
    const [shown] = withShownDefaults([describeCmdlet(gadget)], settings);
    const colour = shown?.parameters.find(({ name }) => name === 'Colour');
    expect(colour?.defaultText).toBe('Green (from settings.yaml)');
  });

  it.each([
    [{ XDG_CONFIG_HOME: '/c' }, 'linux', ['/etc/xgw/settings.yaml', '/c/xgw/settings.yaml']],
    [{ XDG_CONFIG_HOME: 'relative' }, 'linux', ['/etc/xgw/settings.yaml', '/home/me/.config/xgw/settings.yaml']],
    [{}, 'darwin', ['/etc/xgw/settings.yaml', '/home/me/.config/xgw/settings.yaml']],
  ])('%j on %s is %j', (env, platform, locations) => {
    expect(settingsLocations({ env, platform, isRoot: false, home: '/home/me' })).toEqual(locations);
  });
});
