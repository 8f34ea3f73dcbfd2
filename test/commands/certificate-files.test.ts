/** Certificates in the files of others, in and out; and private keys that rest encrypted, from the request to the start of the gateway. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import exportCertificate from '../../src/commands/export-certificate.ts';
import importCertificate from '../../src/commands/import-certificate.ts';
import requestCertificate from '../../src/commands/request-certificate.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration } from '../../src/config/defaults.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { openKeyStore } from '../../src/store/key-store.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { caExtensions, OpensslPki } from '../certificates/openssl-pki.ts';
import { PfxTools, withoutPem } from '../certificates/pfx-tools.ts';
import { gatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { xgwIn } from '../support/xgw.ts';
import { type Recorded, runCmdlet } from './support/recording-context.ts';

const pki = new OpensslPki();
const tools = new PfxTools();
afterAll(() => {
  pki.remove();
  tools.remove();
});

async function newStore(): Promise<string> {
  const folder = temporaryFolder();
  const domain = 'contoso.example' as DomainName;
  const apply = (): Configuration => ({
    ...emptyConfiguration,
    sipDomains: { [domain]: { identity: domain, isDefault: true } },
    gateway: { ...emptyConfiguration.gateway, accessEdgeFqdn: 'edge.contoso.example', useSystemRoots: false },
  });
  await openConfigStore(folder).update({ cmdlet: 'Test', target: 'x', lockTimeoutMs: 5000, apply });
  return folder;
}

function secretIn(folder: string, text: string, mode = 0o600): string {
  const file = path.join(folder, `secret-${Buffer.from(text).toString('hex')}`);
  writeFileSync(file, text, { mode });
  return file;
}

const failure = async (promise: Promise<unknown>) =>
  await promise.then(
    () => ({ id: 'none', reason: '', fix: [] as readonly string[] }),
    (error) => error as { readonly id: string; readonly reason: string; readonly fix: readonly string[] },
  );

const only = ({ objects }: Recorded): Readonly<Record<string, unknown>> => objects[0] ?? {};

describeWithPeers('a certificate in a PKCS#12 file', [peers.openssl, peers.certtool, peers.pk12util], () => {
  const root = pki.issue({ subject: '/CN=Root', extensions: caExtensions });
  const between = pki.issue({ subject: '/CN=Between', issuer: root, extensions: caExtensions });
  const leaf = pki.issue({ subject: '/CN=edge', issuer: between, key: 'rsa' });

  it('is imported with key, chain and friendly name, whatever the file is called', async () => {
    const folder = await newStore();
    const both = path.join(folder, 'both.pem');
    writeFileSync(both, root.pem + between.pem);
    const Path = path.join(folder, 'edge.cer');
    writeFileSync(Path, tools.byOpenssl(leaf, 'Pa55wörd', ['-legacy', '-name', 'Edge 2012', '-certfile', both]));
    const PasswordFile = secretIn(folder, 'Pa55wörd\n');
    const imported = only(await runCmdlet(importCertificate, { Path, PasswordFile, Type: 'ExternalEdge' }, { folder }));
    expect(imported).toMatchObject({
      FriendlyName: 'Edge 2012',
      ChainLength: 2,
      HasPrivateKey: true,
      PrivateKeyExportable: true,
      KeyEncrypted: false,
      AssignedTo: ['ExternalEdge'],
    });
  });

  it('is refused for a missing or wrong password, an exposed password file, and a missing MAC', async () => {
    const folder = await newStore();
    const Path = path.join(folder, 'edge.pfx');
    writeFileSync(Path, tools.byOpenssl(leaf, 'right'));
    const refused = async (given: Readonly<Record<string, string>>) =>
      await failure(runCmdlet(importCertificate, { Path, ...given }, { folder }));
    expect(await refused({})).toMatchObject({
      id: 'PasswordMissing',
      fix: [`xgw import-certificate ${Path} -PasswordFile password.txt`],
    });
    expect((await refused({ PasswordFile: secretIn(folder, 'wrong') })).id).toBe('PasswordWrong');
    expect((await refused({ PasswordFile: secretIn(folder, 'right\n', 0o644) })).id).toBe('KeyFileExposed');
    expect((await refused({ Path: '-', PasswordStdin: 'true' })).id).toBe('ParameterConflict');
    writeFileSync(Path, tools.byOpenssl(leaf, 'right', ['-nomac']));
    const PasswordFile = secretIn(folder, 'right');
    expect(await refused({ PasswordFile })).toMatchObject({
      id: 'CertificateUnreadable',
      reason: expect.stringContaining('no MAC'),
      fix: [`xgw import-certificate ${Path} -PasswordFile ${PasswordFile} -Force`],
    });
    expect(openKeyStore(folder).keyNames()).toEqual([]);
    const forced = await runCmdlet(importCertificate, { Path, PasswordFile }, { folder, force: true });
    expect(only(forced)).toMatchObject({ HasPrivateKey: true });
  });

  it.each([
    [{}, 'PBES2, PBKDF2, AES-256-CBC'],
    [{ LegacyPfx: 'true' }, 'pbeWithSHA1And3-KeyTripleDES-CBC'],
  ])('is exported with %j so that openssl, certtool and pk12util open it', async (given, algorithm) => {
    const folder = await newStore();
    const both = path.join(folder, 'both.pem');
    writeFileSync(both, leaf.pem + between.pem + readFileSync(leaf.keyFile, 'utf8'));
    const Thumbprint = String(only(await runCmdlet(importCertificate, { Path: both }, { folder }))['Thumbprint']);
    const Path = path.join(folder, 'out.pfx');
    const PasswordFile = secretIn(folder, 'Pa55wörd\n');
    const wanted = { Thumbprint, Path, IncludePrivateKey: 'true', PasswordFile, ...given };
    await runCmdlet(exportCertificate, wanted, { folder, whatIf: true });
    expect(existsSync(Path)).toBe(false);
    await runCmdlet(exportCertificate, wanted, { folder });
    expect(statSync(Path).mode & 0o777).toBe(0o600);
    const said = tools.open(readFileSync(Path), 'Pa55wörd');
    expect(said.openssl).toContain(`Shrouded Keybag: ${algorithm}`);
    expect(said.openssl.match(/BEGIN (CERTIFICATE|PRIVATE KEY)/g)).toHaveLength(3);
    expect(withoutPem(said.certtool)).not.toMatch(/error|fail/i);
    expect(said.pk12util).toContain('PKCS12 IMPORT SUCCESSFUL');
  });

  it('is not made without a key, without a password, or from a key that is not exportable', async () => {
    const folder = await newStore();
    const both = path.join(folder, 'both.pem');
    writeFileSync(both, leaf.pem + readFileSync(leaf.keyFile, 'utf8'));
    const imported = await runCmdlet(importCertificate, { Path: both, PrivateKeyExportable: 'false' }, { folder });
    const Path = path.join(folder, 'out.p12');
    const given = { Thumbprint: String(only(imported)['Thumbprint']), Path };
    const refused = async (more: Readonly<Record<string, string>>) =>
      (await failure(runCmdlet(exportCertificate, { ...given, ...more }, { folder }))).id;
    const PasswordFile = secretIn(folder, 'x');
    expect(await refused({ PasswordFile })).toBe('ParameterConflict');
    expect(await refused({ IncludePrivateKey: 'true', PasswordFile })).toBe('CertificateNotExportable');
    await runCmdlet(importCertificate, { Path: both, PrivateKeyExportable: 'true' }, { folder });
    expect(await refused({ IncludePrivateKey: 'true' })).toBe('PasswordMissing');
    expect(await refused({ IncludePrivateKey: 'true', PasswordFile: secretIn(folder, '\n') })).toBe('InvalidValue');
    expect(existsSync(Path)).toBe(false);
  });
});

describeWithPeers('a private key under a passphrase', [peers.openssl, peers.certtool], () => {
  const keyFile = (folder: string, name: unknown): string => path.join(folder, 'keys', `${String(name)}.key.pem`);
  const opens = (file: string, passphrase: string): string =>
    tools.run('openssl', ['pkey', '-in', file, '-noout', '-text', '-passin', `pass:${passphrase}`]) +
    tools.run('certtool', ['--key-info', '--infile', file, '--password', passphrase]);

  it('rests as PBES2 with 600 000 iterations, as openssl and certtool read it, from its first moment on', async () => {
    const folder = await newStore();
    const KeyPassphraseFile = secretIn(folder, 'Pa55wörd\n');
    const given = { Output: path.join(folder, 'edge.csr'), KeyAlg: 'ECDSA_P256', KeyPassphraseFile };
    const { PublicKeySha256 } = only(await runCmdlet(requestCertificate, given, { folder }));
    const file = keyFile(folder, PublicKeySha256);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const parsed = tools.run('openssl', ['asn1parse', '-in', file]);
    for (const part of ['PBES2', 'PBKDF2', 'INTEGER           :0927C0', 'hmacWithSHA256', 'aes-256-cbc'])
      expect(parsed).toContain(part);
    const said = opens(file, 'Pa55wörd');
    expect(said).toContain('NIST CURVE: P-256');
    expect(said).toContain('Key Security Level');
    expect(opens(file, 'wrong')).not.toMatch(/NIST CURVE|Key Security Level/);
  });

  it('is encrypted under the systemd credential that the service reads, or refused where nothing gives a passphrase', async () => {
    const home = path.join(temporaryFolder(), 'store');
    await xgwIn(home).run('new-sipdomain', 'contoso.example');
    const words = ['request-certificate', '-CA', 'local', '-KeyAlg', 'ECDSA_P256', '-EncryptKey'];
    const refused = await xgwIn(home).type(...words);
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('systemd credential xgw-key-pass')]);
    const credentials = temporaryFolder();
    writeFileSync(path.join(credentials, 'xgw-key-pass'), 'geheim\n');
    const [made] = await xgwIn(home, { CREDENTIALS_DIRECTORY: credentials }).run(...words);
    expect(opens(keyFile(home, made?.['PublicKeySha256']), 'geheim')).toContain('NIST CURVE: P-256');
  });

  it('stays so through the import, and is exported only to those who know the passphrase', async () => {
    const folder = await newStore();
    const KeyPassphraseFile = secretIn(folder, 'geheim\n');
    const given = { CA: 'local', KeyAlg: 'ECDSA_P256', KeyPassphraseFile };
    const { Thumbprint, PublicKeySha256, KeyEncrypted } = only(await runCmdlet(requestCertificate, given, { folder }));
    expect(KeyEncrypted).toBe(true);
    const before = readFileSync(keyFile(folder, PublicKeySha256), 'utf8');
    const Path = path.join(folder, 'out.pem');
    const wanted = { Thumbprint: String(Thumbprint), Path, IncludePrivateKey: 'true' };
    const refused = async (more: Readonly<Record<string, string>>) =>
      (await failure(runCmdlet(exportCertificate, { ...wanted, ...more }, { folder }))).id;
    expect(await refused({})).toBe('PasswordMissing');
    expect(await refused({ KeyPassphraseFile: secretIn(folder, 'wrong') })).toBe('PasswordWrong');
    await runCmdlet(exportCertificate, { ...wanted, KeyPassphraseFile }, { folder });
    // The same key once more, as anybody can read it: the encrypted one stays.
    const again = only(await runCmdlet(importCertificate, { Path }, { folder }));
    expect(again).toMatchObject({ KeyEncrypted: true, Changed: false });
    expect(readFileSync(keyFile(folder, PublicKeySha256), 'utf8')).toBe(before);
  });

  it('is encrypted by an import that asks for it, when it came along and when the store had it', async () => {
    const folder = await newStore();
    const leaf = pki.issue({ subject: '/CN=edge' });
    const both = path.join(folder, 'both.pem');
    writeFileSync(both, leaf.pem + readFileSync(leaf.keyFile, 'utf8'));
    const KeyPassphraseFile = secretIn(folder, 'geheim\n');
    const plain = only(await runCmdlet(importCertificate, { Path: both }, { folder }));
    expect(plain).toMatchObject({ KeyEncrypted: false });
    const file = keyFile(folder, plain['PublicKeySha256']);
    expect(readFileSync(file, 'utf8')).toContain('BEGIN PRIVATE KEY');
    const given = { Path: leaf.certFile, KeyPassphraseFile };
    await runCmdlet(importCertificate, given, { folder, answer: false });
    expect(readFileSync(file, 'utf8')).toContain('BEGIN PRIVATE KEY');
    expect(only(await runCmdlet(importCertificate, given, { folder }))).toMatchObject({ KeyEncrypted: true });
    expect(readFileSync(file, 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    const wrong = { Path: leaf.certFile, KeyPassphraseFile: secretIn(folder, 'wrong') };
    expect((await failure(runCmdlet(importCertificate, wrong, { folder }))).id).toBe('PasswordWrong');
  });

  it('is decrypted once for the gateway, and again only when its file has changed', async () => {
    const folder = await newStore();
    const given = { CA: 'local', KeyAlg: 'ECDSA_P256', KeyPassphraseFile: secretIn(folder, 'geheim\n') };
    const { PublicKeySha256 } = only(await runCmdlet(requestCertificate, given, { folder }));
    let asked = 0;
    const keys = openKeyStore(folder, () => {
      asked += 1;
      return new Secret('geheim');
    });
    const first = keys.readKey(String(PublicKeySha256));
    expect(keys.readKey(String(PublicKeySha256))).toBe(first);
    expect(asked).toBe(1);
  });
});

describe('a gateway whose private key is encrypted', () => {
  it('starts with the passphrase, and without it says what is missing and does not start', async () => {
    const site = await gatewaySite('contoso.example');
    const folder = temporaryFolder();
    const KeyPassphraseFile = secretIn(folder, 'geheim\n');
    await site.run(
      'request-certificate',
      '-New',
      '-CA',
      'local',
      '-KeyAlg',
      'ECDSA_P256',
      '-KeyPassphraseFile',
      KeyPassphraseFile,
    );
    const idOf = (stderr: string): unknown => /Id: +(\w+)/.exec(stderr)?.[1];
    const missing = await site.type('start-service');
    expect([missing.code, idOf(missing.stderr)]).toEqual([4, 'PasswordMissing']);
    expect(missing.stderr).toContain('XGW_KEY_PASSPHRASE_FILE');
    const wrong = await xgwIn(site.home, { XGW_KEY_PASSPHRASE_FILE: secretIn(folder, 'x') }).type('start-service');
    expect([wrong.code, idOf(wrong.stderr)]).toEqual([5, 'PasswordWrong']);
    expect((await site.run('get-service'))[0]).toMatchObject({ Status: 'Stopped' });
    const started = await xgwIn(site.home, { XGW_KEY_PASSPHRASE_FILE: KeyPassphraseFile }).type('start-service');
    expect([started.code, started.stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect((await site.run('get-service'))[0]).toMatchObject({ Status: 'Running' });
  });
});
