/** More than five objects, or more than a fifth of a kind, take more than a Y. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import removePartner from '../../../src/commands/remove-xmpp-federated-partner.ts';
import { partnerDefaults } from '../../../src/config/defaults.ts';
import { newFederatedPartner } from '../../../src/operations/federated-partners.ts';
import { parseDomainName } from '../../../src/primitives/domain-name.ts';
import { openConfigStore } from '../../../src/store/open-config-store.ts';
import { type Given, runCmdlet } from '../../support/host-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let home = '';

beforeEach(() => {
  home = temporaryFolder();
});

/** `a0.org`, ... */
async function withPartners(count: number): Promise<void> {
  await openConfigStore(home).update({
    cmdlet: 'Test',
    target: 'all',
    lockTimeoutMs: 5000,
    apply: (current) =>
      Array.from({ length: count }, (_, index) => `a${index}.org`).reduce((configuration, name) => {
        const identity = parseDomainName(name);
        if (!identity.ok) throw new Error(identity.error);
        return newFederatedPartner(configuration, { ...partnerDefaults, identity: identity.value }, 'refuse');
      }, current),
  });
}

const left = (): number => Object.keys(openConfigStore(home).read().federatedPartners).length;

async function remove(tokens: readonly string[], given: Given = {}) {
  const { code, stderr } = await runCmdlet(removePartner, tokens, { ...given, env: { XGW_HOME: home, ...given.env } });
  return { code, stderr, left: left() };
}

describe('removing many at once', () => {
  it.each([
    // More than five.
    [40, ['a1?.org', '-Confirm:false'], 40],
    [40, ['a1?.org', '-Confirm:false', '-Force'], 40],
    [40, ['a1?.org', '-Confirm:false', '-MaximumRemoval', '9'], 40],
    [40, ['a1?.org', '-Confirm:false', '-MaximumRemoval', '10'], 30],
    // More than a fifth of them.
    [14, ['a[123].org', '-Confirm:false'], 14],
    [14, ['a[123].org', '-Confirm:false', '-MaximumRemoval', '3'], 11],
    // Few enough.
    [40, ['a[12345].org', '-Confirm:false'], 35],
    [15, ['a[123].org', '-Confirm:false'], 12],
    [6, ['a1.org'], 5],
    // A share of a handful says nothing.
    [5, ['*', '-Confirm:false'], 0],
  ])('of %j %j leaves %j', async (count, tokens, expected) => {
    await withPartners(count);
    const ran = await remove(tokens);
    expect([ran.left, ran.code]).toEqual([expected, expected === count ? 4 : 0]);
  });

  it('the refusal has the line that does it', async () => {
    await withPartners(7);
    const { stderr } = await remove(['*', '-MaximumRemoval', '3']);
    expect(stderr).toContain('this would remove 7 of 7 objects of kind XmppFederatedPartner.');
    expect(stderr).toContain('Reason: -MaximumRemoval is 3');
    expect(stderr).toContain("Fix:    xgw remove-xmppfederatedpartner '*' -Confirm:false -MaximumRemoval 7");
    expect(stderr).toContain('RemovalTooLarge,Remove-XmppFederatedPartner');
  });

  it('a pipe is counted before its first object, and told once', async () => {
    await withPartners(12);
    const input = Array.from({ length: 6 }, (_, index) => `a${index}.org\n`).join('');
    const refused = await remove(['-', '-Confirm:false'], { input });
    expect([refused.left, refused.code, refused.stderr.match(/RemovalTooLarge,/g)?.length]).toEqual([12, 4, 1]);
    expect(await remove(['-', '-Confirm:false', '-MaximumRemoval', '6'], { input })).toMatchObject({
      left: 6,
      code: 0,
    });
  });

  it('a pipe that was few enough at its first object stays so', async () => {
    await withPartners(10);
    expect(await remove(['-', '-Confirm:false'], { input: 'a1.org\na2.org\n' })).toMatchObject({ left: 8, code: 0 });
  });

  it.each([
    ['7\r', 0],
    ['y\r', 7],
    ['\r', 7],
    ['70\r', 7],
  ])('on a terminal the count is typed: %j leaves %j', async (keys, expected) => {
    await withPartners(7);
    expect(await remove(['*'], { terminal: true, keys })).toMatchObject({ left: expected, code: 0 });
  });

  it('-WhatIf asks nothing', async () => {
    await withPartners(7);
    expect(await remove(['*', '-WhatIf'])).toMatchObject({ left: 7, code: 0 });
  });
});
