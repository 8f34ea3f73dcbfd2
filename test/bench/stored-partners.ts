/** Stores with as many partners as a benchmark wants, as a file that an administrator keeps in git makes them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';

export const partnerName = (index: number): string => `partner${index}.example`;
/** Every tenth partner has one. */
export const hasAdditional = (index: number): boolean => index % 10 === 0;
export const additionalName = (index: number): string => `im.partner${index}.example`;

/** The desired state [docs/declarative.md], as JSON and as YAML of the same lines. */
export function partnersAsJson(count: number): string {
  return JSON.stringify({ ...head, spec: { federatedPartners: partnerSettings(count) } }, null, 2);
}

const partnerSettings = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [partnerName(index), settings(index)]));

export function partnersAsYaml(count: number): string {
  const lines = Array.from({ length: count }, (_, index) =>
    [
      `    ${partnerName(index)}:`,
      ...Object.entries(settings(index)).map(([name, value]) => `      ${name}: ${JSON.stringify(value)}`),
    ].join('\n'),
  );
  return `apiVersion: ${head.apiVersion}
kind: ${head.kind}
metadata:
  name: ${head.metadata.name}
  owner: ${head.metadata.owner}
spec:
  federatedPartners:
${lines.join('\n')}
`;
}

const head = {
  apiVersion: 'xgw/v1',
  kind: 'GatewayConfiguration',
  metadata: { name: 'bench', owner: 'git:bench' },
};

const settings = (index: number) => ({
  ...(hasAdditional(index) ? { additionalDomains: [additionalName(index)] } : {}),
  description: `Partner ${index} of the benchmark`,
  partnerType: 'Federated',
  supportDialbackNegotiation: false,
});

/** A gateway that could start, its partners, and users of the home server: `sip:user0@contoso.example` and on. */
export async function siteWithPartners(partners: number, users = 0): Promise<GatewaySite> {
  const site = await gatewaySite('contoso.example');
  const accounts = Array.from({ length: users }, (_, index) => [userAor(index), { displayName: `User ${index}` }]);
  const spec = { federatedPartners: partnerSettings(partners), users: Object.fromEntries(accounts) };
  const file = path.join(path.dirname(site.home), 'partners.json');
  writeFileSync(file, JSON.stringify({ ...head, spec }));
  await site.run('sync-configuration', file, '-Confirm:false');
  return site;
}

export const userAor = (index: number): string => `sip:user${index}@contoso.example`;
