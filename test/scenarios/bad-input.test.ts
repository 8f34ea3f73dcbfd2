/** What an administrator may type wrong, or find broken: the exit code, the id that never changes, and nothing changed. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { createAuthority } from '../support/pki.ts';
import { sharedFolder } from '../support/temporary-folder.ts';
import { type Typed, type Xgw, xgwIn } from '../support/xgw.ts';

const verdict = ({ code, stderr }: Typed): readonly unknown[] => [code, /Id: +(\w+)/.exec(stderr)?.[1]];

describe('wrong input changes nothing', () => {
  let xgw: Xgw;
  let store: string;
  beforeAll(async () => {
    xgw = xgwIn(path.join(sharedFolder(), 'store'));
    store = path.join(xgw.home, 'store.json');
    await xgw.run('initialize-gateway', 'contoso.example');
    await xgw.run('new-xmppfederatedpartner', 'fabrikam.example');
  });

  const partner = 'set-xmppfederatedpartner fabrikam.example';
  const cases: readonly (readonly [title: string, typed: string, code: number, id: string])[] = [
    ['an unknown cmdlet', 'new-xmppfederatedparnter x.example', 2, 'CmdletNotFound'],
    ['an unknown parameter', `${partner} -Domian x`, 2, 'NamedParameterNotFound'],
    ['an ambiguous parameter', `${partner} -S Required`, 2, 'AmbiguousParameter'],
    ['a lost $false', `${partner} -SupportDialbackNegotiation`, 2, 'MissingArgument'],
    ['a lost $false with a colon', `${partner} -SupportDialbackNegotiation:`, 2, 'EmptyValue'],
    ['a lost -Confirm:$false', 'remove-xmppfederatedpartner fabrikam.example -Confirm:', 2, 'EmptyValue'],
    ['an invalid domain', 'new-xmppfederatedpartner foo..bar', 5, 'InvalidDomain'],
    ['an address as a domain', 'new-xmppfederatedpartner 192.0.2.1', 5, 'InvalidDomain'],
    ['an own domain as partner', 'new-xmppfederatedpartner contoso.example', 5, 'DomainIsLocal'],
    ['a partner that exists', 'new-xmppfederatedpartner FABRIKAM.example', 6, 'PartnerAlreadyExists'],
    ['a partner that does not exist', 'set-xmppfederatedpartner adatum.example -Description x', 3, 'ObjectNotFound'],
    [
      'an additional domain of another partner',
      'new-xmppfederatedpartner a.example -AdditionalDomains fabrikam.example',
      6,
      'DomainBelongsToPartner',
    ],
    ['matrix row 6', `${partner} -Tls NotSupported -SupportDialback false`, 5, 'NegotiationNotValid'],
    ['matrix row 12', `${partner} -Tls NotSupported -Sasl Optional -SupportDialback false`, 5, 'NegotiationNotValid'],
    ['matrix row 14', `${partner} -Sasl NotSupported -SupportDialback false`, 5, 'NegotiationNotValid'],
    ['matrix row 16', `${partner} -Tls Optional -Sasl NotSupported -SupportDialback false`, 5, 'NegotiationNotValid'],
    [
      'matrix row 18',
      `${partner} -Tls NotSupported -Sasl NotSupported -SupportDialback false`,
      5,
      'NegotiationNotValid',
    ],
    ['a port out of range', 'set-xmppgatewayconfiguration -XmppPort 70000', 5, 'InvalidValue'],
    ['a weak key', 'request-certificate -New -Output x.csr -KeySize 1024', 5, 'KeyTooWeak'],
    ['a password on the command line', 'new-user sip:al@contoso.example -Password secret', 2, 'SecretOnCommandLine'],
    ['a user of another domain', 'new-user sip:al@adatum.example -PasswordFile PASSWORD', 5, 'DomainNotLocal'],
    ['another revision than expected', `${partner} -Description x -IfRevision 999`, 6, 'RevisionConflict'],
    ['nobody to confirm', 'remove-xmppfederatedpartner *', 4, 'ConfirmationRequired'],
    ['nobody to ask', 'new-xmppfederatedpartner', 4, 'MandatoryParameterMissing'],
    ['a file that is not there', 'import-certificate /nowhere/edge.cer', 3, 'FileNotFound'],
  ];
  it.each(cases)('%s: %s', async (_title, typed, code, id) => {
    const before = readFileSync(store);
    const password = path.join(path.dirname(xgw.home), 'password.txt');
    writeFileSync(password, 'battery-staple', { mode: 0o600 });
    const answer = await xgw.type(...typed.replace('PASSWORD', password).split(' '));
    expect(verdict(answer)).toEqual([code, id]);
    expect(answer.stdout).toBe('');
    expect(readFileSync(store).equals(before)).toBe(true);
  });

  it('a certificate that belongs to no key: KeyMismatch with both hashes', async () => {
    const file = path.join(path.dirname(xgw.home), 'stranger.pem');
    writeFileSync(file, createAuthority('Stranger').issue({ names: ['contoso.example'] }).chain);
    await xgw.run('request-certificate', '-New', '-Output', path.join(path.dirname(xgw.home), 'edge.csr'));
    const before = readFileSync(store);
    const answer = await xgw.type('import-certificate', file);
    expect(verdict(answer)).toEqual([5, 'KeyMismatch']);
    expect(answer.stderr.match(/[0-9a-f]{8,}/g)?.length).toBeGreaterThanOrEqual(2);
    expect(readFileSync(store).equals(before)).toBe(true);
  });

  it.each([
    ['is no JSON', (json: string) => json.slice(0, -20), 'ConfigurationDamaged'],
    ['has an impossible value', (json: string) => json.replace('"Required"', '"Sometimes"'), 'ConfigurationDamaged'],
    [
      'has another type',
      (json: string) => json.replace(/"xmppPort": ?\d+/, '"xmppPort": "5269"'),
      'ConfigurationDamaged',
    ],
    [
      'is of a newer program',
      (json: string) => json.replace(/"formatVersion": ?1/, '"formatVersion": 9'),
      'ConfigurationTooNew',
    ],
  ])('a store file that %s: named, and not overwritten', async (_title, damage, id) => {
    const whole = readFileSync(store, 'utf8');
    const damaged = damage(whole);
    expect(damaged).not.toBe(whole);
    writeFileSync(store, damaged);
    try {
      for (const typed of ['get-xmppfederatedpartner', 'new-xmppfederatedpartner adatum.example', 'start-service']) {
        const answer = await xgw.type(...typed.split(' '));
        expect(verdict(answer)).toEqual([5, id]);
        expect(answer.stderr).toContain('store.json');
      }
      expect(readFileSync(store, 'utf8')).toBe(damaged);
    } finally {
      writeFileSync(store, whole);
    }
  });
});
