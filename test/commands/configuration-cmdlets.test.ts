/** The cmdlets of the configuration as they are typed: exit codes, objects, refusals, and twelve of them at the same time. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';

import { digestCredential, parseDigestCredential } from '../../src/config/digest-credential.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Xgw, xgwIn } from '../support/xgw.ts';

let xgw: Xgw;
beforeEach(() => {
  xgw = xgwIn(path.join(temporaryFolder(), 'store'));
});

const fileOf = (name: string): string => path.join(xgw.home, name);
const idIn = (stderr: string): string | undefined => /^ {2}Id: {5}([A-Za-z]+),/m.exec(stderr)?.[1];
const first = async (...words: readonly string[]): Promise<Record<string, unknown>> =>
  (await xgw.run(...words))[0] ?? {};

/** Types the words and returns exit code and error id. */
async function outcome(...words: readonly string[]): Promise<readonly [number | null, string | undefined]> {
  const { code, stderr } = await xgw.type(...words);
  return [code, idIn(stderr)];
}

function secretFile(text: string): string {
  const file = path.join(temporaryFolder(), 'secret');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

describe('idempotency of the verbs', () => {
  it('new- creates; then refuses, with -Force leaves the same alone, with -IfNotExists leaves anything alone', async () => {
    expect(await first('new-xmppfederatedpartner', 'fabrikam.com')).toMatchObject({
      Identity: 'fabrikam.com',
      Changed: true,
    });
    expect(await outcome('new-xmppfederatedpartner', 'fabrikam.com')).toEqual([6, 'PartnerAlreadyExists']);
    expect(await first('new-xmppfederatedpartner', 'fabrikam.com', '-Force')).toMatchObject({
      Changed: false,
      Revision: 1,
    });
    const left = await xgw.type(
      'new-xmppfederatedpartner',
      'fabrikam.com',
      '-PartnerType',
      'Federated',
      '-IfNotExists',
    );
    expect(left.code).toBe(0);
    expect(left.stderr).toContain('left alone: PartnerType PublicUnverified -> Federated');
    expect(JSON.parse(left.stdout)).toMatchObject({ PartnerType: 'PublicUnverified', Changed: false });
    const replaced = await first('new-xmppfederatedpartner', 'fabrikam.com', '-PartnerType', 'Federated', '-Force');
    expect(replaced).toMatchObject({ PartnerType: 'Federated', Changed: true, Revision: 2 });
  });

  it('set- refuses what is absent, creates with -Create, and the same again is no revision', async () => {
    expect(await outcome('set-xmppfederatedpartner', 'fabrikam.com', '-Description', 'x')).toEqual([
      3,
      'ObjectNotFound',
    ]);
    await xgw.run('set-xmppfederatedpartner', 'fabrikam.com', '-Description', 'x', '-Create');
    const same = await first('set-xmppfederatedpartner', 'fabrikam.com', '-Description', 'x', '-PassThru');
    expect(same).toMatchObject({ Description: 'x', Changed: false, Revision: 1 });
  });

  it('set- writes nothing to stdout without -PassThru', async () => {
    await xgw.run('new-xmppfederatedpartner', 'fabrikam.com');
    expect(await xgw.run('set-xmppfederatedpartner', 'fabrikam.com', '-Description', 'x')).toEqual([]);
  });

  it('remove- refuses what is absent, not with -IfExists, and not for a pattern', async () => {
    expect(await outcome('remove-xmppfederatedpartner', 'fabrikam.com')).toEqual([3, 'ObjectNotFound']);
    expect(await outcome('remove-xmppfederatedpartner', 'fabrikam.com', '-IfExists')).toEqual([0, undefined]);
    expect(await outcome('remove-xmppfederatedpartner', '*.org')).toEqual([0, undefined]);
  });

  it('remove- of several asks first; with the answer given they go in one revision', async () => {
    for (const domain of ['a.org', 'b.org', 'c.com']) await xgw.run('new-xmppfederatedpartner', domain);
    expect(await outcome('remove-xmppfederatedpartner', '*.org')).toEqual([4, 'ConfirmationRequired']);
    await xgw.run('remove-xmppfederatedpartner', '*.org', '-Confirm:false');
    expect((await xgw.run('get-xmppfederatedpartner')).map((each) => each['Identity'])).toEqual(['c.com']);
    expect(await first('get-configurationstore')).toMatchObject({ Revision: 4 });
  });

  it('-WhatIf changes nothing and makes nothing', async () => {
    await xgw.run('new-xmppfederatedpartner', 'fabrikam.com', '-WhatIf');
    expect(() => statSync(xgw.home)).toThrow('ENOENT');
  });
});

describe('limits', () => {
  it('of a partner come before those of the gateway, 0 is none, and $null gives the gateway its say again', async () => {
    await xgw.run('new-xmppfederatedpartner', 'fabrikam.com', '-MaximumBytesPerSecond', '0');
    expect(await first('get-xmppfederatedpartner', 'fabrikam.com')).toMatchObject({
      MaximumBytesPerSecond: 0,
      MaximumStanzasPerSecond: null,
    });
    const cleared = ['-MaximumBytesPerSecond', '$null', '-MaximumStanzasPerSecond', '5', '-PassThru'];
    expect(await first('set-xmppfederatedpartner', 'fabrikam.com', ...cleared)).toMatchObject({
      MaximumBytesPerSecond: null,
      MaximumStanzasPerSecond: 5,
    });
    const settings = ['-MaximumStanzasPerSecond', '0', '-AllowPrivateDialback', 'true'];
    await xgw.run('set-xmppgatewayconfiguration', ...settings);
    expect(await first('get-xmppgatewayconfiguration')).toMatchObject({
      MaximumBytesPerSecond: 65_536,
      MaximumStanzasPerSecond: 0,
      AllowPrivateDialback: true,
    });
    const { code } = await xgw.type('set-xmppgatewayconfiguration', '-MaximumBytesPerSecond', '-1');
    expect(code).not.toBe(0);
  });
});

describe('streams for both directions', () => {
  it('are a setting of each partner, on unless it is switched off', async () => {
    await xgw.run('new-xmppfederatedpartner', 'fabrikam.com');
    expect(await first('get-xmppfederatedpartner', 'fabrikam.com')).toMatchObject({ EnableBidi: true });
    await xgw.run('set-xmppfederatedpartner', 'fabrikam.com', '-EnableBidi', 'false');
    expect(await first('get-xmppfederatedpartner', 'fabrikam.com')).toMatchObject({ EnableBidi: false });
    const unrelated = ['-Description', 'x', '-PassThru'];
    expect(await first('set-xmppfederatedpartner', 'fabrikam.com', ...unrelated)).toMatchObject({ EnableBidi: false });
  });
});

describe('partners', () => {
  it('take every setting, and $null clears what can be absent', async () => {
    const all = [
      '-ProxyFqdn',
      'xmpp.fabrikam.com:5269',
      '-ConnectionLimit',
      '5',
      '-AdditionalDomains',
      'a.fabrikam.com,b.fabrikam.com',
    ];
    await xgw.run('New-CsXmppAllowedPartner', '-Identity', 'fabrikam.com', ...all);
    const more = [
      '-ProxyFqdn',
      '$null',
      '-ConnectionLimit',
      '$null',
      '-AdditionalDomains',
      '@{Add="c.fabrikam.com";Remove="a.fabrikam.com"}',
    ];
    expect(await first('Set-CsXmppAllowedPartner', 'fabrikam.com', ...more, '-PassThru')).toMatchObject({
      ProxyFqdn: null,
      ConnectionLimit: null,
      AdditionalDomains: ['b.fabrikam.com', 'c.fabrikam.com'],
    });
  });

  it('without a method left are refused with commands that would work, and the first of them does', async () => {
    const { code, stderr } = await xgw.type(
      'new-xmppfederatedpartner',
      'a.com',
      '-Tls',
      'Required',
      '-Sasl',
      'NotSupported',
      '-SupportDialback',
      'false',
    );
    expect([code, idIn(stderr)]).toEqual([5, 'NegotiationNotValid']);
    const [, fix = ''] = /Fix: {4}xgw (.*)/.exec(stderr) ?? [];
    expect(await first(...fix.split(' '))).toMatchObject({ EffectiveMethods: ['SASL over TLS'] });
  });

  it('that are our own domain are refused, and the other way round', async () => {
    await xgw.run('new-sipdomain', 'contoso.com');
    expect(await outcome('new-xmppfederatedpartner', 'contoso.com')).toEqual([5, 'DomainIsLocal']);
    await xgw.run('new-xmppfederatedpartner', 'fabrikam.com');
    expect(await outcome('new-sipdomain', 'fabrikam.com')).toEqual([6, 'DomainBelongsToPartner']);
  });

  it('InMemory keep nothing', async () => {
    expect(await first('new-xmppfederatedpartner', 'a.com', '-InMemory')).toMatchObject({
      Identity: 'a.com',
      Changed: false,
    });
    expect(await xgw.run('get-xmppfederatedpartner')).toEqual([]);
  });

  it('twelve new ones at the same time are twelve revisions', async () => {
    const domains = Array.from({ length: 12 }, (_, index) => `p${index}.example`);
    await Promise.all(domains.map((domain) => xgw.run('new-xmppfederatedpartner', domain, '-LockTimeout', '50')));
    expect((await xgw.run('get-xmppfederatedpartner')).map((each) => each['Identity'])).toEqual(domains.toSorted());
    expect(await first('get-configurationstore')).toMatchObject({
      Revision: 12,
      LockHolder: null,
      Mode: '0600',
      FolderMode: '0700',
    });
  }, 180_000);
});

describe('policies and the access edge', () => {
  it('open XMPP to a user only together', async () => {
    await xgw.run('new-sipdomain', 'contoso.com');
    await xgw.run('new-user', 'alice@contoso.com');
    const blocked = async (): Promise<unknown> => (await first('get-user', 'alice@contoso.com'))['XmppBlockedReason'];
    expect(await blocked()).toBe('AllowFederatedUsers of the access edge is False');
    await xgw.run('set-accessedgeconfiguration', '-AllowFederatedUsers', 'true');
    expect(await blocked()).toBe('EnableFederationAccess of policy Global is False');
    const { stderr } = await xgw.type('set-externalaccesspolicy', 'Global', '-EnableXmppAccess', 'true');
    expect(stderr).toContain('WARNING: EnableXmppAccess of Global has no effect until EnableFederationAccess is True.');
    await xgw.run('new-externalaccesspolicy', 'FedPic', '-EnableFederationAccess', 'true', '-EnableXmppAccess', 'true');
    await xgw.run('grant-externalaccesspolicy', 'alice@contoso.com', 'FedPic');
    expect(await first('get-user', 'alice@contoso.com')).toMatchObject({
      XmppAllowed: true,
      XmppBlockedReason: null,
      EffectivePolicy: 'tag:FedPic',
    });
    expect(await outcome('remove-externalaccesspolicy', 'FedPic')).toEqual([6, 'ObjectInUse']);
    await xgw.run('grant-externalaccesspolicy', 'alice@contoso.com', '$null');
    expect(await outcome('remove-externalaccesspolicy', 'FedPic')).toEqual([0, undefined]);
    expect(await blocked()).toBe('EnableFederationAccess of policy Global is False');
  });
});

describe('users', () => {
  beforeEach(() => xgw.run('new-sipdomain', 'contoso.com'));

  it('have the digests of their password in the key folder, and nothing of it anywhere else', async () => {
    await xgw.run('new-user', 'sip:alice@contoso.com', '-PasswordFile', secretFile('correct horse\n'));
    const [name = ''] = readdirSync(fileOf('keys'));
    expect((statSync(fileOf(`keys/${name}`)).mode & 0o777).toString(8)).toBe('600');
    const expected = digestCredential('alice', 'contoso.com', new Secret('correct horse'));
    expect(parseDigestCredential(readFileSync(fileOf(`keys/${name}`), 'utf8'))).toEqual({ ok: true, value: expected });
    expect(readFileSync(fileOf('store.json'), 'utf8')).not.toContain(expected.md5);
  });

  it('get another credential with another password, and lose it with the account', async () => {
    await xgw.run('new-user', 'alice@contoso.com', '-PasswordFile', secretFile('one'));
    const before = readdirSync(fileOf('keys'));
    await xgw.run('set-user', 'alice@contoso.com', '-PasswordFile', secretFile('two'));
    const after = readdirSync(fileOf('keys'));
    expect([before.length, after.length, before[0] === after[0]]).toEqual([1, 1, false]);
    await xgw.run('remove-user', 'alice@contoso.com');
    expect(readdirSync(fileOf('keys'))).toEqual([]);
  });

  it('that are refused leave no credential behind', async () => {
    expect(await outcome('new-user', 'bob@fabrikam.com', '-PasswordFile', secretFile('x'))).toEqual([
      5,
      'DomainNotLocal',
    ]);
    await xgw.run('new-user', 'alice@contoso.com');
    expect(await outcome('new-user', 'alice@contoso.com', '-PasswordFile', secretFile('x'))).toEqual([
      6,
      'ObjectAlreadyExists',
    ]);
    expect(readdirSync(fileOf('keys'))).toEqual([]);
  });

  it('have no password on the command line, and none from a file that others can read', async () => {
    expect(await outcome('new-user', 'alice@contoso.com', '-Password', 'hunter2')).toEqual([2, 'SecretOnCommandLine']);
    const exposed = path.join(temporaryFolder(), 'exposed');
    writeFileSync(exposed, 'x', { mode: 0o644 });
    expect(await outcome('new-user', 'alice@contoso.com', '-PasswordFile', exposed)).toEqual([8, 'KeyFileExposed']);
    expect(await outcome('new-user', 'alice@contoso.com', '-PasswordFile', '/nowhere')).toEqual([3, 'FileNotFound']);
  });

  it('keep their domain in the store', async () => {
    await xgw.run('new-sipdomain', 'emea.contoso.com');
    await xgw.run('new-user', 'eva@emea.contoso.com');
    expect(await outcome('remove-sipdomain', 'emea.contoso.com')).toEqual([6, 'ObjectInUse']);
  });
});

describe('the gateway settings', () => {
  it('are all settable, and Reset keeps the name and the secret', async () => {
    const given = [
      '-AccessEdgeFqdn',
      'edge.contoso.com',
      '-XmppPort',
      '15269',
      '-SipMode',
      'NextHop',
      '-SipNextHop',
      'pool.contoso.com:5061;transport=tls',
    ];
    const changed = await first('set-xmppgatewayconfiguration', ...given, '-TrustedSipPeers', '127.0.0.1', '-PassThru');
    expect(changed).toMatchObject({
      XmppPort: 15_269,
      SipMode: 'NextHop',
      TrustedSipPeers: ['127.0.0.1'],
      NeedsRestart: [],
    });
    const reset = await first('set-xmppgatewayconfiguration', '-Reset', '-MetricsPort', '9100', '-PassThru');
    expect(reset).toMatchObject({
      XmppPort: 5269,
      SipMode: 'HomeServer',
      SipNextHop: null,
      MetricsPort: 9100,
      AccessEdgeFqdn: 'edge.contoso.com',
    });
  });

  it('name whom partners may write to, as a list that can be changed', async () => {
    const set = async (change: string): Promise<unknown> =>
      (await first('set-xmppgatewayconfiguration', `-ContactAddresses:${change}`, '-PassThru'))?.['ContactAddresses'];
    expect(await set('abuse=mailto:abuse@contoso.com')).toEqual(['abuse=mailto:abuse@contoso.com']);
    expect(await set('+admin=xmpp:ops@contoso.com')).toHaveLength(2);
    expect(await set('-abuse=mailto:abuse@contoso.com')).toEqual(['admin=xmpp:ops@contoso.com']);
  });

  it.each([
    [['-XmppPort', '70000'], 5, 'InvalidValue'],
    [['-KeepAliveInterval', '0'], 5, 'InvalidValue'],
    [['-SipMode', 'NextHop'], 5, 'InvalidValue'],
    [['-SipNextHop', 'a b'], 5, 'InvalidValue'],
    [['-ContactAddresses', 'abuse@contoso.com'], 5, 'InvalidValue'],
    [['-XmppListenAddress', 'localhost'], 5, 'InvalidValue'],
    [['-TrustedRootsPath', '/nowhere.pem'], 3, 'FileNotFound'],
    [['-DialbackPassphrase', 'hunter2'], 2, 'SecretOnCommandLine'],
    [['-EnableLoggingAllMessageBodies', 'true'], 4, 'ConfirmationRequired'],
  ])('%j is refused', async (words, code, id) => {
    expect(await outcome('set-xmppgatewayconfiguration', ...words)).toEqual([code, id]);
  });

  it('keep the dialback secret as a key file, the same for the same passphrase', async () => {
    await xgw.run('set-xmppgatewayconfiguration', '-DialbackPassphraseFile', secretFile('shared by two gateways\n'));
    const secret = readFileSync(fileOf('keys/dialback.secret'), 'utf8');
    expect(secret).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await first('get-xmppgatewayconfiguration')).toMatchObject({ DialbackPassphraseIsSet: true });
    await xgw.run('set-xmppgatewayconfiguration', '-GenerateDialbackPassphrase');
    expect(readFileSync(fileOf('keys/dialback.secret'), 'utf8')).not.toBe(secret);
    await xgw.run('set-xmppgatewayconfiguration', '-DialbackPassphraseFile', secretFile('shared by two gateways'));
    expect(readFileSync(fileOf('keys/dialback.secret'), 'utf8')).toBe(secret);
  });
});

describe('the store', () => {
  it('that is damaged is exit 5 with file and field, is not touched, and get-configurationstore still answers', async () => {
    mkdirSync(xgw.home);
    writeFileSync(fileOf('store.json'), '{"formatVersion":1,"federatedPartners":{"a.com":{"tlsNegotiation":"Maybe"}}}');
    const text = readFileSync(fileOf('store.json'), 'utf8');
    for (const words of [['get-xmppfederatedpartner'], ['new-xmppfederatedpartner', 'b.com']]) {
      const { code, stderr } = await xgw.type(...words);
      expect([code, idIn(stderr)]).toEqual([5, 'ConfigurationDamaged']);
      expect(stderr).toContain(fileOf('store.json'));
    }
    expect(readFileSync(fileOf('store.json'), 'utf8')).toBe(text);
    expect((await first('get-configurationstore'))['Health']).toContain('ConfigurationDamaged');
  });

  it('that the system does not let us into is told by get-configurationstore, which is asked what is wrong', async () => {
    symlinkSync(xgw.home, xgw.home);
    const Health = 'StoreDenied: too many symbolic links';
    expect(await first('get-configurationstore')).toMatchObject({ Health, Exists: null, Mode: null, Revision: null });
    expect(await outcome('get-xmppfederatedpartner')).toEqual([8, 'StoreDenied']);
  });

  it('tells who changed what', async () => {
    await xgw.run('new-xmppfederatedpartner', 'fabrikam.com');
    await xgw.run('new-xmppfederatedpartner', 'contoso.org');
    await xgw.run('set-xmppfederatedpartner', 'fabrikam.com', '-SaslNegotiation', 'Optional');
    await xgw.run('remove-xmppfederatedpartner', 'contoso.org');
    const history = await xgw.run('get-configurationhistory');
    expect(history.map(({ Revision, Summary }) => `${String(Revision)} ${String(Summary)}`)).toEqual([
      '4 contoso.org removed',
      '3 fabrikam.com: SaslNegotiation Required -> Optional',
      '2 contoso.org created',
      '1 fabrikam.com created',
    ]);
    const ofOne = await xgw.run('get-configurationhistory', 'FABRIKAM.*', '-First', '1');
    expect(ofOne.map((each) => each['Revision'])).toEqual([3]);
    expect((await xgw.run('get-configurationhistory', '-Since', '3')).map((each) => each['Revision'])).toEqual([4]);
  });

  it('refuses a change of another revision', async () => {
    await xgw.run('new-xmppfederatedpartner', 'fabrikam.com');
    expect(await outcome('set-xmppfederatedpartner', 'fabrikam.com', '-Description', 'x', '-IfRevision', '7')).toEqual([
      6,
      'RevisionConflict',
    ]);
  });
});
