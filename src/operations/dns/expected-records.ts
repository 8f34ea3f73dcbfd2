/** What DNS must say so that partners find this gateway: RFC 6120 §3.2.1, XEP-0368. Nothing is asked here, and nothing is written to DNS. */
import type { Configuration } from '../../config/configuration.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import { CodedError } from '../../primitives/errors.ts';

export const dnsPurposes = ['XmppFederation', 'XmppDirectTls', 'AccessEdge'] as const;
export type DnsPurpose = (typeof dnsPurposes)[number];

interface Expected {
  readonly purpose: DnsPurpose;
  readonly name: string;
}

/** The service of one of our domains. Port 0: the gateway does not offer it, so no record may. */
export interface ExpectedService extends Expected {
  readonly type: 'SRV';
  readonly domain: DomainName;
  readonly target: string;
  readonly port: number;
}

/** Where the edge is. Its public address is behind a firewall more often than not, so it is not known here. */
export interface ExpectedAddress extends Expected {
  readonly type: 'A/AAAA';
}

export type ExpectedRecord = ExpectedService | ExpectedAddress;

/** Seconds for which others may keep a record: short, since it is published for a migration. */
export const suggestedTtl = 3600;

/**
 * Two services of each domain, and the address of the edge once.
 *
 * @throws CodedError `AccessEdgeMissing` when the gateway has no name that a record could point to
 */
export function expectedRecords({ gateway }: Configuration, domains: readonly DomainName[]): readonly ExpectedRecord[] {
  const target = gateway.accessEdgeFqdn;
  if (target === undefined)
    throw new CodedError('AccessEdgeMissing', 'AccessEdgeFqdn is not set.', {
      reason: 'the SRV records of your domains point to the name by which partners reach this gateway',
      fix: 'xgw set-xmppgatewayconfiguration -AccessEdgeFqdn sip.contoso.com',
    });
  const services = domains.flatMap((domain): readonly ExpectedService[] => [
    {
      ...{ purpose: 'XmppFederation', type: 'SRV', domain, target, port: gateway.xmppPort },
      name: `_xmpp-server._tcp.${domain}`,
    },
    {
      ...{ purpose: 'XmppDirectTls', type: 'SRV', domain, target, port: gateway.xmppDirectTlsPort },
      name: `_xmpps-server._tcp.${domain}`,
    },
  ]);
  return [...services, { purpose: 'AccessEdge', type: 'A/AAAA', name: target }];
}

/** Priority and weight are 0: there is one server. */
export const dataOf = (record: ExpectedRecord): string =>
  record.type === 'SRV' ? `0 0 ${record.port} ${record.target}` : 'the public address of this gateway';

/** The line of a zone file. */
export const zoneLine = (record: ExpectedRecord): string =>
  record.type === 'SRV'
    ? `${record.name}. ${suggestedTtl} IN SRV ${dataOf(record)}.`
    : `${record.name}. ${suggestedTtl} IN A <${dataOf(record)}>`;

/** Whether there should be such a record. */
export const isWanted = (record: ExpectedRecord): boolean => record.type !== 'SRV' || record.port !== 0;

/** The object that cmdlets emit. */
export const recordObject = (record: ExpectedRecord) => ({
  Domain: record.type === 'SRV' ? record.domain : null,
  Name: record.name,
  Type: record.type,
  Data: dataOf(record),
  ...(record.type === 'SRV'
    ? { Priority: 0, Weight: 0, Port: record.port, Target: record.target }
    : { Priority: null, Weight: null, Port: null, Target: null }),
  Ttl: suggestedTtl,
  Purpose: record.purpose,
  ZoneLine: zoneLine(record),
});
