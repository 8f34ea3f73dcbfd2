/**
 * What administrators fail at with certificates, and what this program does about it: one test or more for each pain that is not
 * tried elsewhere. docs/testing-certificates.md has the whole table, with the tests of the other rows.
 */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import getCertificate from '../../src/commands/get-certificate.ts';
import importCertificate from '../../src/commands/import-certificate.ts';
import requestCertificate from '../../src/commands/request-certificate.ts';
import setCertificate from '../../src/commands/set-certificate.ts';
import testCertificateConfiguration from '../../src/commands/test-certificate-configuration.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration } from '../../src/config/defaults.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { openKeyStore } from '../../src/store/key-store.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { caExtensions, OpensslPki } from '../certificates/openssl-pki.ts';
import { runCmdlet } from '../commands/support/recording-context.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const day = 86_400_000;
/** After everything that is issued here. */
const now = new Date(Date.now() + 60_000);

async function change(folder: string, apply: (current: Configuration) => Configuration): Promise<void> {
  await openConfigStore(folder).update({ cmdlet: 'Test', target: 'x', lockTimeoutMs: 5000, apply });
}

async function newStore(...domains: readonly string[]): Promise<string> {
  const folder = temporaryFolder();
  const all = ['contoso.example', ...domains].map((name, index) => [
    name,
    { identity: name as DomainName, isDefault: index === 0 },
  ]);
  await change(folder, () => ({
    ...emptyConfiguration,
    sipDomains: Object.fromEntries(all),
    gateway: { ...emptyConfiguration.gateway, accessEdgeFqdn: 'edge.contoso.example', useSystemRoots: false },
  }));
  return folder;
}

interface Failure {
  readonly id: string;
  readonly message: string;
  readonly reason: string | undefined;
  readonly fix: readonly string[];
}

const failureOf = async (promise: Promise<unknown>): Promise<Failure> =>
  await promise.then(
    () => ({ id: 'none', message: '', reason: undefined, fix: [] }),
    (error) => error as Failure,
  );

const pki = new OpensslPki();
afterAll(() => pki.remove());

describeWithPeers('what administrators fail at with certificates', [peers.openssl], () => {
  const root = pki.issue({ subject: '/CN=Root', extensions: caExtensions, days: 1000 });
  const between = pki.issue({ subject: '/CN=Between', issuer: root, extensions: caExtensions, days: 500 });

  interface Asked {
    readonly folder: string;
    /** The file of the certificate alone. */
    readonly leaf: string;
  }

  /** A request in a store, and what the authority made of it, with other names than were asked for when they are given. */
  async function signed(
    given: { readonly names?: string; readonly days?: number; readonly folder?: string } = {},
  ): Promise<Asked> {
    const folder = given.folder ?? (await newStore());
    const csr = path.join(folder, 'edge.csr');
    const name = `Edge ${readdirSync(folder).length}`;
    const wanted = { Output: csr, KeyAlg: 'ECDSA_P256', FriendlyName: name };
    await runCmdlet(requestCertificate, wanted, { folder, force: true });
    const leaf = `${csr}.pem`;
    const extensions = path.join(folder, 'ext');
    writeFileSync(
      extensions,
      `subjectAltName=${given.names ?? 'DNS:edge.contoso.example,DNS:sip.contoso.example,DNS:contoso.example'}\n`,
    );
    const signer = ['-CA', between.certFile, '-CAkey', between.keyFile, '-set_serial', String(Date.now())];
    const days = ['-days', String(given.days ?? 90), '-extfile', extensions];
    execFileSync('openssl', ['x509', '-req', '-in', csr, ...signer, ...days, '-out', leaf], { stdio: 'ignore' });
    return { folder, leaf };
  }

  const imported = async ({ folder, leaf }: Asked, more = {}) =>
    await runCmdlet(importCertificate, { Path: leaf, ...more }, { folder, now });

  async function tested(folder: string, more = {}, when = now) {
    const Report = path.join(folder, 'test.json');
    const failure = await failureOf(
      runCmdlet(testCertificateConfiguration, { Report, ...more }, { folder, now: when }),
    );
    const { Objects } = JSON.parse(readFileSync(Report, 'utf8')) as { Objects: Record<string, unknown>[] };
    return { failure, objects: Objects };
  }

  describe('the certificate names the host, not the XMPP domain', () => {
    it('is said at the import, and by the test with the reason for each name', async () => {
      const asked = await signed({ names: 'DNS:edge.contoso.example' });
      const { warnings } = await imported(asked, { Type: 'ExternalEdge' });
      expect(warnings.join('\n')).toContain('No name of the certificate covers contoso.example');
      expect((await tested(asked.folder)).objects).toContainEqual(
        expect.objectContaining({
          Domain: 'contoso.example',
          Name: 'DNS:edge.contoso.example',
          Result: 'Failure',
          Detail: 'it is a host in contoso.example; partners compare with the domain itself',
        }),
      );
    });

    it('is no matter for the internal edge, which partners never see', async () => {
      const { warnings } = await imported(await signed({ names: 'DNS:edge.contoso.example' }), {
        Type: 'InternalEdge',
      });
      expect(warnings.join('\n')).not.toContain('No name of the certificate');
    });
  });

  it('a certificate with SRVName alone: such names are only asked for beside the domain itself', async () => {
    const folder = await newStore();
    const { objects } = await runCmdlet(
      requestCertificate,
      { Output: path.join(folder, 'edge.csr'), KeyAlg: 'ECDSA_P256', XmppSan: 'true' },
      { folder },
    );
    const sans = objects.flatMap((object) => object['SubjectAlternativeNames'] as { Name: string }[]);
    const names = sans.map(({ Name }) => Name);
    for (const name of names.filter((each) => each.startsWith('SRV:')))
      expect(names).toContain(`DNS:${name.replace('SRV:_xmpp-server.', '')}`);
    expect(names).toContain('SRV:_xmpp-server.contoso.example');
  });

  it('a sub-domain that was forgotten is a failing row of its own', async () => {
    const asked = await signed({ folder: await newStore('chat.contoso.example') });
    await imported(asked, { Type: 'ExternalEdge' });
    const { failure, objects } = await tested(asked.folder);
    expect(failure.reason).toContain('no name of the certificate covers chat.contoso.example');
    expect(objects.filter(({ Domain, Covered }) => Domain === 'contoso.example' && Covered === true)).toHaveLength(1);
    expect(failure.fix.join()).toContain('-DomainName chat.contoso.example');
  });

  it.each([
    ['contoso.example', /not contoso\.example itself/],
    ['a.b.contoso.example', /one level below contoso\.example, not two/],
  ])('a wildcard does not cover %s, and the test says why', async (domain, why) => {
    const folder = await newStore(...(domain === 'contoso.example' ? [] : [domain]));
    const asked = await signed({ folder, names: 'DNS:*.contoso.example' });
    await imported(asked, { Type: 'ExternalEdge' });
    const row = (await tested(folder)).objects.find(({ Domain, Name }) => Domain === domain && Name !== null);
    expect(row).toMatchObject({ Covered: false, Result: 'Failure', Detail: expect.stringMatching(why) });
  });

  it('a wildcard is warned of when it is asked for', async () => {
    const folder = await newStore();
    const { warnings } = await runCmdlet(
      requestCertificate,
      { Output: '-', KeyAlg: 'ECDSA_P256', DomainName: '*.contoso.example' },
      { folder, whatIf: true },
    );
    expect(warnings.join()).toMatch(/covers neither contoso\.example itself nor two levels below it, and Lync/);
  });

  describe('the intermediate is missing', () => {
    it('can come in a file of its own', async () => {
      const { objects, warnings } = await imported(await signed(), { Chain: `${between.certFile},${root.certFile}` });
      expect(objects[0]).toMatchObject({ ChainLength: 2 });
      expect(warnings.join()).not.toContain('is missing');
    });

    it('can come later, and completes the certificates that lack it', async () => {
      const asked = await signed();
      const { objects: before } = await imported(asked);
      expect(before[0]).toMatchObject({ ChainLength: 1, ChainStatus: 'incomplete-chain' });
      const { objects } = await runCmdlet(importCertificate, { Path: between.certFile }, { folder: asked.folder, now });
      expect(objects).toEqual([expect.objectContaining({ ChainLength: 2, Changed: true })]);
      expect((await runCmdlet(getCertificate, {}, { folder: asked.folder, now })).objects[0]).toMatchObject({
        ChainLength: 2,
      });
    });

    it('is taken from the certificate before, when an authority sends the renewed one alone', async () => {
      const first = await signed();
      await imported(first, { Chain: between.certFile });
      const { objects } = await imported(await signed({ folder: first.folder }));
      expect(objects[0]).toMatchObject({ ChainLength: 2 });
    });

    it('of somebody else is left out, and said', async () => {
      const asked = await signed();
      await imported(asked);
      const strange = pki.issue({ subject: '/CN=Strange', issuer: root, extensions: caExtensions });
      const both = path.join(asked.folder, 'both.pem');
      writeFileSync(both, strange.pem + between.pem);
      const { warnings } = await runCmdlet(importCertificate, { Path: both }, { folder: asked.folder, now });
      expect(warnings).toEqual([expect.stringContaining('"CN=Strange" belongs to no certificate of the store')]);
    });
  });

  describe('the trust store lacks the root, or holds what is no root', () => {
    const anchorsOf = (folder: string): readonly string[] => {
      const file = openConfigStore(folder).read().gateway.trustedRootsPath ?? '';
      return (readFileSync(file, 'utf8').match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(
        (pem) => new X509Certificate(pem).subject,
      );
    };

    it('a self-signed authority goes to the trust anchors, an intermediate to the chains, doubles nowhere', async () => {
      const asked = await signed();
      await imported(asked);
      const file = path.join(asked.folder, 'all.pem');
      writeFileSync(file, between.pem + root.pem + root.pem + between.pem);
      await runCmdlet(importCertificate, { Path: file }, { folder: asked.folder, now });
      expect(anchorsOf(asked.folder)).toEqual(['CN=Root']);
      expect((await runCmdlet(getCertificate, {}, { folder: asked.folder, now })).objects[0]).toMatchObject({
        ChainLength: 2,
        ChainStatus: 'Valid',
      });
      const again = await runCmdlet(importCertificate, { Path: root.certFile }, { folder: asked.folder, now });
      expect([again.sentences, anchorsOf(asked.folder)]).toEqual([['"CN=Root" is trusted already.'], ['CN=Root']]);
      const other = pki.issue({ subject: '/CN=Other root', extensions: caExtensions });
      await runCmdlet(importCertificate, { Path: other.certFile }, { folder: asked.folder, now });
      expect(anchorsOf(asked.folder)).toEqual(['CN=Root', 'CN=Other root']);
    });

    it('is not trusted without a question, nor with -WhatIf, nor because it came along with a certificate', async () => {
      const { folder } = await signed();
      const refused = await runCmdlet(importCertificate, { Path: root.certFile }, { folder, answer: false });
      expect(refused.questions).toEqual([
        expect.stringMatching(
          /^Trust the authority for the certificates of all partners: "CN=Root", SHA-1 [0-9A-F]{40}$/,
        ),
      ]);
      await runCmdlet(importCertificate, { Path: root.certFile }, { folder, whatIf: true });
      const asked = await signed({ folder });
      await imported(asked, { Chain: `${between.certFile},${root.certFile}` });
      expect(openConfigStore(folder).read().gateway.trustedRootsPath).toBeUndefined();
    });

    it("does not write into an administrator's own file", async () => {
      const folder = await newStore();
      const other = pki.issue({ subject: '/CN=Mine', extensions: caExtensions });
      await change(folder, (current) => ({
        ...current,
        gateway: { ...current.gateway, trustedRootsPath: other.certFile },
      }));
      const failure = await failureOf(runCmdlet(importCertificate, { Path: root.certFile }, { folder }));
      expect(failure).toMatchObject({
        id: 'TrustFileForeign',
        fix: [`cat ${root.certFile} >> ${other.certFile}`, expect.anything()],
      });
      expect(readFileSync(other.certFile, 'utf8')).not.toContain(root.pem);
    });

    it('is named by the test with what is known instead, and how much of it', async () => {
      const folder = await newStore();
      const roots = path.join(folder, 'roots.pem');
      writeFileSync(roots, root.pem + between.pem);
      await change(folder, (current) => ({ ...current, gateway: { ...current.gateway, trustedRootsPath: roots } }));
      const own = pki.issue({ subject: '/CN=own', extensions: ['subjectAltName=DNS:contoso.example'] });
      const file = path.join(folder, 'own.pem');
      writeFileSync(file, readFileSync(own.keyFile, 'utf8') + own.pem);
      await runCmdlet(importCertificate, { Path: file, Type: 'ExternalEdge' }, { folder, now });
      const row = (await tested(folder)).objects.find(({ Name }) => Name === 'chain');
      expect(row).toMatchObject({ Result: 'Failure', Detail: expect.stringContaining(`Known here: ${roots} (2)`) });
    });
  });

  it('names that were requested and are not there, and names that were not requested, are both said', async () => {
    const asked = await signed({ names: 'DNS:contoso.example,DNS:www.contoso.example' });
    const { warnings } = await imported(asked);
    expect(warnings.join('\n')).toContain('left out names that were requested: DNS:edge.contoso.example');
    expect(warnings.join('\n')).toContain('added names that were not requested: DNS:www.contoso.example');
  });

  describe('a planned change at the import', () => {
    const from = new Date(now.getTime() + 30 * day);

    it('leaves the present certificate in force until then', async () => {
      const first = await signed();
      await imported(first, { Type: 'ExternalEdge' });
      const second = await signed({ folder: first.folder });
      const when = { Type: 'ExternalEdge', Roll: 'true', EffectiveDate: from.toISOString() };
      const { objects, sentences } = await imported(second, when);
      expect(objects[0]).toMatchObject({
        AssignedTo: [],
        PlannedFor: ['ExternalEdge'],
        EffectiveDate: from.toISOString(),
      });
      expect(sentences.join()).toContain(`will serve ExternalEdge from ${from.toISOString()}`);
      const then = await runCmdlet(getCertificate, { Type: 'ExternalEdge' }, { folder: first.folder, now: from });
      expect(then.objects).toEqual([expect.objectContaining({ Thumbprint: objects[0]?.['Thumbprint'] })]);
    });

    it('needs -Type, -EffectiveDate with -Roll, a present certificate, and one that lasts until then', async () => {
      const asked = await signed({ days: 20 });
      const refusal = async (more: Record<string, string>) => (await failureOf(imported(asked, more))).id;
      expect(await refusal({ EffectiveDate: from.toISOString() })).toBe('MandatoryParameterMissing');
      expect(await refusal({ Roll: 'true' })).toBe('MandatoryParameterMissing');
      expect(await refusal({ Type: 'ExternalEdge', Roll: 'true' })).toBe('MandatoryParameterMissing');
      const roll = { Type: 'ExternalEdge', Roll: 'true', EffectiveDate: new Date(now.getTime() + day).toISOString() };
      expect(await refusal(roll)).toBe('ObjectNotFound');
      expect(await refusal({ Type: 'ExternalEdge', EffectiveDate: from.toISOString() })).toBe('CertificateUnsuitable');
      expect(openConfigStore(asked.folder).read().certificates).toEqual({});
    });

    it('warns when nothing serves until then', async () => {
      const { warnings } = await imported(await signed(), { Type: 'ExternalEdge', EffectiveDate: from.toISOString() });
      expect(warnings.join()).toContain('Nothing serves ExternalEdge until');
    });
  });

  it('a key file that was copied open: the import makes its copy private, and names an open one with the cure', async () => {
    const folder = await newStore();
    const theirs = pki.issue({ subject: '/CN=theirs', issuer: root });
    const file = path.join(folder, 'privkey-and-chain.pem');
    writeFileSync(file, readFileSync(theirs.keyFile, 'utf8') + theirs.pem, { mode: 0o644 });
    const { objects } = await runCmdlet(importCertificate, { Path: file }, { folder, now });
    const key = path.join(folder, 'keys', `${String(objects[0]?.['PublicKeySha256'])}.key.pem`);
    expect((statSync(key).mode & 0o777).toString(8)).toBe('600');
    chmodSync(key, 0o644);
    await runCmdlet(
      setCertificate,
      { Thumbprint: String(objects[0]?.['Thumbprint']), Type: 'ExternalEdge' },
      { folder, now },
    );
    const { objects: rows } = await tested(folder);
    expect(rows.find(({ Name }) => Name === 'key')).toMatchObject({
      Result: 'Failure',
      Detail: expect.stringContaining(`${key} is open to other users of this machine. its mode is 644`),
    });
  });

  it('expiry that nobody noticed: a nightly test fails days before', async () => {
    const asked = await signed({ days: 20 });
    await imported(asked, { Type: 'ExternalEdge', Chain: between.certFile });
    await change(asked.folder, (current) => ({
      ...current,
      gateway: { ...current.gateway, trustedRootsPath: root.certFile },
    }));
    const expiry = async (more: Record<string, string>) => {
      const { failure, objects } = await tested(asked.folder, more);
      return [failure.id, objects.find(({ Name }) => Name === 'expiry')?.['Result']];
    };
    expect(await expiry({})).toEqual(['none', 'Warning']);
    expect(await expiry({ ExpiringInDays: '14' })).toEqual(['none', 'Warning']);
    expect(await expiry({ ExpiringInDays: '21' })).toEqual(['TestFailed', 'Failure']);
  });

  describe('a certificate whose file is gone or damaged', () => {
    it.each([
      ['gone', undefined],
      ['damaged', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
      ['not PEM', 'hello'],
    ])('%s is shown with its problem, beside the others', async (_title, text) => {
      const first = await signed();
      const [broken = {}] = (await imported(first)).objects;
      const [whole = {}] = (await imported(await signed({ folder: first.folder }))).objects;
      const file = path.join(first.folder, 'keys', `${String(broken['Thumbprint'])}.chain.pem`);
      if (text === undefined) execFileSync('rm', [file]);
      else writeFileSync(file, text);
      const shown: Record<string, unknown>[] = [];
      const failure = await failureOf(
        runCmdlet(
          {
            ...getCertificate,
            run: async (values, context) =>
              await getCertificate.run(
                values,
                Object.assign(context, { write: (object: object) => shown.push(object as Record<string, unknown>) }),
              ),
          },
          {},
          { folder: first.folder, now },
        ),
      );
      expect(shown.map(({ Thumbprint, ChainStatus }) => [Thumbprint, ChainStatus])).toEqual([
        [broken['Thumbprint'], 'file-missing'],
        [whole['Thumbprint'], 'incomplete-chain'],
      ]);
      expect(shown[0]).toMatchObject({ FriendlyName: broken['FriendlyName'], NotAfter: null, HasPrivateKey: true });
      expect(failure.id).toMatch(/CertificateMissing|KeyFileDamaged/);
      expect(failure.fix.length).toBeGreaterThan(0);
      // The cure that it names.
      await runCmdlet(importCertificate, { Path: first.leaf }, { folder: first.folder, now });
    });
  });

  /** What OpenSSL says, and nobody outside understands. */
  const jargon =
    /no start line|interrupted or cancelled|mac verify|values mismatch|ERR_|asn1 encoding|socket hang up|PEM routines/i;

  it.each<[string, (folder: string) => string, string, RegExp]>([
    ['text that is no certificate', () => 'hello', 'CertificateUnreadable', /neither PEM nor DER nor base64/],
    [
      'a certificate request',
      (folder) => readFileSync(path.join(folder, 'edge.csr'), 'utf8'),
      'CertificateUnreadable',
      /certificate request; the certificate is what the authority returns/,
    ],
    ['a key that needs a passphrase', () => encryptedKey(), 'PasswordMissing', /password|passphrase|encrypted/i],
    ['a certificate of another key', () => pki.issue({ issuer: root }).pem, 'KeyMismatch', /public key [0-9a-f]{64}/],
    ['a certificate that was cut short', () => between.pem.slice(0, 300), 'CertificateUnreadable', /has no end/],
    ['half a DER file', () => root.der.subarray(0, 100).toString('latin1'), 'CertificateUnreadable', /./],
  ])('a cryptic error: %s is refused in plain words, with a way out', async (_title, contents, id, words) => {
    const { folder } = await signed();
    const file = path.join(folder, 'file');
    writeFileSync(file, contents(folder), 'latin1');
    const failure = await failureOf(runCmdlet(importCertificate, { Path: file }, { folder, now }));
    expect([failure.id, failure.fix.length > 0]).toEqual([id, true]);
    expect(`${failure.message} ${failure.reason}`).toMatch(words);
    expect(`${failure.message} ${failure.reason}`).not.toMatch(jargon);
  });

  function encryptedKey(): string {
    const key = pki.issue({});
    const words = ['pkey', '-in', key.keyFile, '-aes256', '-passout', 'pass:x'];
    return execFileSync('openssl', words, { encoding: 'utf8' }) + key.pem;
  }

  it('a certificate of 1000 names is asked for, read by openssl, imported and judged', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `host-${index}.contoso.example`);
    const folder = await newStore();
    const csr = path.join(folder, 'many.csr');
    const wanted = { Output: csr, KeyAlg: 'ECDSA_P256', DomainName: names.slice(0, 997).join(',') };
    const { objects } = await runCmdlet(requestCertificate, wanted, { folder });
    expect(objects[0]?.['SubjectAlternativeNames']).toHaveLength(1000);
    const read = execFileSync('openssl', ['req', '-in', csr, '-noout', '-text'], { encoding: 'utf8' });
    expect(read.match(/DNS:/g)).toHaveLength(1000);
    const signer = ['-CA', between.certFile, '-CAkey', between.keyFile, '-set_serial', '9', '-days', '90'];
    const out = path.join(folder, 'many.pem');
    const copied = ['-copy_extensions', 'copyall', '-out', out];
    execFileSync('openssl', ['x509', '-req', '-in', csr, ...signer, ...copied], { stdio: 'ignore' });
    const taken = await runCmdlet(importCertificate, { Path: out, Type: 'ExternalEdge' }, { folder, now });
    expect(taken.objects[0]?.['SubjectAlternativeNames']).toHaveLength(1000);
    expect(openKeyStore(folder).readChain(String(taken.objects[0]?.['Thumbprint']))).toHaveLength(1);
    const rows = (await tested(folder)).objects;
    expect(rows.filter(({ Domain }) => Domain === 'contoso.example')).toHaveLength(1000);
  });
});
