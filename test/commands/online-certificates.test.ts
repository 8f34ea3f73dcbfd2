/** Certificates of an EST server from the command line: asked for, refused, waited for, renewed; and what to do without a network. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { offlineInstructions } from '../../src/commands/certificate/offline-instructions.ts';
import getCertificate from '../../src/commands/get-certificate.ts';
import requestCertificate from '../../src/commands/request-certificate.ts';
import updateCertificate from '../../src/commands/update-certificate.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration } from '../../src/config/defaults.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { openKeyStore } from '../../src/store/key-store.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { estServer, type TestEstServer } from '../operations/online-authority/est-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Recorded, runCmdlet, type Surroundings } from './support/recording-context.ts';

const domain = 'contoso.example' as DomainName;
const dayMs = 86_400_000;

async function newStore(): Promise<string> {
  const folder = temporaryFolder();
  const apply = (): Configuration => ({
    ...emptyConfiguration,
    sipDomains: { [domain]: { identity: domain, isDefault: true } },
    gateway: { ...emptyConfiguration.gateway, accessEdgeFqdn: 'edge.contoso.example', useSystemRoots: false },
  });
  await openConfigStore(folder).update({ cmdlet: 'Test', target: 'x', lockTimeoutMs: 5000, apply });
  return folder;
}

interface Site {
  readonly folder: string;
  readonly server: TestEstServer;
  request(more?: Readonly<Record<string, string>>, surroundings?: Partial<Surroundings>): Promise<Recorded>;
}

async function newSite(): Promise<Site> {
  const [folder, server] = [await newStore(), await estServer()];
  const given = { CA: `est:${server.url}`, EstRootsPath: server.rootFile, KeyAlg: 'ECDSA_P256', FriendlyName: 'edge' };
  return {
    folder,
    server,
    request: async (more = {}, surroundings = {}) =>
      await runCmdlet(requestCertificate, { ...given, ...more }, { folder, ...surroundings }),
  };
}

const certificates = async (folder: string) => (await runCmdlet(getCertificate, {}, { folder })).objects;
const requests = async (folder: string) => (await runCmdlet(requestCertificate, { List: 'true' }, { folder })).objects;

describe('request-certificate -CA est:', () => {
  it('asks, imports and assigns, and says when the certificate is renewed', async () => {
    const { folder, server, request } = await newSite();
    const { objects, sentences } = await request();
    expect(objects).toMatchObject([
      {
        AssignedTo: ['ExternalEdge'],
        Issuer: 'CN=EST Issuing',
        ChainLength: 2,
        RenewalAuthority: `est:${server.url}/`,
        LastRenewalError: null,
        Changed: true,
      },
    ]);
    const [{ NotBefore = '', NextRenewal = '', SubjectAlternativeNames = [] } = {}] = await certificates(folder);
    const days = (Date.parse(String(NextRenewal)) - Date.parse(String(NotBefore))) / dayMs;
    expect(days).toBeGreaterThan(59.9);
    expect(days).toBeLessThan(62);
    expect(SubjectAlternativeNames).toEqual([
      'DNS:edge.contoso.example',
      'DNS:sip.contoso.example',
      'DNS:contoso.example',
    ]);
    expect(sentences.join()).toContain('it will be renewed by itself');
    expect(await requests(folder)).toMatchObject([{ Status: 'Completed' }]);
  });

  it('shows the plan with -WhatIf, and asks nobody', async () => {
    const { folder, server, request } = await newSite();
    const { objects, questions } = await request({}, { whatIf: true });
    expect([objects, questions]).toMatchObject([
      [{ RequestId: null, FriendlyName: 'edge' }],
      [expect.stringContaining('Request a certificate from est:')],
    ]);
    expect([server.requests, openKeyStore(folder).keyNames()]).toEqual([[], []]);
  });

  it('that is refused leaves no request and no key behind', async () => {
    const { folder, server, request } = await newSite();
    const headers = { 'Content-Type': 'text/plain' };
    server.script = ({ method }) => (method === 'POST' ? { status: 403, headers, body: 'not you' } : undefined);
    await expect(request()).rejects.toMatchObject({ id: 'AuthorityRefused', reason: 'it answers 403: "not you"' });
    expect([await requests(folder), openKeyStore(folder).keyNames()]).toEqual([[], []]);
    server.script = undefined;
    expect((await request()).objects).toHaveLength(1);
  });

  it('that waits at the authority is completed by -Retrieve, with the same request', async () => {
    const { folder, server, request } = await newSite();
    server.script = ({ method }) => (method === 'POST' ? { status: 202, headers: { 'Retry-After': '60' } } : undefined);
    const { objects, sentences } = await request();
    expect([objects, sentences.join()]).toMatchObject([
      [{ RequestId: 1, Status: 'Pending' }],
      expect.stringContaining('asked again in 60 s'),
    ]);
    const retrieve = async () => await runCmdlet(requestCertificate, { Retrieve: 'true', RequestId: '1' }, { folder });
    expect((await retrieve()).objects).toMatchObject([{ Status: 'Pending' }]);
    server.script = undefined;
    expect((await retrieve()).objects).toMatchObject([{ AssignedTo: ['ExternalEdge'] }]);
    const bodies = server.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(new Set(bodies).size).toBe(1);
    await expect(retrieve()).rejects.toMatchObject({ id: 'MandatoryParameterMissing' });
  });

  it('keeps the settings of the authority for the renewals, its files named in full', async () => {
    const { folder, server, request } = await newSite();
    const passwordFile = path.join(temporaryFolder(), 'est-password');
    writeFileSync(passwordFile, 'Pa55\n');
    chmodSync(passwordFile, 0o600);
    const relative = path.relative(process.cwd(), passwordFile);
    await request({ EstUserName: 'edge01', EstPasswordFile: relative, ReuseKey: 'true' });
    const [record] = Object.values(openConfigStore(folder).read().certificates);
    expect(record?.renewal).toEqual({
      authority: `est:${server.url}/`,
      rootsPath: server.rootFile,
      reuseKey: true,
      est: { userName: 'edge01', passwordFile },
    });
    expect(readFileSync(path.join(folder, 'store.json'), 'utf8')).not.toContain('Pa55');
  });

  it('takes its settings with est: only', async () => {
    const { request } = await newSite();
    await expect(request({ CA: 'acme:https://ca.example/dir' })).rejects.toMatchObject({ id: 'ParameterConflict' });
  });
});

describe('update-certificate', () => {
  const later = (server: TestEstServer): void => {
    server.validity = { ...server.validity, notAfter: new Date(server.validity.notAfter.getTime() + dayMs) };
  };

  it('renews nothing that is not due', async () => {
    const { folder, server, request } = await newSite();
    await request();
    const { objects, sentences } = await runCmdlet(updateCertificate, {}, { folder });
    expect([objects.length, objects[0]?.['Changed'], sentences.join()]).toEqual([
      1,
      false,
      expect.stringContaining('-Force renews it now'),
    ]);
    expect(server.requests).toHaveLength(2);
  });

  it('renews what is due, or what it is forced to', async () => {
    const { folder, server, request } = await newSite();
    await request();
    later(server);
    const due = await runCmdlet(updateCertificate, {}, { folder, now: new Date(Date.now() + 70 * dayMs) });
    expect(due.objects).toMatchObject([{ Changed: true, AssignedTo: ['ExternalEdge'], FriendlyName: 'edge' }]);
    later(server);
    const [{ Thumbprint = '' } = {}] = due.objects;
    const forced = await runCmdlet(updateCertificate, { Thumbprint: String(Thumbprint) }, { folder, force: true });
    expect(forced.objects[0]?.['Thumbprint']).not.toBe(Thumbprint);
    expect((await certificates(folder)).map(({ AssignedTo }) => AssignedTo)).toEqual([[], [], ['ExternalEdge']]);
    expect(server.requests.filter(({ path: at }) => at.endsWith('/simplereenroll'))).toHaveLength(2);
  });

  it('does nothing with -WhatIf', async () => {
    const { folder, server, request } = await newSite();
    await request();
    const { questions } = await runCmdlet(updateCertificate, {}, { folder, force: true, whatIf: true });
    expect(questions).toEqual([expect.stringContaining(`Renew at est:${server.url}`)]);
    expect(server.requests).toHaveLength(2);
  });

  it('says why it failed, and so does get-certificate', async () => {
    const { folder, server, request } = await newSite();
    await request();
    server.script = () => ({ status: 503 });
    const renewing = runCmdlet(updateCertificate, {}, { folder, force: true });
    await expect(renewing).rejects.toMatchObject({ id: 'AuthorityUnreachable' });
    expect(await certificates(folder)).toMatchObject([
      { AssignedTo: ['ExternalEdge'], LastRenewalError: expect.stringContaining('it answers 503') },
    ]);
  });

  it('refuses a certificate that nobody renews over the network, by name', async () => {
    const folder = await newStore();
    const { objects } = await runCmdlet(requestCertificate, { CA: 'local', KeyAlg: 'ECDSA_P256' }, { folder });
    const Thumbprint = String(objects[0]?.['Thumbprint']);
    await expect(runCmdlet(updateCertificate, { Thumbprint }, { folder })).rejects.toMatchObject({
      id: 'ObjectNotFound',
    });
    const { warnings } = await runCmdlet(updateCertificate, {}, { folder });
    expect(warnings).toEqual([expect.stringContaining('No certificate came from an authority')]);
  });
});

describe('an authority that cannot be reached now', () => {
  it('leaves the request with its key, and -Retrieve asks again with the same', async () => {
    const { folder, server, request } = await newSite();
    const { script } = server;
    server.script = () => ({ status: 503 });
    await expect(request()).rejects.toMatchObject({
      id: 'AuthorityUnreachable',
      fix: expect.arrayContaining([
        'xgw request-certificate -Retrieve -RequestId 1',
        'xgw request-certificate -Clear -RequestId 1',
      ]),
    });
    server.script = script;
    const retrieved = await runCmdlet(requestCertificate, { Retrieve: 'true', RequestId: '1' }, { folder });
    expect(retrieved.objects).toMatchObject([{ AssignedTo: ['ExternalEdge'] }]);
  });
});

describe('-Output', () => {
  it.each(['local', 'est:https://est.example', 'acme:https://acme.example/directory'])(
    'does not go with -CA %s, which makes no request file',
    async (CA) => {
      const asked = runCmdlet(requestCertificate, { CA, Output: 'edge.csr' }, { folder: await newStore() });
      await expect(asked).rejects.toMatchObject({ id: 'ParameterConflict' });
    },
  );
});

describe('a request for Active Directory Certificate Services', () => {
  const facts = { output: '/root/requests/edge.csr', template: 'WebServer', usages: ['ExternalEdge'] } as const;

  it('comes with every command, from the request to the import', () => {
    const lines = offlineInstructions(facts).join('\n');
    expect(lines).toContain('certreq -submit -attrib "CertificateTemplate:WebServer" "edge.csr" "edge.cer" "edge.p7b"');
    expect(lines).toContain('certreq -retrieve <RequestId> "edge.cer" "edge.p7b"');
    expect(lines).toContain('xgw import-certificate edge.p7b -Type ExternalEdge');
  });

  it('comes with one sentence where no template is named', () => {
    expect(offlineInstructions({ ...facts, template: undefined, usages: ['XmppServer', 'Default'] })).toEqual([
      'Send the request to your authority, then: xgw import-certificate <what it returns> -Type XmppServer,Default',
    ]);
  });
});
