import { EventEmitter } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { type Cmdlet, defineCmdlet } from '../../../src/commands/host/cmdlet.ts';
import { bool, domainName, listOf, mandatory, oneOf, optional, text } from '../../../src/commands/host/parameters.ts';
import { CodedError } from '../../../src/primitives/errors.ts';
import { runCmdlet } from '../../support/host-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Prints what it was given; `missing.com` does not exist, `bug.com` is a bug of ours. */
const setGadget = defineCmdlet({
  name: 'Set-Gadget',
  synopsis: 'A cmdlet of the tests.',
  parameters: {
    Identity: mandatory(domainName, 'Its name.', { position: 0, pipeline: 'both', aliases: ['Domain'] }),
    Colour: optional(oneOf(['Red', 'Green']), 'Its colour.', { pipeline: 'property' }),
    Tags: optional(listOf(text), 'Its tags.', { pipeline: 'property' }),
    Enabled: optional(bool, 'Whether it works.', { pipeline: 'property' }),
    Password: optional(text, 'Its password.', { refusedBecause: 'Use -PasswordFile.' }),
  },
  examples: [],
  output: { kind: 'Gadget', table: ['Identity', 'Colour'] },
  async run(values, context) {
    if (values.Identity === 'missing.com') throw new CodedError('ObjectNotFound', "there is no gadget 'missing.com'.");
    if (values.Identity === 'bug.com') throw new TypeError('x is not a function');
    context.write({ Identity: values.Identity, Colour: values.Colour, Tags: values.Tags, Enabled: values.Enabled });
  },
});

const gadget = (cmdlet: Partial<Cmdlet>): Cmdlet => ({ ...setGadget, ...cmdlet });
const objects = (stdout: string): unknown[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);

describe('one run', () => {
  it('binds values, writes the object, ends with 0', async () => {
    const { code, stdout, stderr } = await runCmdlet(setGadget, [
      'FABRIKAM.com',
      '-colour:gr',
      '--tags=a,b',
      '-Enabled',
      'false',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(objects(stdout)).toEqual([
      { Identity: 'fabrikam.com', Colour: 'Green', Tags: ['a', 'b'], Enabled: false, Kind: 'Gadget' },
    ]);
  });

  it('an error record says what, why, what to type, and its id', async () => {
    const { code, stdout, stderr } = await runCmdlet(setGadget, ['a.com', '-Enabled']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')).toEqual([
      'Set-Gadget: -Enabled has no value.',
      '  Reason: in bash $false is an empty shell variable, so nothing reached xgw',
      '  Fix:    xgw set-gadget a.com -Enabled false',
      expect.stringMatching(/^ {2}Id: {5}MissingArgument,Set-Gadget +\(xgw get-help MissingArgument\)$/),
      '',
    ]);
  });

  it.each([
    [['a'], 5, 'InvalidDomain'],
    [['a.com', '-Colour', 'blue'], 2, 'CannotConvertArgument'],
    [['a.com', '-Password', 'hunter2'], 2, 'SecretOnCommandLine'],
    [['missing.com'], 3, 'ObjectNotFound'],
    [['a.com', '-OutputFormat', 'xml'], 2, 'CannotConvertArgument'],
  ])('%j ends with %d', async (tokens, code, id) => {
    const ran = await runCmdlet(setGadget, tokens);
    expect(ran).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(`${id},Set-Gadget`) });
    expect(ran.stderr).not.toContain('hunter2');
  });

  it('the record is one line of JSON when JSON was asked for, binding errors too', async () => {
    for (const tokens of [
      ['-OutputFormat', 'json', '-Nope'],
      ['--format=ndjson', 'missing.com'],
      ['missing.com', '-ErrorView', 'Json'],
    ]) {
      const { stderr, stdout, code } = await runCmdlet(setGadget, tokens);
      expect(stdout).toBe('');
      expect(JSON.parse(stderr)).toMatchObject({ Kind: 'ErrorRecord', Cmdlet: 'Set-Gadget', ExitCode: code });
    }
  });

  it('-ErrorView Normal points at the word, Category is one line', async () => {
    const normal = (await runCmdlet(setGadget, ['a.com', '-Colour', 'blue', '-ErrorView', 'Normal'])).stderr.split(
      '\n',
    );
    expect(normal.slice(1, 3)).toEqual([
      '  + xgw set-gadget a.com -Colour blue -ErrorView Normal',
      '  +                              ~~~~',
    ]);
    const category = await runCmdlet(setGadget, ['missing.com', '-ErrorView', 'Category']);
    expect(category.stderr).toBe('ObjectNotFound: (:Gadget) [Set-Gadget], ObjectNotFound\n');
  });

  it('all missing values are named at once where nobody can be asked', async () => {
    const two = gadget({ parameters: { ...setGadget.parameters, Owner: mandatory(text, 'Its owner.') } });
    const { code, stderr } = await runCmdlet(two, ['-Colour', 'Red']);
    expect(code).toBe(4);
    expect(stderr).toContain('-Identity, -Owner are missing.');
    expect(stderr).toContain('Fix:    xgw set-gadget -Colour Red -Identity <Domain> -Owner <String>');
  });

  it('-? shows the help and runs nothing', async () => {
    const { code, stdout } = await runCmdlet(setGadget, ['missing.com', '-?']);
    expect(code).toBe(0);
    expect(stdout).toContain('Set-Gadget -Identity'.replace('-Identity', '[-Identity] <Domain>'));
  });

  it('a bug is written down and ends with 1', async () => {
    const home = temporaryFolder();
    const { code, stderr } = await runCmdlet(setGadget, ['bug.com'], { env: { XGW_HOME: home }, mayCrash: true });
    expect(code).toBe(1);
    const [report = ''] = readdirSync(path.join(home, 'log'));
    expect(stderr).toContain(path.join(home, 'log', report));
    expect(readFileSync(path.join(home, 'log', report), 'utf8')).toContain('TypeError: x is not a function');
  });
});

it('a bug in a callback ends the process in the same way', async () => {
  const home = temporaryFolder();
  const events = new EventEmitter();
  const waiting = gadget({ run: async () => await new Promise(() => void setImmediate(fail)) });
  const fail = (): boolean => events.emit('uncaughtException', new TypeError('y is not a function'));
  const tokens = ['a.com', '-ConfigStore', home];
  const { code, stderr } = await runCmdlet(waiting, tokens, { events, mayCrash: true });
  expect(code).toBe(1);
  const [report = ''] = readdirSync(path.join(home, 'log'));
  expect(stderr).toContain(path.join(home, 'log', report));
  expect(readFileSync(path.join(home, 'log', report), 'utf8')).toContain('TypeError: y is not a function');
});

describe('a pipe', () => {
  const records =
    '{"Identity":"a.com","Colour":"Red","Kind":"Gadget"}\n{"Domain":"b.com","Tags":["x y","z"],"Colour":null}\n';

  it('binds by value and by property name; what was typed wins', async () => {
    const { code, stdout } = await runCmdlet(setGadget, ['-', '-Colour', 'Green'], { input: records });
    expect(code).toBe(0);
    expect(objects(stdout)).toMatchObject([
      { Identity: 'a.com', Colour: 'Green' },
      { Identity: 'b.com', Colour: 'Green', Tags: ['x y', 'z'] },
    ]);
  });

  it('plain names bind by value', async () => {
    const { stdout } = await runCmdlet(setGadget, ['-InputObject', '-'], { input: 'a.com\nb.com\n' });
    expect(objects(stdout)).toMatchObject([{ Identity: 'a.com' }, { Identity: 'b.com' }]);
  });

  it('one failure among several is reported, the others are done, and the exit code is 11', async () => {
    const { code, stdout, stderr } = await runCmdlet(setGadget, ['-'], { input: 'a.com\nmissing.com\nb.com\n' });
    expect(code).toBe(11);
    expect(objects(stdout)).toHaveLength(2);
    expect(stderr).toContain('ObjectNotFound,Set-Gadget');
    expect(stderr).toContain('1 of 3 objects failed; 2 were done.');
  });

  it('when all fail the exit code is theirs', async () => {
    expect(await runCmdlet(setGadget, ['-'], { input: 'missing.com\n' })).toMatchObject({ code: 3 });
  });

  it('-ErrorAction decides: Stop stops, SilentlyContinue is silent, Ignore forgets', async () => {
    const input = 'missing.com\na.com\n';
    const stop = await runCmdlet(setGadget, ['-', '-ErrorAction', 'Stop'], { input });
    expect(stop).toMatchObject({ code: 3, stdout: '' });
    const silent = await runCmdlet(setGadget, ['-', '-ea', 'SilentlyContinue'], { input: 'missing.com\n' });
    expect(silent).toEqual({ code: 3, stdout: '', stderr: '' });
    expect(await runCmdlet(setGadget, ['-', '-ea', 'Ignore'], { input })).toMatchObject({ code: 0, stderr: '' });
  });

  it('objects of another kind are refused', async () => {
    const input = '{"Identity":"a.com","Kind":"User"}';
    const { code, stderr } = await runCmdlet(setGadget, ['-'], { input });
    expect(code).toBe(2);
    expect(stderr).toContain('an object of kind User arrived, and Gadget is taken here.');
    expect(await runCmdlet(gadget({ accepts: ['User'] }), ['-'], { input })).toMatchObject({ code: 0 });
  });

  it('an empty pipe that was asked for changes nothing, with a warning', async () => {
    expect(await runCmdlet(setGadget, ['-'], { input: '' })).toEqual({
      code: 0,
      stdout: '',
      stderr: 'WARNING: no input objects; nothing was done.\n',
    });
  });

  it('what is no object is refused', async () => {
    expect(await runCmdlet(setGadget, ['-'], { input: '{"a":' })).toMatchObject({ code: 5 });
  });
});

describe('changes', () => {
  const touched: string[] = [];
  const remove = defineCmdlet({
    name: 'Remove-Gadget',
    synopsis: '',
    parameters: { Identity: mandatory(domainName, '', { position: 0, pipeline: 'both' }) },
    examples: [],
    impact: 'High',
    async run({ Identity }, context) {
      if (await context.shouldProcess(Identity, 'Remove the gadget')) touched.push(Identity);
    },
  });

  it('of high impact need a confirmation, and say the command that has it', async () => {
    const { code, stderr } = await runCmdlet(remove, ['a.com']);
    expect(code).toBe(4);
    expect(stderr).toContain('this would remove the gadget: a.com and needs a confirmation, but there is no terminal.');
    expect(stderr).toContain('Fix:    xgw remove-gadget a.com -Confirm:false');
    expect(touched).toEqual([]);
  });

  it.each([[['-Confirm:false']], [['-Force']], [['-y']]])('%j gives it', async (tokens) => {
    touched.length = 0;
    expect(await runCmdlet(remove, ['a.com', ...tokens])).toMatchObject({ code: 0 });
    expect(touched).toEqual(['a.com']);
  });

  it('-WhatIf wins over everything and changes nothing', async () => {
    touched.length = 0;
    const { code, stdout } = await runCmdlet(remove, ['a.com', '-WhatIf', '-Force']);
    expect([code, touched]).toEqual([0, []]);
    expect(objects(stdout)).toMatchObject([
      { Action: 'Remove the gadget', Identity: 'a.com', Kind: 'ConfigurationChange' },
    ]);
    const shown = await runCmdlet(remove, ['a.com', '-WhatIf'], { terminal: true });
    expect(shown.stderr).toBe('What if: Remove-Gadget on "a.com": remove the gadget.\nNothing was changed.\n');
  });

  it('XGW_CONFIRMPREFERENCE moves the limit, -Force goes over it', async () => {
    const low: Cmdlet = { ...remove, impact: 'Low' };
    const env = { XGW_CONFIRMPREFERENCE: 'low' };
    expect(await runCmdlet(low, ['a.com'])).toMatchObject({ code: 0 });
    expect(await runCmdlet(low, ['a.com'], { env })).toMatchObject({ code: 4 });
    expect(await runCmdlet(low, ['a.com', '-Force'], { env })).toMatchObject({ code: 0 });
    expect(await runCmdlet(remove, ['a.com'], { env: { XGW_CONFIRMPREFERENCE: 'None' } })).toMatchObject({ code: 0 });
  });

  it('-Confirm asks whatever the impact', async () => {
    expect(await runCmdlet({ ...remove, impact: 'Low' }, ['a.com', '-Confirm'])).toMatchObject({ code: 4 });
  });
});

describe('a person at the terminal', () => {
  const person = { terminal: true };

  it('is asked for the mandatory values that are missing, and for nothing else', async () => {
    const { code, stdout, stderr } = await runCmdlet(setGadget, ['-Colour', 'Red', '-OutputFormat', 'ndjson'], {
      ...person,
      keys: 'A.com\r',
    });
    expect(code).toBe(0);
    expect(objects(stdout)).toMatchObject([{ Identity: 'a.com', Colour: 'Red' }]);
    expect(stripVTControlCharacters(stderr)).toContain('Identity (Domain)');
  });

  it('Ctrl-C at a question ends with 130 and changes nothing', async () => {
    const { code, stderr } = await runCmdlet(setGadget, [], { ...person, keys: '\u0003' });
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted,Set-Gadget');
  });

  it('Enter at a confirmation is No, and that is no failure', async () => {
    const removed: string[] = [];
    const remove = defineCmdlet({
      name: 'Remove-Gadget',
      synopsis: '',
      parameters: { Identity: mandatory(domainName, '', { position: 0 }) },
      examples: [],
      impact: 'High',
      async run({ Identity }, context) {
        if (await context.shouldProcess(Identity, 'Remove the gadget')) removed.push(Identity);
      },
    });
    expect(await runCmdlet(remove, ['a.com'], { ...person, keys: '\r' })).toMatchObject({ code: 0 });
    expect(removed).toEqual([]);
    expect(await runCmdlet(remove, ['a.com'], { ...person, keys: 'y\r' })).toMatchObject({ code: 0 });
    expect(removed).toEqual(['a.com']);
  });

  it.each([[{ CI: '1' }], [{ XGW_NONINTERACTIVE: '1' }], [{ TERM: 'dumb' }]])(
    'nobody is asked with %j',
    async (env) => {
      expect(await runCmdlet(setGadget, [], { ...person, keys: 'a.com\r', env })).toMatchObject({ code: 4 });
    },
  );

  it('nobody is asked with -NonInteractive or --no-input', async () => {
    for (const typed of ['-NonInteractive', '--no-input']) {
      expect(await runCmdlet(setGadget, [typed], { ...person, keys: 'a.com\r' })).toMatchObject({ code: 4 });
    }
  });
});

describe('the configuration', () => {
  const newDomain = defineCmdlet({
    name: 'New-Thing',
    synopsis: '',
    parameters: { Identity: mandatory(domainName, '', { position: 0 }) },
    examples: [],
    impact: 'Low',
    async run({ Identity }, context) {
      const sipDomain = { identity: Identity, isDefault: true };
      const { changed, withheld } = await context.commit({
        target: Identity,
        apply: (current) => ({ ...current, sipDomains: { ...current.sipDomains, [Identity]: sipDomain } }),
        consequences: () => ['it becomes the default'],
      });
      context.write({ Changed: changed, Withheld: withheld });
    },
  });

  it('-WhatIf shows each field and what follows, and makes no file', async () => {
    const home = path.join(temporaryFolder(), 'store');
    const { stderr, code } = await runCmdlet(newDomain, ['a.com', '-WhatIf'], {
      env: { XGW_HOME: home },
      terminal: true,
    });
    expect(code).toBe(0);
    expect(stderr.split('\n')).toEqual([
      'What if: New-Thing on "a.com" (revision 0)',
      '  + IsDefault   True',
      '  ! it becomes the default',
      'Nothing was changed.',
      '',
    ]);
    expect(existsSync(home)).toBe(false);
  });

  it('into a pipe -WhatIf prints the changes as objects', async () => {
    const env = { XGW_HOME: path.join(temporaryFolder(), 'store') };
    const { stdout } = await runCmdlet(newDomain, ['a.com', '-WhatIf'], { env });
    expect(objects(stdout)[0]).toEqual({
      Action: 'Add',
      TargetKind: 'SipDomain',
      Identity: 'a.com',
      Property: 'IsDefault',
      Before: null,
      After: true,
      Consequence: ['it becomes the default'],
      Kind: 'ConfigurationChange',
    });
  });

  it('is in -ConfigStore, and XGW_HOME otherwise', async () => {
    const [given, home] = [path.join(temporaryFolder(), 'given'), path.join(temporaryFolder(), 'home')];
    const env = { XGW_HOME: home };
    expect((await runCmdlet(newDomain, ['a.com', '-ConfigStore', given], { env })).code).toBe(0);
    expect([existsSync(given), existsSync(home)]).toEqual([true, false]);
    expect((await runCmdlet(newDomain, ['a.com'], { env })).code).toBe(0);
    expect(existsSync(home)).toBe(true);
  });

  it('-IfRevision refuses another revision', async () => {
    const env = { XGW_HOME: path.join(temporaryFolder(), 'store') };
    expect((await runCmdlet(newDomain, ['a.com', '-IfRevision', '7'], { env })).code).toBe(6);
    expect((await runCmdlet(newDomain, ['a.com', '-IfRevision', '0'], { env })).code).toBe(0);
  });
});
