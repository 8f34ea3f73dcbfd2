/**
 * The expected records as whole sets, each in its zone: what is written replaces what stood there [RFC 2181 §5]. A service that
 * the gateway does not offer has an empty set, since no record may send partners to it.
 */
import { isIPv4 } from 'node:net';

import type { Configuration } from '../../config/configuration.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import { CodedError } from '../../primitives/errors.ts';
import { dataOf, type ExpectedRecord, expectedRecords } from './expected-records.ts';

export interface RecordSet {
  /** Without a dot at the end, as all names here. */
  readonly zone: string;
  readonly name: string;
  readonly type: 'SRV' | 'A' | 'AAAA';
  /** As a zone file writes it; targets end in a dot. */
  readonly data: readonly string[];
}

export interface PublishedAs {
  /** Public addresses of the edge. None: its records are left to whoever knows them. */
  readonly addresses: readonly string[];
  /** The zone of every record. Default: of a service its domain, of the edge the SIP domain that it is in, else its parent. */
  readonly zone?: string | undefined;
}

/** @throws CodedError `AccessEdgeMissing`; `InvalidValue` for a zone that does not hold all of them */
export function recordSets(
  configuration: Configuration,
  domains: readonly DomainName[],
  { addresses, zone }: PublishedAs,
): readonly RecordSet[] {
  return expectedRecords(configuration, domains).flatMap((record): readonly RecordSet[] => {
    const { name } = record;
    const place = { zone: zone ?? zoneOf(record, Object.keys(configuration.sipDomains)), name };
    if (!isIn(place.zone, name)) throw notInZone(place);
    if (record.type === 'SRV')
      return [{ ...place, type: 'SRV', data: record.port === 0 ? [] : [`${dataOf(record)}.`] }];
    const ofFamily = (type: 'A' | 'AAAA'): RecordSet => ({
      ...{ ...place, type },
      data: addresses.filter((address) => isIPv4(address) === (type === 'A')),
    });
    return [ofFamily('A'), ofFamily('AAAA')].filter(({ data }) => data.length > 0);
  });
}

function zoneOf(record: ExpectedRecord, domains: readonly string[]): string {
  if (record.type === 'SRV') return record.domain;
  const around = domains.filter((domain) => isIn(domain, record.name));
  const [nearest] = around.toSorted((left, right) => right.length - left.length);
  return nearest ?? record.name.slice(record.name.indexOf('.') + 1);
}

const isIn = (zone: string, name: string): boolean => name === zone || name.endsWith(`.${zone}`);

const notInZone = ({ zone, name }: Pick<RecordSet, 'zone' | 'name'>): CodedError =>
  new CodedError('InvalidValue', `${name} is not in the zone ${zone}.`, {
    reason: 'all records were said to be in this zone; name the domains that are',
    fix: `xgw export-dnsrecord ${zone} -Zone ${zone}`,
    target: zone,
  });

/** The name inside of its zone; `@` is the zone itself. */
export const nameInZone = ({ name, zone }: RecordSet): string =>
  name === zone ? '@' : name.slice(0, -zone.length - 1);

/** The sets of each zone together, in the order in which the zones come first. */
export function byZone(sets: readonly RecordSet[]): ReadonlyMap<string, readonly RecordSet[]> {
  const zones = new Map<string, readonly RecordSet[]>();
  for (const set of sets) zones.set(set.zone, [...(zones.get(set.zone) ?? []), set]);
  return zones;
}
