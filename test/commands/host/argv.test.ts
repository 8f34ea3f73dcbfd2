import { describe, expect, it } from '@jest/globals';

import { type ArgvFault, bindArgv } from '../../../src/commands/host/argv.ts';
import type { Parameters } from '../../../src/commands/host/cmdlet.ts';
import {
  bool,
  domainName,
  listChange,
  mandatory,
  oneOf,
  optional,
  path,
  switchType,
  text,
  wholeNumber,
} from '../../../src/commands/host/parameters.ts';

/** The parameters of the prototype's cases: a partner, a port, and the switches that every changing cmdlet has. */
const parameters: Parameters = {
  PrimaryDomain: mandatory(domainName, '', { position: 0, pipeline: 'both', aliases: ['Identity'] }),
  PartnerType: optional(oneOf(['Federated', 'PublicVerified', 'PublicUnverified']), ''),
  AdditionalDomains: optional(listChange(domainName), ''),
  EnableKeepAlive: optional(bool, ''),
  SupportDialbackNegotiation: optional(bool, ''),
  Port: optional(wholeNumber(0, 65_535), ''),
  Description: optional(text, ''),
  Path: optional(path, '', { pipeline: 'property' }),
  PinnedSpkiSha256: optional(text, ''),
  NoWait: optional(switchType, ''),
  Verbose: optional(switchType, '', { aliases: ['vb'] }),
  Help: optional(switchType, '', { aliases: ['?', 'h'] }),
  WhatIf: optional(switchType, '', { aliases: ['wi', 'DryRun'] }),
  Confirm: optional(switchType, '', { aliases: ['cf'] }),
  InputObject: optional(text, ''),
};

const bind = (tokens: readonly string[], rules = {}) =>
  bindArgv(tokens, parameters, { strict: false, shell: 'bash', ...rules });

function words(...tokens: string[]): readonly string[] {
  const bound = bind(tokens);
  if (!bound.ok) throw new Error(`${bound.error.id}: ${bound.error.message}`);
  return bound.value.argv;
}

function fault(...tokens: string[]): ArgvFault {
  const bound = bind(tokens);
  if (bound.ok) throw new Error(`bound: ${bound.value.argv.join(' ')}`);
  return bound.error;
}

describe('what binds', () => {
  const cases: readonly (readonly [typed: readonly string[], bound: readonly string[]])[] = [
    [
      ['-PrimaryDomain', 'fabrikam.com', '-PartnerType', 'Federated', '-WhatIf', '-Confirm:$false'],
      ['--primary-domain=fabrikam.com', '--partner-type=Federated', '--what-if', '--no-confirm'],
    ],
    [
      ['--primary-domain', 'fabrikam.com', '--partner-type=Federated', '--what-if', '--no-confirm'],
      ['--primary-domain=fabrikam.com', '--partner-type=Federated', '--what-if', '--no-confirm'],
    ],
    [
      ['-primarydomain', 'x', '-PARTNERTYPE', 'Y'],
      ['--primary-domain=x', '--partner-type=Y'],
    ],
    [['--primary_domain', 'x'], ['--primary-domain=x']],
    [
      ['-Prim', 'x', '-Part', 'y'],
      ['--primary-domain=x', '--partner-type=y'],
    ],
    [['-id', 'x'], ['--primary-domain=x']],
    [['-PrimaryDomain', '--', 'x'], ['--primary-domain=x']],
    [['--no-what-if'], ['--no-what-if']],
    [
      ['fabrikam.com', '-WhatIf:false'],
      ['--no-what-if', '--primary-domain=fabrikam.com'],
    ],
    [['-AdditionalDomains', 'a.com,b.com, c.com'], ['--additional-domains=a.com,b.com, c.com']],
    [
      ['-AdditionalDomains', 'a.com,', 'b.com', 'x.com'],
      ['--additional-domains=a.com,b.com', '--primary-domain=x.com'],
    ],
    [
      ['-AdditionalDomains', 'a.com', ',b.com', 'x.com'],
      ['--additional-domains=a.com,b.com', '--primary-domain=x.com'],
    ],
    [
      ['-AdditionalDomains:a,b', 'pos'],
      ['--additional-domains=a,b', '--primary-domain=pos'],
    ],
    [['-AdditionalDomains', 'a.com', '-AdditionalDomains', 'b.com'], ['--additional-domains=a.com,b.com']],
    [['-AdditionalDomains', '+a.com,-b.com'], ['--additional-domains=+a.com,-b.com']],
    [['-Port', '-1'], ['--port=-1']],
    [['-Port:-1'], ['--port=-1']],
    [['-Confirm:', '$false'], ['--no-confirm']],
    [
      ['-Confirm:', 'False', 'x.com'],
      ['--no-confirm', '--primary-domain=x.com'],
    ],
    [['-Confirm:False'], ['--no-confirm']],
    [["-Confirm:'$false'"], ['--no-confirm']],
    [['--', '-weird'], ['--primary-domain=-weird']],
    [['-Description', '--', '-text'], ['--description=-text']],
    [['-Description:-text'], ['--description=-text']],
    [['-PrimaryDomain=a=b'], ['--primary-domain=a=b']],
    [['-PrimaryDomain:http://x:1/'], ['--primary-domain=http://x:1/']],
    [['-Verb'], ['--verbose']],
    [['-EnableKeepAlive:$true'], ['--enable-keep-alive=$true']],
    [['-EnableKeepAlive', 'False'], ['--enable-keep-alive=False']],
    [['--no-enable-keep-alive'], ['--no-enable-keep-alive']],
    [['-Identity', ''], ['--primary-domain=']],
    [['-Identity:', 'x'], ['--primary-domain=x']],
    [['-Description='], ['--description=']],
    [['-Description', "'quoted'"], ['--description=quoted']],
    [['-?'], ['--help']],
    [['--help'], ['--help']],
    [['--dry-run'], ['--what-if']],
    [['--no-wait'], ['--nowait']],
    [['-PinnedSpkiSha256', 'x'], ['--pinned-spki-sha256=x']],
    [['\u2013Description', 'pasted from a web page'], ['--description=pasted from a web page']],
    [['-Path', '-'], ['--path=-']],
  ];

  it.each(cases)('%j', (typed, bound) => {
    expect([...words(...typed)].toSorted()).toEqual([...bound].toSorted());
  });

  it('a lone - stands for standard input, in the place of the value that it brings', () => {
    const bound = bind(['-', '-PartnerType', 'Federated']);
    expect(bound).toMatchObject({ ok: true, value: { readsInput: true, argv: ['--partner-type=Federated'] } });
    expect(bind(['-Identity', '-'])).toMatchObject({ ok: true, value: { readsInput: true, argv: [] } });
    // The records may bind to another parameter than the one that stands there.
    const other = {
      Domain: optional(text, '', { position: 0 }),
      Id: optional(text, '', { pipeline: 'both' }),
      InputObject: optional(text, ''),
    };
    expect(bindArgv(['-'], other, { strict: false, shell: 'bash' })).toMatchObject({
      ok: true,
      value: { readsInput: true, argv: [] },
    });
  });
});

describe('what does not bind, and what it is called', () => {
  const cases: readonly (readonly [typed: readonly string[], id: string, message: RegExp])[] = [
    [['-P', 'x'], 'AmbiguousParameter', /-PrimaryDomain or -PartnerType or -Port/],
    [['fabrikam.com', '-Identity', 'y'], 'PositionalParameterNotFound', /"fabrikam.com"/],
    [['-i', 'x'], 'AmbiguousParameter', /-PrimaryDomain or -InputObject/],
    [['-I', 'x'], 'AmbiguousParameter', /-PrimaryDomain or -InputObject/],
    [['fabrikam.com', '-Identity', 'y', 'z'], 'PositionalParameterNotFound', /"fabrikam.com"/],
    [['a', 'b'], 'PositionalParameterNotFound', /"b"/],
    [['-Confirm:'], 'EmptyValue', /-Confirm: has no value/],
    [['-PrimaryDomain'], 'MissingArgument', /-PrimaryDomain has no value/],
    [['-PrimaryDomain', '-WhatIf'], 'MissingArgument', /-PrimaryDomain has no value/],
    [['-WhatIf', '-WhatIf'], 'ParameterAlreadyBound', /-WhatIf was given twice/],
    [['-PrimaryDomain', 'a', '--primary-domain', 'b'], 'ParameterAlreadyBound', /-PrimaryDomain/],
    [['-Nope', 'x'], 'NamedParameterNotFound', /-Nope/],
    [['-WhatIf:maybe'], 'CannotConvertArgument', /neither true nor false/],
    [['-Identity:'], 'EmptyValue', /has no value/],
    [['--no-port'], 'NamedParameterNotFound', /-no-port/],
    [['-ErrorVariable', 'x'], 'NotSupportedOutsideShell', /session/],
    [['-ov', 'x'], 'NotSupportedOutsideShell', /-OutVariable/],
  ];

  it.each(cases)('%j', (typed, id, message) => {
    const refused = fault(...typed);
    expect(refused.id).toBe(id);
    expect(refused.message).toMatch(message);
  });

  it('a Bool whose $false the shell swallowed is an error with the fix, never true', () => {
    for (const typed of [
      ['fabrikam.com', '-SupportDialbackNegotiation'],
      ['fabrikam.com', '-SupportDialbackNegotiation', '-WhatIf'],
    ]) {
      const refused = fault(...typed);
      expect(refused).toMatchObject({
        id: 'MissingArgument',
        reason: expect.stringMatching(/^in bash \$false is an empty/),
      });
      expect(refused.fixes?.[0]?.slice(0, 3)).toEqual(['fabrikam.com', '-SupportDialbackNegotiation', 'false']);
    }
    const inPwsh = bind(['-EnableKeepAlive'], { shell: 'pwsh' });
    expect(inPwsh).toMatchObject({ ok: false, error: { reason: 'write $true or $false after it' } });
  });

  it('a misspelt name is answered with the near ones', () => {
    expect(fault('-Desription', 'x')).toMatchObject({
      message: expect.stringMatching(/Did you mean -Description\?/),
      fixes: [['-Description', 'x']],
    });
  });

  it('files that a wildcard became are recognised', () => {
    expect(fault('a.com', 'b.com', 'c.com').reason).toMatch(/shell expand a wildcard/);
  });

  it('XGW_STRICT refuses abbreviations, but no alias and no difference of case', () => {
    const strict = { strict: true };
    expect(bind(['-Part', 'Federated'], strict)).toMatchObject({ ok: false, error: { id: 'AbbreviationNotAllowed' } });
    expect(bind(['-PARTNERTYPE', 'Federated', '-wi'], strict)).toMatchObject({ ok: true });
  });
});
