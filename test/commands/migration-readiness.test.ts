/** test-migrationreadiness from an empty store to a gateway that can be cut over to, and what it says on the way. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { startDnsServer } from '../support/dns-server.ts';
import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { createAuthority } from '../support/pki.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Xgw, xgwIn } from '../support/xgw.ts';

/** Milliseconds: some twenty cmdlets and a gateway. */
const patience = 180_000;
const edge = 'edge.contoso.example';

interface Readiness {
  readonly code: number | null;
  /** `AllUsersMoved Failure`, each. */
  readonly checks: readonly string[];
  readonly stderr: string;
}

async function readiness(site: Xgw, ...words: readonly string[]): Promise<Readiness> {
  const { code, stdout, stderr } = await site.type('test-migrationreadiness', ...words);
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, stderr, checks: rows.map(({ Check, Result }) => `${String(Check)} ${String(Result)}`) };
}

it(
  'names what is missing in an empty store, phase by phase, each with what to do',
  async () => {
    const site = xgwIn(path.join(temporaryFolder(), 'store'));
    const { code, checks, stderr } = await readiness(site);
    expect(code).toBe(21);
    expect(checks).toEqual([
      'AllUsersMoved Success',
      'ExternalEdge Failure',
      'SipDomain Failure',
      'AccessEdgeFqdn Failure',
      'AllowFederatedUsers Failure',
      'XmppAccess Failure',
      'Partners Failure',
      'Service Failure',
      'Records Failure',
    ]);
    expect(stderr).toMatch(/Not ready: Certificates, Gateway, Dns\./);
    expect(stderr).toContain('xgw import-configuration -Path partners.xml');
    expect((await readiness(site, '-Phase', 'Users')).code).toBe(0);
  },
  patience,
);

async function prepared(site: GatewaySite, dnsAddress: string): Promise<void> {
  const authority = createAuthority('Corporate');
  const own = authority.issue({ names: ['contoso.example', 'sip.contoso.example', edge] });
  const file = (name: string, text: string): string => {
    const place = path.join(path.dirname(site.home), name);
    writeFileSync(place, text, { mode: 0o600 });
    return place;
  };
  await site.run('import-certificate', file('edge.pem', own.key + own.chain), '-Type', 'ExternalEdge');
  await site.run(
    'set-xmppgatewayconfiguration',
    '-AccessEdgeFqdn',
    edge,
    '-DnsServers',
    dnsAddress,
    '-TrustedRootsPath',
    file('roots.pem', authority.rootPem),
  );
  await site.run(
    'new-user',
    'sip:alice@contoso.example',
    '-Deployment',
    'Legacy',
    '-PasswordFile',
    file('password.txt', 'correct horse\n'),
  );
  await site.run('new-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'Federated');
}

it(
  'is ready when users are moved, the gateway runs and DNS points to it; a test user left behind and a wrong record block it',
  async () => {
    const [site, dns] = await Promise.all([gatewaySite('contoso.example'), startDnsServer()]);
    await prepared(site, dns.address);
    const before = await readiness(site, 'Users,Gateway');
    expect(before.code).toBe(21);
    expect(before.checks).toEqual(
      expect.arrayContaining(['AllUsersMoved Failure', 'Service Failure', 'AllowFederatedUsers Success']),
    );
    expect(before.stderr).toContain(`xgw get-user -OnLegacy | xgw move-user - -Target ${edge}`);

    await site.run('move-user', '*', '-Target', edge, '-Confirm:false');
    await site.run('start-service');
    const inner = await readiness(site, 'Users,Certificates,Gateway');
    expect([inner.code, inner.stderr]).toEqual([0, '']);
    expect(inner.checks.every((check) => check.endsWith('Success'))).toBe(true);

    dns.srv('_xmpp-server._tcp.contoso.example', {
      priority: 0,
      weight: 0,
      port: site.xmppPort,
      target: 'old.contoso.example',
    });
    expect((await readiness(site, 'Dns')).code).toBe(21);
    dns.srv('_xmpp-server._tcp.contoso.example', { priority: 0, weight: 0, port: site.xmppPort, target: edge });
    dns.a(edge, '127.0.0.1');
    const report = path.join(path.dirname(site.home), 'readiness.html');
    const whole = await readiness(site, '-Report', report);
    expect([whole.code, whole.stderr]).toEqual([0, expect.not.stringContaining('Id:')]);
  },
  patience,
);
