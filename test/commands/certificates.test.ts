/** The way of a certificate, as an administrator goes it: request, authority, import, assign, look, export. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSecureContext } from 'node:tls';

import { afterAll, describe, expect, it } from '@jest/globals';
import exportCertificate from '../../src/commands/export-certificate.ts';
import getCertificate from '../../src/commands/get-certificate.ts';
import type { Cmdlet } from '../../src/commands/host/cmdlet.ts';
import importCertificate from '../../src/commands/import-certificate.ts';
import requestCertificate from '../../src/commands/request-certificate.ts';
import setCertificate from '../../src/commands/set-certificate.ts';
import showCertificateRequest from '../../src/commands/show-certificate-request.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration } from '../../src/config/defaults.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { openKeyStore } from '../../src/store/key-store.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { caExtensions, type Issued, OpensslPki } from '../certificates/openssl-pki.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Recorded, runCmdlet, type Surroundings } from './support/recording-context.ts';

/** A store with contoso.example and fabrikam.example behind the access edge sip.contoso.example. */
async function newStore(): Promise<string> {
  const folder = temporaryFolder();
  const domain = (name: string, isDefault: boolean) => ({ [name]: { identity: name as DomainName, isDefault } });
  const apply = (): Configuration => ({
    ...emptyConfiguration,
    sipDomains: {
      ...domain('contoso.example', true),
      ...domain('bücher.example'.replace('bücher', 'xn--bcher-kva'), false),
    },
    gateway: { ...emptyConfiguration.gateway, accessEdgeFqdn: 'edge.contoso.example', useSystemRoots: false },
  });
  await openConfigStore(folder).update({ cmdlet: 'Test', target: 'x', lockTimeoutMs: 5000, apply });
  return folder;
}

const run = (cmdlet: Cmdlet, given: Readonly<Record<string, string>>, surroundings: Surroundings) =>
  runCmdlet(cmdlet, given, surroundings);
const namesIn = (objects: Recorded['objects']): readonly string[] =>
  objects.flatMap((object) => object['SubjectAlternativeNames'] as { Name: string }[]).map(({ Name }) => Name);
const failure = async (
  promise: Promise<unknown>,
): Promise<{ readonly id: string; readonly reason: string; readonly fix: readonly string[] }> =>
  await promise.then(
    () => ({ id: 'none', reason: '', fix: [] }),
    (error) => error,
  );

describe('request-certificate -WhatIf', () => {
  it('shows subject and names with their reasons, and leaves no key, no file and no revision', async () => {
    const folder = await newStore();
    const before = openConfigStore(folder).read();
    const output = path.join(folder, 'edge.csr');
    const { objects } = await run(
      requestCertificate,
      { Output: output, AllSipDomain: 'true', Organization: 'Contoso', Country: 'tw' },
      { folder, whatIf: true },
    );
    expect(objects).toEqual([
      expect.objectContaining({
        Subject: 'CN=edge.contoso.example, O=Contoso, C=TW',
        SubjectAlternativeNames: [
          { Name: 'DNS:edge.contoso.example', Reason: expect.stringContaining('access edge') },
          { Name: 'DNS:sip.contoso.example', Reason: expect.any(String) },
          { Name: 'DNS:sip.xn--bcher-kva.example', Reason: expect.stringContaining('bücher.example') },
          { Name: 'DNS:contoso.example', Reason: expect.stringContaining('XMPP partners') },
          { Name: 'DNS:xn--bcher-kva.example', Reason: expect.any(String) },
        ],
        PublicKeySha256: null,
        RequestId: null,
      }),
    ]);
    expect(existsSync(output)).toBe(false);
    expect(existsSync(path.join(folder, 'keys'))).toBe(false);
    expect(openConfigStore(folder).read()).toEqual(before);
  });

  it('with -CA local makes no authority either', async () => {
    const folder = await newStore();
    await run(requestCertificate, { CA: 'local' }, { folder, whatIf: true });
    expect(existsSync(path.join(folder, 'keys'))).toBe(false);
  });
});

describe('request-certificate', () => {
  it('by default asks for the names of the default domain and for no client authentication', async () => {
    const folder = await newStore();
    const { objects } = await run(requestCertificate, { Output: '-' }, { folder, whatIf: true });
    const names = namesIn(objects);
    expect(names).toEqual([
      'DNS:edge.contoso.example',
      'DNS:sip.contoso.example',
      'DNS:contoso.example',
      'DNS:xn--bcher-kva.example',
    ]);
  });

  it('with -NoDefaultSan keeps only what was asked for', async () => {
    const folder = await newStore();
    const given = { Output: '-', NoDefaultSan: 'true', DomainName: 'a.contoso.example,*.contoso.example' };
    const { objects, warnings } = await run(requestCertificate, given, { folder, whatIf: true });
    const names = namesIn(objects);
    expect(names).toEqual(['DNS:edge.contoso.example', 'DNS:a.contoso.example', 'DNS:*.contoso.example']);
    expect(warnings.join()).toContain('covers neither contoso.example itself');
  });

  it.each([
    [{ Output: '-', SipDomain: 'fabrikam.example' }, 'DomainNotLocal'],
    [{ Output: '-', Country: 'Taiwan' }, 'RequestInvalid'],
    [{}, 'MandatoryParameterMissing'],
    [{ Output: '-', Format: 'der' }, 'ParameterConflict'],
    [{ List: 'true', Clear: 'true' }, 'ParameterConflict'],
    [{ Clear: 'true' }, 'MandatoryParameterMissing'],
    [{ List: 'true', RequestId: '9' }, 'ObjectNotFound'],
    [{ Output: './no such folder/edge.csr' }, 'FileNotFound'],
  ])('refuses %j with %s, and makes no key', async (given, id) => {
    const folder = await newStore();
    expect((await failure(run(requestCertificate, given, { folder }))).id).toBe(id);
    expect(openKeyStore(folder).keyNames()).toEqual([]);
  });

  it.each(['1024', '512'])('refuses a key of %s bits with the reason', (bits) => {
    const { KeySize } = requestCertificate.parameters;
    expect(KeySize.type.parse(bits)).toMatchObject({ ok: false, error: expect.stringContaining('too few') });
    expect(KeySize.type.refusal?.(bits)).toBe('KeyTooWeak');
  });

  it('has nothing to certify in an empty store, and says what to do', async () => {
    const refused = await failure(run(requestCertificate, { Output: '-' }, { folder: temporaryFolder() }));
    expect(refused).toMatchObject({
      id: 'RequestInvalid',
      fix: expect.arrayContaining([expect.stringContaining('new-sipdomain')]),
    });
  });

  it('does not overwrite a file, nor make a second request of the same name, unless forced', async () => {
    const folder = await newStore();
    const output = path.join(folder, 'edge.csr');
    writeFileSync(output, 'precious');
    const given = { Output: output, FriendlyName: 'Edge', KeyAlg: 'ECDSA_P256' };
    expect((await failure(run(requestCertificate, given, { folder }))).id).toBe('FileExists');
    expect(readFileSync(output, 'utf8')).toBe('precious');
    await run(requestCertificate, given, { folder, force: true });
    const second = await failure(run(requestCertificate, { ...given, Output: `${output}2` }, { folder }));
    expect(second).toMatchObject({ id: 'ObjectAlreadyExists', reason: expect.stringContaining('request 1') });
    expect(openKeyStore(folder).keyNames()).toHaveLength(1);
  });

  it('keeps the key before the request is shown: a No leaves neither', async () => {
    const folder = await newStore();
    const { objects, texts } = await run(
      requestCertificate,
      { Output: '-', KeyAlg: 'ECDSA_P256' },
      { folder, answer: false },
    );
    expect([objects, texts, openKeyStore(folder).keyNames()]).toEqual([[], [], []]);
  });

  it('-Clear gives a request up; its key goes to the trash, not away', async () => {
    const folder = await newStore();
    await run(requestCertificate, { Output: '-', KeyAlg: 'ECDSA_P256' }, { folder });
    const [key] = openKeyStore(folder).keyNames();
    await run(requestCertificate, { Clear: 'true', RequestId: '1' }, { folder });
    expect(readdirSync(path.join(folder, 'keys', 'trash'))).toEqual([`${key}.key.pem`]);
    expect((await run(requestCertificate, { List: 'true' }, { folder })).objects).toEqual([]);
  });
});

describeWithPeers('from request to export', [peers.openssl, peers.certtool], () => {
  const pki = new OpensslPki();
  afterAll(() => pki.remove());
  const root = pki.issue({ subject: '/CN=Root', extensions: caExtensions, days: 1000 });
  const intermediate = pki.issue({ subject: '/CN=Intermediate', issuer: root, extensions: caExtensions, days: 500 });

  /** What an authority does with a request: signs it, with the names in it. */
  function sign(csr: string, days = 90, extra: readonly string[] = []): string {
    const out = `${csr}.crt`;
    const signer = ['-CA', intermediate.certFile, '-CAkey', intermediate.keyFile, '-set_serial', '77'];
    execFileSync(
      'openssl',
      [
        'x509',
        '-req',
        '-in',
        csr,
        ...signer,
        '-copy_extensions',
        'copyall',
        '-days',
        String(days),
        ...extra,
        '-out',
        out,
      ],
      { stdio: 'ignore' },
    );
    return out;
  }

  async function requested(more: Readonly<Record<string, string>> = {}) {
    const folder = await newStore();
    const csr = path.join(folder, 'edge.csr');
    const { objects } = await run(
      requestCertificate,
      { Output: csr, KeyAlg: 'ECDSA_P256', FriendlyName: 'Edge', AllSipDomain: 'true', ...more },
      { folder },
    );
    return { folder, csr, object: objects[0] ?? {} };
  }

  it.each([
    ['RSA', '2048', 'Public Key: RSA 2048'],
    ['RSA', '3072', ''],
    ['ECDH_P384', '2048', ''],
  ])('makes a request from a key of %s %s that openssl and GnuTLS verify', async (KeyAlg, KeySize) => {
    const { csr, object } = await requested({ KeyAlg, KeySize });
    const say = (command: string, ...args: readonly string[]): string =>
      Object.values(spawnSync(command, args, { encoding: 'utf8' })).join('');
    expect(say('openssl', 'req', '-in', csr, '-noout', '-verify')).toContain('verify OK');
    expect(say('certtool', '--crq-info', '--infile', csr)).toContain('Self signature: verified');
    expect(object).toMatchObject({
      RequestId: 1,
      Status: 'Pending',
      Path: csr,
      PublicKeySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('shows the request decoded, and again as PEM', async () => {
    const { folder, csr } = await requested({ Template: 'WebServer', XmppSan: 'true', ClientEKU: 'true' });
    const expected = expect.objectContaining({
      Subject: 'CN=edge.contoso.example',
      ExtendedKeyUsage: ['serverAuth', 'clientAuth'],
      KeyUsage: ['digitalSignature'],
      Template: 'WebServer',
      SignatureValid: true,
      KeyAlgorithm: 'ECDSA_P256',
      SubjectAlternativeNames: expect.arrayContaining(['SRV:_xmpp-server.contoso.example', 'XMPP:bücher.example']),
    });
    expect((await run(showCertificateRequest, { RequestId: '1' }, { folder })).objects).toEqual([expected]);
    expect((await run(showCertificateRequest, { Path: csr }, { folder })).objects).toEqual([expected]);
    const pem = (await run(showCertificateRequest, { RequestId: '1' }, { folder, format: 'pem' })).texts.join('');
    expect(pem).toContain('-----BEGIN CERTIFICATE REQUEST-----');
    expect((await failure(run(showCertificateRequest, {}, { folder }))).id).toBe('MandatoryParameterMissing');
  });

  it('imports what the authority returned, with its chain in order, assigns it, and completes the request', async () => {
    const { folder, csr } = await requested();
    const crt = sign(csr);
    const bundle = path.join(folder, 'bundle.pem');
    writeFileSync(bundle, root.pem + intermediate.pem + readFileSync(crt, 'utf8'));
    const { objects, warnings } = await run(
      importCertificate,
      { Path: bundle, Type: 'ExternalEdge,XmppServer' },
      { folder },
    );
    expect(objects).toEqual([
      expect.objectContaining({
        FriendlyName: 'Edge',
        AssignedTo: ['ExternalEdge', 'XmppServer'],
        ChainLength: 2,
        DaysRemaining: 89,
        HasPrivateKey: true,
        SubjectAlternativeNames: expect.arrayContaining(['DNS:contoso.example', 'DNS:xn--bcher-kva.example']),
        Changed: true,
      }),
    ]);
    expect(warnings.join()).toContain('Partners will not trust this certificate unless they import its root.');
    const { certificateRequests, certificates } = openConfigStore(folder).read();
    expect(certificateRequests['1']?.status).toBe('Completed');
    const [record] = Object.values(certificates);
    const keys = openKeyStore(folder);
    const chain = keys.readChain(record?.thumbprint ?? '') ?? [];
    expect(chain).toHaveLength(2);
    expect(pki.accepts(chain, [root.der], 'contoso.example', new Date(Date.now() + 60_000))).toMatchObject({
      ok: true,
    });
    const again = await run(importCertificate, { Path: bundle, Type: 'ExternalEdge' }, { folder });
    expect(again.objects[0]).toMatchObject({ Changed: false });
  });

  it('produces files that Node.js serves TLS with', async () => {
    const { folder, csr } = await requested();
    await run(importCertificate, { Path: sign(csr), Type: 'ExternalEdge' }, { folder });
    const [thumbprint = ''] = Object.keys(openConfigStore(folder).read().certificates);
    const out = path.join(folder, 'all.pem');
    await run(exportCertificate, { Thumbprint: thumbprint, Path: out, IncludePrivateKey: 'true' }, { folder });
    expect((statSync(out).mode & 0o777).toString(8)).toBe('600');
    const pem = readFileSync(out);
    expect(() => createSecureContext({ key: pem, cert: pem })).not.toThrow();
  });

  it('names both keys and the pending requests when no key fits', async () => {
    const { folder, object } = await requested();
    const stranger: Issued = pki.issue({ issuer: root });
    const refused = await failure(run(importCertificate, { Path: stranger.certFile }, { folder }));
    expect(refused.id).toBe('KeyMismatch');
    expect(refused.reason).toContain(String(object['PublicKeySha256']));
    expect(refused.reason).toContain('request 1');
    expect(refused.reason).toMatch(/the certificate is for the public key [0-9a-f]{64}/);
    const onlyAuthority = await failure(run(importCertificate, { Path: intermediate.certFile }, { folder }));
    expect(onlyAuthority.reason).toContain('authorities only');
  });

  it('takes certificate and key from elsewhere in one file', async () => {
    const folder = await newStore();
    const theirs = pki.issue({ subject: '/CN=theirs', issuer: root });
    const file = path.join(folder, 'both.pem');
    writeFileSync(file, readFileSync(theirs.keyFile, 'utf8') + theirs.pem);
    const { objects } = await run(importCertificate, { Path: file, PrivateKeyExportable: 'false' }, { folder });
    expect(objects[0]).toMatchObject({ HasPrivateKey: true, PrivateKeyExportable: false, AssignedTo: [] });
    const thumbprint = String(objects[0]?.['Thumbprint']);
    expect(thumbprint).toBe(
      execFileSync('openssl', ['x509', '-in', theirs.certFile, '-noout', '-fingerprint', '-sha1'], {
        encoding: 'utf8',
      }).replace(/^.*=|:|\n/g, ''),
    );
    const out = path.join(folder, 'out.pem');
    const refused = await failure(
      run(exportCertificate, { Thumbprint: thumbprint, Path: out, IncludePrivateKey: 'true' }, { folder }),
    );
    expect(refused.id).toBe('CertificateNotExportable');
    expect(existsSync(out)).toBe(false);
    const whole = await run(exportCertificate, { Thumbprint: thumbprint }, { folder });
    expect(whole.texts.join('')).toBe(theirs.pem);
  });

  it('with -WhatIf imports nothing', async () => {
    const { folder, csr } = await requested();
    const before = readdirSync(path.join(folder, 'keys'));
    await run(importCertificate, { Path: sign(csr), Type: 'ExternalEdge' }, { folder, whatIf: true });
    expect(readdirSync(path.join(folder, 'keys'))).toEqual(before);
    expect(openConfigStore(folder).read().certificates).toEqual({});
  });

  it('imports an expired certificate with a warning, and refuses to assign it', async () => {
    const { folder, csr } = await requested();
    const crt = sign(csr, 1);
    const now = new Date(Date.now() + 10 * 86_400_000);
    const refused = await failure(run(importCertificate, { Path: crt, Type: 'ExternalEdge' }, { folder, now }));
    expect(refused).toMatchObject({ id: 'CertificateUnsuitable', reason: expect.stringContaining('expired') });
    const { objects, warnings } = await run(importCertificate, { Path: crt }, { folder, now });
    expect(warnings.join()).toContain('expired');
    const Thumbprint = String(objects[0]?.['Thumbprint']);
    const assigning = run(setCertificate, { Thumbprint, Type: 'ExternalEdge' }, { folder, now });
    expect((await failure(assigning)).id).toBe('CertificateUnsuitable');
    expect((await run(getCertificate, {}, { folder, now })).objects[0]).toMatchObject({ DaysRemaining: -10 });
  });

  it('refuses to assign what is for clients only', async () => {
    const { folder, csr } = await requested();
    const extensions = path.join(folder, 'ext');
    writeFileSync(extensions, 'extendedKeyUsage=clientAuth');
    const crt = `${csr}.crt`;
    const signer = ['-CA', root.certFile, '-CAkey', root.keyFile, '-set_serial', '78', '-extfile', extensions];
    execFileSync('openssl', ['x509', '-req', '-in', csr, ...signer, '-out', crt], { stdio: 'ignore' });
    const refused = await failure(run(importCertificate, { Path: crt, Type: 'ExternalEdge' }, { folder }));
    expect(refused).toMatchObject({ id: 'CertificateUnsuitable', reason: expect.stringContaining('clientAuth') });
    const { warnings } = await run(importCertificate, { Path: crt }, { folder });
    expect(warnings.join()).toContain('left out names that were requested: DNS:edge.contoso.example');
  });

  it('says Valid of a chain that ends at an anchor, and what is wrong of others', async () => {
    const { folder, csr } = await requested();
    const bundle = path.join(folder, 'bundle.pem');
    writeFileSync(bundle, readFileSync(sign(csr), 'utf8') + intermediate.pem);
    await run(importCertificate, { Path: bundle }, { folder });
    const status = async () => (await run(getCertificate, {}, { folder })).objects[0]?.['ChainStatus'];
    expect(await status()).toBe('incomplete-chain');
    const trust = (current: Configuration): Configuration => ({
      ...current,
      gateway: { ...current.gateway, trustedRootsPath: root.certFile },
    });
    await openConfigStore(folder).update({ cmdlet: 'Test', target: 'x', lockTimeoutMs: 5000, apply: trust });
    expect(await status()).toBe('Valid');
  });

  it('exports an encrypted key that openssl opens with the passphrase only', async () => {
    const { folder, csr } = await requested();
    const { objects } = await run(importCertificate, { Path: sign(csr) }, { folder });
    const out = path.join(folder, 'key.pem');
    const password = path.join(folder, 'password');
    writeFileSync(password, 'Pa55wörd\n', { mode: 0o600 });
    const given = {
      Thumbprint: String(objects[0]?.['Thumbprint']),
      Path: out,
      IncludePrivateKey: 'true',
      PasswordFile: password,
    };
    await run(exportCertificate, given, { folder });
    const open = (pass: string) =>
      spawnSync('openssl', ['pkey', '-in', out, '-noout', '-text', '-passin', `pass:${pass}`], { encoding: 'utf8' });
    expect(readFileSync(out, 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    expect(open('Pa55wörd').stdout).toContain('NIST CURVE: P-256');
    expect(open('wrong').stdout).not.toContain('NIST CURVE');
    expect((await failure(run(exportCertificate, { ...given, Path: '-' }, { folder }))).id).toBe('ParameterConflict');
  });
});

describeWithPeers('the local test CA', [peers.openssl], () => {
  it('issues and assigns at once, warns, and gives its root to those who ask', async () => {
    const folder = await newStore();
    const { objects, warnings } = await run(requestCertificate, { CA: 'local' }, { folder });
    expect(objects[0]).toMatchObject({
      AssignedTo: ['ExternalEdge'],
      ChainStatus: 'LOCAL TEST CA',
      LocalTestCa: true,
      Issuer: expect.stringContaining('LOCAL TEST CA'),
    });
    expect(warnings.join()).toContain('LOCAL TEST CA');
    const out = path.join(folder, 'root.pem');
    await run(exportCertificate, { CA: 'local', Path: out }, { folder });
    const [thumbprint = ''] = Object.keys(openConfigStore(folder).read().certificates);
    const leaf = path.join(folder, 'leaf.pem');
    await run(exportCertificate, { Thumbprint: thumbprint, Path: leaf }, { folder });
    const verified = spawnSync(
      'openssl',
      ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'contoso.example', '-CAfile', out, leaf],
      { encoding: 'utf8' },
    );
    expect(verified.stdout).toBe(`${leaf}: OK\n`);
  });

  it('keeps its root for the next certificate, which takes the assignment over', async () => {
    const folder = await newStore();
    await run(requestCertificate, { CA: 'local', KeyAlg: 'ECDSA_P256' }, { folder });
    await run(requestCertificate, { CA: 'local', KeyAlg: 'ECDSA_P256' }, { folder });
    const { objects } = await run(getCertificate, {}, { folder });
    expect(new Set(objects.map(({ Issuer }) => Issuer)).size).toBe(1);
    expect(objects.map(({ AssignedTo }) => AssignedTo)).toEqual([[], ['ExternalEdge']]);
    const [first] = objects;
    await run(
      setCertificate,
      { Thumbprint: String(first?.['Thumbprint']).toLowerCase(), Type: 'AccessEdgeExternal' },
      { folder },
    );
    const after = (await run(getCertificate, { Type: 'ExternalEdge' }, { folder })).objects;
    expect(after.map(({ Thumbprint }) => Thumbprint)).toEqual([first?.['Thumbprint']]);
    expect((await failure(run(setCertificate, { Thumbprint: 'AB12', Type: 'ExternalEdge' }, { folder }))).id).toBe(
      'ObjectNotFound',
    );
    expect((await run(getCertificate, { ExpiringInDays: '30' }, { folder })).objects).toEqual([]);
  });

  it('has no root before the first certificate', async () => {
    const folder = await newStore();
    expect((await failure(run(exportCertificate, { CA: 'local' }, { folder }))).id).toBe('ObjectNotFound');
    expect((await failure(run(exportCertificate, {}, { folder }))).id).toBe('MandatoryParameterMissing');
  });
});
