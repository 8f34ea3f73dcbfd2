/** Assigning, rolling, un-assigning and looking at certificates; retrieving what an authority returned; reports. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import exportCertificate from '../../src/commands/export-certificate.ts';
import getCertificate from '../../src/commands/get-certificate.ts';
import getCertificateRequest from '../../src/commands/get-certificate-request.ts';
import importCertificate from '../../src/commands/import-certificate.ts';
import removeCertificate from '../../src/commands/remove-certificate.ts';
import removeCertificateRequest from '../../src/commands/remove-certificate-request.ts';
import requestCertificate from '../../src/commands/request-certificate.ts';
import setCertificate from '../../src/commands/set-certificate.ts';
import testCertificateConfiguration from '../../src/commands/test-certificate-configuration.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration } from '../../src/config/defaults.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { openKeyStore } from '../../src/store/key-store.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { caExtensions, OpensslPki } from '../certificates/openssl-pki.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCmdlet } from './support/recording-context.ts';

const day = 86_400_000;
/** After everything that is issued here. */
const now = new Date(Date.now() + 60_000);
const at = (days: number): Date => new Date(now.getTime() + days * day);

async function change(folder: string, apply: (current: Configuration) => Configuration): Promise<void> {
  await openConfigStore(folder).update({ cmdlet: 'Test', target: 'x', lockTimeoutMs: 5000, apply });
}

async function newStore(): Promise<string> {
  const folder = temporaryFolder();
  await change(folder, () => ({
    ...emptyConfiguration,
    sipDomains: { 'contoso.example': { identity: 'contoso.example' as DomainName, isDefault: true } },
    gateway: { ...emptyConfiguration.gateway, accessEdgeFqdn: 'edge.contoso.example', useSystemRoots: false },
  }));
  return folder;
}

/** @returns Its thumbprint. */
async function localCertificate(folder: string): Promise<string> {
  const { objects } = await runCmdlet(requestCertificate, { CA: 'local', KeyAlg: 'ECDSA_P256' }, { folder });
  return String(objects[0]?.['Thumbprint']);
}

const twoCertificates = async () => {
  const folder = await newStore();
  return { folder, first: await localCertificate(folder), second: await localCertificate(folder) };
};

const shown = async (folder: string, when: Date) =>
  (await runCmdlet(getCertificate, {}, { folder, now: when })).objects.map(
    ({ Thumbprint, AssignedTo, PlannedFor, PreviousFor }) => ({ Thumbprint, AssignedTo, PlannedFor, PreviousFor }),
  );

describe('set-certificate -EffectiveDate', () => {
  it('leaves the present certificate in force until then, and shows what is planned', async () => {
    const { folder, first, second } = await twoCertificates();
    const EffectiveDate = at(3).toISOString();
    await runCmdlet(
      setCertificate,
      { Thumbprint: first, Type: 'ExternalEdge', EffectiveDate, Roll: 'true' },
      { folder, now },
    );
    expect(await shown(folder, at(2))).toEqual([
      { Thumbprint: first, AssignedTo: [], PlannedFor: ['ExternalEdge'], PreviousFor: ['ExternalEdge'] },
      { Thumbprint: second, AssignedTo: ['ExternalEdge'], PlannedFor: [], PreviousFor: [] },
    ]);
    expect(await shown(folder, at(4))).toEqual([
      { Thumbprint: first, AssignedTo: ['ExternalEdge'], PlannedFor: [], PreviousFor: [] },
      { Thumbprint: second, AssignedTo: [], PlannedFor: [], PreviousFor: ['ExternalEdge'] },
    ]);
  });

  it('in the past is at once', async () => {
    const { folder, first } = await twoCertificates();
    const EffectiveDate = at(-1).toISOString();
    await runCmdlet(setCertificate, { Thumbprint: first, Type: 'ExternalEdge', EffectiveDate }, { folder, now });
    expect((await shown(folder, now))[0]).toMatchObject({ AssignedTo: ['ExternalEdge'], PlannedFor: [] });
  });

  it('refuses a certificate that will have expired by then', async () => {
    const { folder, first } = await twoCertificates();
    const given = { Thumbprint: first, Type: 'ExternalEdge', EffectiveDate: at(5000).toISOString() };
    await expect(runCmdlet(setCertificate, given, { folder, now })).rejects.toMatchObject({
      id: 'CertificateUnsuitable',
    });
  });

  it('warns when the present one ends before, or when there is none', async () => {
    const { folder, first } = await twoCertificates();
    const given = { Thumbprint: first, Type: 'InternalEdge', EffectiveDate: at(5).toISOString() };
    const { warnings } = await runCmdlet(setCertificate, given, { folder, now });
    expect(warnings.join()).toContain('Nothing serves InternalEdge until');
  });
});

describe('set-certificate -Path', () => {
  it('assigns the certificate of the store that is in the file, and only such a one', async () => {
    const { folder, first } = await twoCertificates();
    const file = path.join(folder, 'first.pem');
    await runCmdlet(exportCertificate, { Thumbprint: first, Path: file }, { folder });
    await runCmdlet(setCertificate, { Path: file, Type: 'XmppServer' }, { folder });
    expect(openConfigStore(folder).read().certificates[first]?.assignedTo).toEqual(['XmppServer']);
    const elsewhere = runCmdlet(setCertificate, { Path: file, Type: 'XmppServer' }, { folder: await newStore() });
    await expect(elsewhere).rejects.toMatchObject({ id: 'ObjectNotFound', fix: [expect.stringContaining('import-')] });
    const neither = runCmdlet(setCertificate, { Type: 'XmppServer' }, { folder });
    await expect(neither).rejects.toMatchObject({ id: 'MandatoryParameterMissing' });
  });
});

describe('set-certificate -Roll', () => {
  it('needs -EffectiveDate, and a present certificate', async () => {
    const { folder, first } = await twoCertificates();
    const given = { Thumbprint: first, Type: 'ExternalEdge', Roll: 'true' };
    await expect(runCmdlet(setCertificate, given, { folder })).rejects.toMatchObject({
      id: 'MandatoryParameterMissing',
    });
    const bare = { ...given, Type: 'InternalEdge', EffectiveDate: at(3).toISOString() };
    await expect(runCmdlet(setCertificate, bare, { folder })).rejects.toMatchObject({ id: 'ObjectNotFound' });
  });
});

function never(): never {
  throw new Error('the certificate is gone');
}

describe('remove-certificate -Unused', () => {
  const filesIn = (folder: string, inner = ''): string[] =>
    existsSync(path.join(folder, 'keys', inner)) ? readdirSync(path.join(folder, 'keys', inner)).toSorted() : [];

  it('clears away what serves nothing, is not planned and is no previous one; files and keys are in the trash', async () => {
    const { folder, first, second } = await twoCertificates();
    await expect(runCmdlet(removeCertificate, { Unused: 'true' }, { folder, now })).rejects.toMatchObject({
      id: 'ObjectNotFound',
    });
    const third = await localCertificate(folder);
    const keyOf = (each: string): string => openConfigStore(folder).read().certificates[each]?.publicKeySha256 ?? '';
    const [gone, kept] = [keyOf(first), keyOf(second)];
    await runCmdlet(removeCertificate, { Unused: 'true' }, { folder, now, whatIf: true });
    expect(Object.keys(openConfigStore(folder).read().certificates)).toEqual([first, second, third]);
    const { sentences } = await runCmdlet(removeCertificate, { Unused: 'true' }, { folder, now });
    expect(sentences).toEqual([expect.stringContaining(first)]);
    expect((await shown(folder, now)).map(({ Thumbprint }) => Thumbprint)).toEqual([second, third]);
    expect(filesIn(folder, 'trash')).toEqual([`${first}.chain.pem`, `${gone}.key.pem`].toSorted());
    expect(filesIn(folder)).toEqual(expect.arrayContaining([`${second}.chain.pem`, `${kept}.key.pem`]));
  });

  it('leaves a planned one, and a key that another certificate has too', async () => {
    const { folder, first, second } = await twoCertificates();
    const key = openConfigStore(folder).read().certificates[second]?.publicKeySha256 ?? '';
    await localCertificate(folder);
    const EffectiveDate = at(3).toISOString();
    await runCmdlet(setCertificate, { Thumbprint: first, Type: 'InternalEdge', EffectiveDate }, { folder, now });
    const other = 'AB'.repeat(20);
    await change(folder, (current) => {
      const { planned: _, ...record } = current.certificates[first] ?? never();
      const added = { ...record, thumbprint: other, publicKeySha256: key };
      return { ...current, certificates: { ...current.certificates, [other]: added } };
    });
    await runCmdlet(removeCertificate, { Unused: 'true' }, { folder, now });
    const left = Object.keys(openConfigStore(folder).read().certificates);
    expect([left.includes(first), left.includes(other)]).toEqual([true, false]);
    expect(openKeyStore(folder).keyNames()).toContain(key);
  });
});

describe('remove-certificate', () => {
  it('takes a certificate out of service and leaves it and its key in the store', async () => {
    const { folder, second } = await twoCertificates();
    await runCmdlet(removeCertificate, { Type: 'ExternalEdge' }, { folder });
    expect((await shown(folder, now)).map(({ AssignedTo }) => AssignedTo)).toEqual([[], []]);
    expect(openKeyStore(folder).readChain(second)).toHaveLength(1);
    expect(openKeyStore(folder).keyNames()).toHaveLength(2);
  });

  it('with -Previous forgets only the one before', async () => {
    const { folder, second } = await twoCertificates();
    await runCmdlet(removeCertificate, { Type: 'ExternalEdge', Previous: 'true' }, { folder });
    expect(await shown(folder, now)).toEqual([
      expect.objectContaining({ PreviousFor: [] }),
      { Thumbprint: second, AssignedTo: ['ExternalEdge'], PlannedFor: [], PreviousFor: [] },
    ]);
    const again = runCmdlet(removeCertificate, { Type: 'ExternalEdge', Previous: 'true' }, { folder });
    await expect(again).rejects.toMatchObject({ id: 'ObjectNotFound' });
  });

  it('drops what was planned for a certificate', async () => {
    const { folder, first } = await twoCertificates();
    const given = { Thumbprint: first, Type: 'ExternalEdge', EffectiveDate: at(3).toISOString() };
    await runCmdlet(setCertificate, given, { folder, now });
    await runCmdlet(removeCertificate, { Thumbprint: first }, { folder, now });
    expect((await shown(folder, at(4)))[1]).toMatchObject({ AssignedTo: ['ExternalEdge'] });
  });

  it('refuses to guess', async () => {
    const folder = await newStore();
    await expect(runCmdlet(removeCertificate, {}, { folder })).rejects.toMatchObject({
      id: 'MandatoryParameterMissing',
    });
    const none = runCmdlet(removeCertificate, { Type: 'ExternalEdge' }, { folder });
    await expect(none).rejects.toMatchObject({ id: 'ObjectNotFound' });
  });
});

describe('get-certificate -Timeline', () => {
  it('draws the same bars for the same moment, and gives objects to a pipe', async () => {
    const { folder, second } = await twoCertificates();
    const look = async (forPerson: boolean) =>
      await runCmdlet(getCertificate, { Timeline: 'true' }, { folder, now, forPerson });
    const [drawn, again] = [await look(true), await look(true)];
    expect(drawn.objects).toEqual([]);
    expect(again.texts).toEqual(drawn.texts);
    expect(drawn.texts.join('')).toMatch(/=+!+ .* d {2}ExternalEdge\n/);
    for (const line of drawn.texts.join('').split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    const { objects, texts } = await look(false);
    expect(texts).toEqual([]);
    expect(objects[1]).toMatchObject({
      Thumbprint: second,
      Kind: 'CertificateTimeline',
      DaysRemaining: expect.any(Number),
    });
  });
});

describe('get-certificaterequest and remove-certificaterequest', () => {
  it('show the requests by state, and give one up', async () => {
    const folder = await newStore();
    await runCmdlet(requestCertificate, { Output: '-', KeyAlg: 'ECDSA_P256', FriendlyName: 'one' }, { folder });
    await runCmdlet(requestCertificate, { Output: '-', KeyAlg: 'ECDSA_P256', FriendlyName: 'two' }, { folder });
    await runCmdlet(removeCertificateRequest, { RequestId: '1' }, { folder });
    const names = async (given: Readonly<Record<string, string>>) =>
      (await runCmdlet(getCertificateRequest, given, { folder })).objects.map(({ FriendlyName }) => FriendlyName);
    expect(await names({})).toEqual(['two']);
    expect(await names({ Status: 'Cleared' })).toEqual(['one']);
    expect(await names({ RequestId: '1' })).toEqual(['one']);
    await expect(names({ RequestId: '7' })).rejects.toMatchObject({ id: 'ObjectNotFound' });
  });
});

describe('-Report', () => {
  it.each([
    ['html', /<td>DNS:contoso\.example<\/td>|DNS:contoso\.example/],
    ['md', /\| SubjectAlternativeNames \| .*DNS:contoso\.example/],
    ['json', /"Kind": "Report"/],
  ])('writes a report as %s', async (ending, content) => {
    const folder = await newStore();
    const Report = path.join(folder, `report.${ending}`);
    const given = { Output: path.join(folder, 'edge.csr'), KeyAlg: 'ECDSA_P256', Report };
    await runCmdlet(requestCertificate, { ...given, FriendlyName: '<script>|`x`' }, { folder });
    const text = readFileSync(Report, 'utf8');
    expect(text).toMatch(content);
    if (ending === 'json') expect(JSON.parse(text)).toMatchObject({ Objects: [{ FriendlyName: '<script>|`x`' }] });
    else expect(text).not.toContain('<script>|`x`');
  });

  it('writes none with -WhatIf, and refuses a name that says no format', async () => {
    const folder = await newStore();
    const Report = path.join(folder, 'report.md');
    await runCmdlet(requestCertificate, { Output: '-', Report }, { folder, whatIf: true });
    expect(existsSync(Report)).toBe(false);
    expect(requestCertificate.parameters.Report.type.parse('report.docx')).toMatchObject({ ok: false });
  });
});

describeWithPeers('what an authority returned', [peers.openssl], () => {
  const pki = new OpensslPki();
  afterAll(() => pki.remove());
  const root = pki.issue({ subject: '/CN=Root', extensions: caExtensions, days: 1000 });
  const intermediate = pki.issue({ subject: '/CN=Intermediate', issuer: root, extensions: caExtensions, days: 500 });
  const aia = 'http://ca.example/intermediate.cer';

  /** A store whose request the authority has signed, with other names than were asked for when they are given. */
  async function signed(names?: string) {
    const folder = await newStore();
    const csr = path.join(folder, 'edge.csr');
    await runCmdlet(requestCertificate, { Output: csr, KeyAlg: 'ECDSA_P256', FriendlyName: 'Edge' }, { folder });
    const file = path.join(folder, 'edge.pem');
    const extensions = path.join(folder, 'ext');
    const san = names ?? 'DNS:edge.contoso.example,DNS:contoso.example';
    writeFileSync(
      extensions,
      `subjectAltName=${san}\nauthorityInfoAccess=caIssuers;URI:${aia}\nextendedKeyUsage=serverAuth\n`,
    );
    const signer = ['-CA', intermediate.certFile, '-CAkey', intermediate.keyFile, '-set_serial', '5', '-days', '90'];
    execFileSync('openssl', ['x509', '-req', '-in', csr, ...signer, '-extfile', extensions, '-out', file], {
      stdio: 'ignore',
    });
    await change(folder, (current) => ({
      ...current,
      gateway: { ...current.gateway, trustedRootsPath: root.certFile },
    }));
    return { folder, file };
  }

  async function tested(folder: string, when = now) {
    const Report = path.join(folder, 'test.json');
    const failure = await runCmdlet(testCertificateConfiguration, { Report }, { folder, now: when }).then(
      () => undefined,
      (error) => error as { readonly id: string; readonly reason: string },
    );
    const { Objects } = JSON.parse(readFileSync(Report, 'utf8')) as { Objects: Record<string, unknown>[] };
    const row = (name: string) => Objects.find(({ Domain, Name }) => Domain === null && Name === name);
    return { failure, objects: Objects, row };
  }

  it('-Retrieve imports it for the request that it answers, and refuses it for another', async () => {
    const { folder, file } = await signed();
    await runCmdlet(requestCertificate, { Output: '-', KeyAlg: 'ECDSA_P256', FriendlyName: 'other' }, { folder });
    const wrong = runCmdlet(requestCertificate, { Retrieve: 'true', RequestId: '2', Path: file }, { folder });
    await expect(wrong).rejects.toMatchObject({ id: 'KeyMismatch' });
    const { objects } = await runCmdlet(
      requestCertificate,
      { Retrieve: 'true', RequestId: '1', Path: file },
      { folder },
    );
    expect(objects[0]).toMatchObject({ FriendlyName: 'Edge', HasPrivateKey: true });
    expect(openConfigStore(folder).read().certificateRequests['1']?.status).toBe('Completed');
    const without = runCmdlet(requestCertificate, { Retrieve: 'true', RequestId: '2' }, { folder });
    await expect(without).rejects.toMatchObject({ id: 'MandatoryParameterMissing' });
  });

  it('passes every test when the chain is whole and each domain is named', async () => {
    const { folder, file } = await signed();
    writeFileSync(file, readFileSync(file, 'utf8') + intermediate.pem);
    await runCmdlet(importCertificate, { Path: file, Type: 'ExternalEdge' }, { folder });
    const { failure, objects } = await tested(folder);
    expect(failure).toBeUndefined();
    expect(objects.map(({ Result }) => Result)).toEqual(objects.map(() => 'Success'));
    expect(objects).toContainEqual(
      expect.objectContaining({ Domain: 'contoso.example', Name: 'DNS:contoso.example', Covered: true }),
    );
  });

  it('served without its intermediate fails, naming the issuer and where its certificate is', async () => {
    const { folder, file } = await signed();
    await runCmdlet(importCertificate, { Path: file, Type: 'ExternalEdge' }, { folder });
    const { failure, row } = await tested(folder);
    expect(failure?.id).toBe('TestFailed');
    expect(row('chain')).toMatchObject({
      Result: 'Failure',
      Detail: `the chain is served incomplete: the certificate of "CN=Intermediate" is missing, to be had at ${aia}`,
      Fix: expect.stringContaining(aia),
    });
  });

  it('whose wildcard misses the domain fails, and the row says how far a wildcard reaches', async () => {
    const { folder, file } = await signed('DNS:*.contoso.example');
    await runCmdlet(importCertificate, { Path: file, Type: 'ExternalEdge' }, { folder });
    const { failure, objects } = await tested(folder);
    expect(failure?.reason).toContain('no name of the certificate covers contoso.example');
    expect(objects).toContainEqual(
      expect.objectContaining({
        Domain: 'contoso.example',
        Name: 'DNS:*.contoso.example',
        Covered: false,
        Result: 'Failure',
        Detail: 'a wildcard reaches the hosts of contoso.example, not contoso.example itself',
        Fix: 'xgw request-certificate -New -Type ExternalEdge -Output edge.csr -DomainName contoso.example',
      }),
    );
    expect(objects).toContainEqual(expect.objectContaining({ Domain: 'edge.contoso.example', Covered: true }));
  });

  it('warns when it ends soon, fails when it has ended, and fails without its key', async () => {
    const { folder, file } = await signed();
    await runCmdlet(importCertificate, { Path: file, Type: 'ExternalEdge' }, { folder });
    expect((await tested(folder, at(70))).row('expiry')).toMatchObject({ Result: 'Warning' });
    expect((await tested(folder, at(91))).row('expiry')).toMatchObject({ Result: 'Failure' });
    const [key = ''] = openKeyStore(folder).keyNames();
    openKeyStore(folder).discardKey(key);
    expect((await tested(folder)).row('key')).toMatchObject({
      Result: 'Failure',
      Detail: expect.stringContaining('not in the store'),
    });
  });

  it('fails when nothing is assigned', async () => {
    const { failure, objects } = await tested(await newStore());
    expect([failure?.id, objects]).toEqual(['TestFailed', [expect.objectContaining({ Name: 'assignment' })]]);
  });
});
