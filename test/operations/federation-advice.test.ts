/** Every command that is advised binds: it names a cmdlet, its parameters and their values as they are. */
import { describe, expect, it } from '@jest/globals';

import { bindArgv } from '../../src/commands/host/argv.ts';
import { bindTexts } from '../../src/commands/host/binding.ts';
import { wordsOf } from '../../src/commands/host/command-line.ts';
import { allParametersOf } from '../../src/commands/host/common-parameters.ts';
import { missingIn } from '../../src/commands/host/missing-values.ts';
import { parseProgram } from '../../src/commands/host/program.ts';
import { cmdlets } from '../../src/commands/index.ts';
import type { DialStep } from '../../src/gateway/xmpp/s2s-event.ts';
import { type Advice, adviceForDial } from '../../src/operations/federation-advice.ts';
import { adviceForRefusal } from '../../src/operations/refusal-advice.ts';

const steps = ['policy', 'dns', 'tcp', 'stream', 'tls', 'certificate', 'sasl', 'dialback', 'established'] as const;
const codes = [
  ...['not-allowed', 'no-server', 'dns-temporary', 'address-refused', 'port-refused', 'unreachable'],
  ...['no-own-certificate', 'peer-rejects-certificate', 'external-not-offered', 'tls-not-offered'],
  ...['dialback-key-refused', 'untrusted-root', 'self-signed', 'incomplete-chain', 'bad-signature', 'expired'],
  ...['name-mismatch', 'policy', 'pin-mismatch', 'bad-signature', 'no-certificate', 'constructor', ''],
];
const names = { partner: 'fabrikam.com', domain: 'b2b.fabrikam.com', localDomain: 'contoso.com' };

function expectRuns({ hint, fix }: Advice): void {
  expect(hint).toMatch(/^\S.+[^.]$/);
  const [program, name = '', ...tokens] = wordsOf(fix);
  expect(program).toBe('xgw');
  const cmdlet = cmdlets.find((each) => each.name.toLowerCase() === name);
  if (cmdlet === undefined) throw new Error(`${fix}: no such cmdlet`);
  const parameters = allParametersOf(cmdlet);
  const bound = bindArgv(tokens, parameters, { strict: true, shell: 'bash' });
  if (!bound.ok) throw new Error(`${fix}: ${bound.error.message}`);
  expect(missingIn(bindTexts(parseProgram(cmdlet.name, parameters, bound.value.argv), parameters), cmdlet)).toEqual([]);
}

describe('the advice on a failed dial', () => {
  it.each(steps.map((step): [DialStep] => [step]))('at the step %s is a command that runs', (step) => {
    for (const code of codes) expectRuns(adviceForDial({ ...names, step, code }));
  });

  it('trusts a root for an untrusted certificate, and asks to renew an expired one', () => {
    const certificate = { ...names, step: 'certificate' } as const;
    expect(adviceForDial({ ...certificate, code: 'untrusted-root' }).fix).toContain('-TrustedRootsPath');
    expect(adviceForDial({ ...certificate, code: 'expired' }).hint).toContain('must renew');
  });

  it('does not trip over words of another version', () => {
    const strange = 'toString' as DialStep;
    expectRuns(adviceForDial({ ...names, step: strange, code: 'toString' }));
  });
});

it('changes nothing where somebody else may have answered in the place of the partner', () => {
  const trouble = { partner: 'fabrikam.com', domain: 'fabrikam.com', localDomain: 'contoso.com' };
  for (const code of ['pin-mismatch', 'bad-signature', 'name-mismatch', 'policy']) {
    expect(adviceForDial({ ...trouble, step: 'certificate', code }).fix).toMatch(/^xgw get-/);
    expect(adviceForRefusal({ partner: 'fabrikam.com', domain: 'fabrikam.com', code }).fix).toMatch(/^xgw get-/);
  }
});

describe('the advice on a refused stream', () => {
  const codes = [
    'not-allowed',
    'not-served',
    'too-many-streams',
    'tls-required',
    'untrusted-root',
    'policy',
    'pin-mismatch',
    'bad-signature',
    'expired',
  ];
  const others = ['bad-xml', 'dialback-unverified', 'key-not-ours', 'timed-out', 'no-own-certificate', 'toString', ''];

  it.each([...codes, ...others])('with the code "%s" is a command that runs', (code) => {
    for (const partner of ['fabrikam.com', undefined])
      for (const domain of ['fabrikam.com', undefined]) expectRuns(adviceForRefusal({ partner, domain, code }));
  });

  it('goes by the code: what is wrong with the certificate decides what to do', () => {
    const from = { partner: 'fabrikam.com', domain: 'fabrikam.com' };
    expect(adviceForRefusal({ ...from, code: 'untrusted-root' }).fix).toContain('-TrustedRootsPath');
    expect(adviceForRefusal({ ...from, code: 'expired' }).hint).toContain('must renew');
    expect(adviceForRefusal({ ...from, code: 'pin-mismatch' }).hint).toContain('none of those pinned');
    expect(adviceForRefusal({ ...from, code: 'dialback-unverified' }).hint).toContain('call back');
  });

  it('is none where a stranger is turned away, unless it asks for what we could serve', () => {
    const from = { partner: undefined, domain: 'stranger.com' };
    expect(adviceForRefusal({ ...from, code: 'bad-xml' }).hint).toContain('nothing to do');
    expect(adviceForRefusal({ ...from, code: 'not-allowed' }).fix).toContain('test-federationroute stranger.com');
  });
});
