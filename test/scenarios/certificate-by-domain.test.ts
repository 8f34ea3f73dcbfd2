/** Several certificates at once: each stream is shown the one that names its domain, and a domain that none names is told. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { createAuthority } from '../support/pki.ts';
import { served, thumbprintOf, until, untilServed } from '../support/shown-certificate.ts';

const contoso = 'contoso.example';
const fabrikam = 'fabrikam.example';

const authority = createAuthority('Root');

async function imported(site: GatewaySite, names: readonly string[], type: string): Promise<string> {
  const { key, chain } = authority.issue({ names });
  const file = path.join(site.home, '..', `${type}.pem`);
  writeFileSync(file, key + chain);
  await site.run('import-certificate', file, '-Type', type);
  return thumbprintOf(chain);
}

const warningsOf = async (site: GatewaySite): Promise<string> =>
  String((await site.run('get-service'))[0]?.['Warnings']);

describeWithPeers('a gateway with several certificates', [peers.openssl], () => {
  it('shows each domain the one that names it, and the most specific one where several do or none does', async () => {
    const site = await gatewaySite(contoso);
    await site.run('new-sipdomain', fabrikam);
    await site.run('new-sipdomain', 'woodgrove.example');
    const ofXmpp = await imported(site, [contoso], 'XmppServer');
    const ofEdge = await imported(site, [contoso, fabrikam], 'ExternalEdge');
    await site.run('start-service');
    expect(await served(site, contoso)).toBe(ofXmpp);
    expect(await served(site, fabrikam)).toBe(ofEdge);
    expect(await served(site, 'woodgrove.example')).toBe(ofXmpp);
    expect((await site.run('get-service'))[0]).toMatchObject({ Certificate: ofXmpp });
    const findings = await site.type('test-certificateconfiguration');
    const rows = findings.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    const failed = rows.filter(({ Result, Domain }) => Result === 'Failure' && Domain !== null);
    expect(new Set(failed.map(({ Domain }) => Domain))).toEqual(new Set(['woodgrove.example']));
    expect(findings.stdout).toContain('streams of fabrikam.example are shown that of ExternalEdge');
  }, 180_000);

  it('warns at the start, in get-service and in the event log of a domain that none names, until one does', async () => {
    const site = await gatewaySite(contoso);
    await site.run('new-sipdomain', fabrikam);
    const started = await site.type('start-service');
    expect(started.stderr).toContain('No certificate names fabrikam.example: partners refuse the streams');
    expect(await warningsOf(site)).toContain('No certificate names fabrikam.example');
    const events = (await site.run('get-eventlog')).filter(({ Event }) => Event === 'CertificateLacksDomain');
    expect(events).toEqual([expect.objectContaining({ Level: 'warn' })]);
    const other = await imported(site, [fabrikam], 'Default');
    expect(
      await until(
        () => served(site, fabrikam),
        (shown) => shown === other,
      ),
    ).toBe(other);
    expect(await warningsOf(site)).not.toContain('names fabrikam.example');
    const all = await imported(site, [contoso, fabrikam], 'XmppServer');
    expect(await untilServed(site, all)).toBe(all);
  }, 180_000);
});
