import { describe, expect, it } from '@jest/globals';

import { type Certificate, readCertificate } from '../../../src/certificates/certificate.ts';
import { serverProfile } from '../../../src/certificates/certificate-profile.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { issueFromLocalCa, newLocalCa } from '../../../src/certificates/local-ca.ts';
import { printCertificates } from '../../../src/certificates/pem.ts';
import { writeCertificateRequest } from '../../../src/certificates/pkcs10.ts';
import { acmeAuthority } from '../../../src/operations/online-authority/acme/acme-authority.ts';
import { renewalIdentifier } from '../../../src/operations/online-authority/acme/renewal-info.ts';
import { exchange } from '../../../src/operations/online-authority/https-exchange.ts';
import { realClock } from '../../../src/primitives/clock.ts';
import { Secret } from '../../../src/primitives/secret.ts';
import { acmeFiles } from '../../../src/store/acme-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type AcmeReply, acmeServer, problem } from './acme-server.ts';

const names = [{ name: { kind: 'dns', name: 'contoso.example' } as const, reason: '' }];
const plan = { subject: [], names, ...serverProfile('ECDSA_P256', false), template: undefined };
const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
const present: Certificate = issueFromLocalCa(await newLocalCa(new Date()), plan, key.spki, new Date());
const identifier = renewalIdentifier(present) ?? '';

async function server(reply?: AcmeReply) {
  const acme = await acmeServer();
  const resources = acme.resources();
  const offers = reply === undefined ? {} : { renewalInfo: `${acme.url}/ari` };
  acme.script = ({ path: at }) => {
    if (at === '/dir') return { json: { ...resources, ...offers } };
    return at.startsWith('/ari/') ? reply : undefined;
  };
  const account = {
    name: { directory: acme.directory, eabKeyId: undefined },
    contact: [],
    eabKey: async () => undefined,
  };
  const solver = {
    type: 'http-01',
    present: async () => ({ wasAskedFor: () => false, withdraw: async () => undefined }),
  };
  const at = { directoryUrl: new URL(acme.directory), roots: [acme.rootDer] };
  const ports = { exchange, clock: realClock, files: acmeFiles(temporaryFolder()) };
  return { acme, authority: acmeAuthority({ server: at, account, solver: solver as never }, ports) };
}

const window = { suggestedWindow: { start: '2026-12-01T00:00:00Z', end: '2026-12-02T00:00:00+00:00' } };

describe('renewal information [RFC 9773]', () => {
  it('names a certificate by its issuer and its serial number, leading zero included', () => {
    const authorityKeyIdentifier = Buffer.from('69885b6b87464041e1b37b847ba0ae2cde01c8d4', 'hex');
    const certificate = {
      ...present,
      serialNumber: '0087654321',
      extensions: { ...present.extensions, authorityKeyIdentifier },
    };
    expect(renewalIdentifier(certificate)).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
    const { authorityKeyIdentifier: _, ...others } = present.extensions;
    expect(
      renewalIdentifier({ ...present, extensions: { ...others, authorityKeyIdentifier: undefined } }),
    ).toBeUndefined();
  });

  it('is asked for without an account, and read with the time to ask again', async () => {
    const { acme, authority } = await server({ json: window, headers: { 'Retry-After': '21600' } });
    expect(await authority.renewalAdvice?.(present)).toEqual({
      from: new Date('2026-12-01T00:00:00Z'),
      until: new Date('2026-12-02T00:00:00Z'),
      askAgainMs: 21_600_000,
    });
    expect(acme.asked()).toEqual([`GET /ari/${identifier}`]);
  });

  it('is nothing where the server offers none', async () => {
    const { acme, authority } = await server();
    expect(await authority.renewalAdvice?.(present)).toBeUndefined();
    expect(acme.asked()).toEqual([]);
  });

  it.each<[string, AcmeReply]>([
    ['no window', { json: {} }],
    ['an empty window', { json: { suggestedWindow: { start: '2026-12-02T00:00:00Z', end: '2026-12-02T00:00:00Z' } } }],
    ['times that are none', { json: { suggestedWindow: { start: 'tomorrow', end: '2026-13-01T00:00:00Z' } } }],
    ['no JSON', { body: 'soon' }],
    ['a refusal', problem('malformed', 'who?', 404)],
  ])('that is %s is not believed', async (_, reply) => {
    const { authority } = await server(reply);
    await expect(authority.renewalAdvice?.(present)).rejects.toMatchObject({ id: 'AuthorityAnswerUnusable' });
  });
});

describe('the order of a successor [RFC 9773 §5]', () => {
  const order = {
    csr: writeCertificateRequest(plan, key),
    names: ['contoso.example'],
    successorOf: { key: new Secret(''), chain: printCertificates([present.der]) },
  };
  const orders = (acme: Awaited<ReturnType<typeof acmeServer>>) =>
    acme.requests.filter(({ path: at }) => at === '/order').map(({ payload }) => payload?.['replaces']);

  it('says what it replaces to a server that has renewal information, and to no other', async () => {
    const knowing = await server({ json: window });
    await knowing.authority.issue(order);
    const ignorant = await server();
    await ignorant.authority.issue(order);
    expect([orders(knowing.acme), orders(ignorant.acme)]).toEqual([[identifier], [undefined]]);
  });

  it('is placed without it where the server says that it was replaced already', async () => {
    const { acme, authority } = await server({ json: window });
    const { script } = acme;
    acme.script = (request) =>
      request.payload?.['replaces'] === undefined ? script?.(request) : problem('alreadyReplaced', 'twice', 409);
    const [leaf = Buffer.alloc(0)] = await authority.issue(order);
    expect(readCertificate(leaf).ok).toBe(true);
    expect(orders(acme)).toEqual([identifier, undefined]);
  });
});
