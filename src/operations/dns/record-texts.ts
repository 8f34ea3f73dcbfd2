/**
 * The records as those read them who own DNS: a zone file [RFC 1035 §5], the DnsServer module of Windows, nsupdate [RFC 2136],
 * or the dns provider of Terraform. Each replaces what stands at its name with its type; nothing else is touched.
 */
import { powershellString } from '../sip-route-recipes/powershell-recipe.ts';
import { byZone, nameInZone, type RecordSet } from './record-sets.ts';

export const recordFormats = ['bind', 'powershell', 'nsupdate', 'terraform'] as const;
export type RecordFormat = (typeof recordFormats)[number];

export interface RecordTextOptions {
  /** Seconds, 0 to 2^31 - 1 [RFC 2181 §8]. */
  readonly ttl: number;
  /** The name server that takes the update; without it nsupdate asks DNS for the primary one. */
  readonly server?: { readonly host: string; readonly port: number } | undefined;
}

/** Ends with a line end. Names are those of domains, so no form needs more than its own quotes. */
export function recordText(format: RecordFormat, sets: readonly RecordSet[], options: RecordTextOptions): string {
  const zones = [...byZone(sets)].map(([zone, inside]) => printers[format](zone, inside, options));
  const server = format === 'nsupdate' && options.server !== undefined ? [serverLine(options.server)] : [];
  return `${[...server, ...zones.map((lines) => lines.join('\n'))].join('\n\n')}\n`;
}

type Printer = (zone: string, sets: readonly RecordSet[], options: RecordTextOptions) => readonly string[];

const serverLine = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `server ${host} ${port}`;

const zoneFile: Printer = (zone, sets, { ttl }) => [
  `$ORIGIN ${zone}.`,
  ...sets.flatMap((set) =>
    set.data.length === 0
      ? [`; no ${set.type} record at ${nameInZone(set)}: the gateway does not offer it`]
      : set.data.map((data) => `${nameInZone(set)} ${ttl} IN ${set.type} ${data}`),
  ),
];

const nsupdate: Printer = (zone, sets, { ttl }) => [
  `zone ${zone}`,
  ...sets.flatMap(({ name, type, data }) => [
    `update delete ${name}. ${type}`,
    ...data.map((each) => `update add ${name}. ${ttl} IN ${type} ${each}`),
  ]),
  'send',
];

/** What stands there is removed first: the module adds to a set, and does not replace it. */
const powershell: Printer = (zone, sets, { ttl }) => {
  const inZone = (set: RecordSet): string =>
    `-ZoneName ${powershellString(zone)} -Name ${powershellString(nameInZone(set))}`;
  const life = `-TimeToLive ([TimeSpan]::FromSeconds(${ttl}))`;
  return sets.flatMap((set) => [
    `Get-DnsServerResourceRecord ${inZone(set)} -RRType ${set.type} -ErrorAction SilentlyContinue | Remove-DnsServerResourceRecord -ZoneName ${powershellString(zone)} -Force`,
    ...set.data.map((data) => `Add-DnsServerResourceRecord ${inZone(set)} ${powershellData(set, data)} ${life}`),
  ]);
};

function powershellData({ type }: RecordSet, data: string): string {
  if (type === 'A') return `-A -IPv4Address ${data}`;
  if (type === 'AAAA') return `-AAAA -IPv6Address ${data}`;
  const { priority, weight, port, target } = serviceIn(data);
  return `-Srv -DomainName ${powershellString(target)} -Priority ${priority} -Weight ${weight} -Port ${port}`;
}

/** A set that must be empty has no resource: Terraform removes what it made before. */
const terraform: Printer = (zone, sets, { ttl }) =>
  sets
    .filter(({ data }) => data.length > 0)
    .flatMap((set, index) => [
      ...(index === 0 ? [] : ['']),
      `resource "dns_${set.type.toLowerCase()}_record_set" "${identifier(set)}" {`,
      `  zone = "${zone}."`,
      ...(set.name === zone ? [] : [`  name = "${nameInZone(set)}"`]),
      ...terraformData(set),
      `  ttl = ${ttl}`,
      '}',
    ]);

function terraformData({ type, data }: RecordSet): readonly string[] {
  if (type !== 'SRV') return [`  addresses = [${data.map((address) => `"${address}"`).join(', ')}]`];
  return data.flatMap((each) => {
    const { priority, weight, port, target } = serviceIn(each);
    return [
      '  srv {',
      `    priority = ${priority}`,
      `    weight = ${weight}`,
      `    port = ${port}`,
      `    target = "${target}"`,
      '  }',
    ];
  });
}

/** Terraform takes `-` in names; a `.` becomes `_`, which only labels of services hold, so different names stay different. */
const identifier = ({ name }: RecordSet): string => `xgw_${name.replaceAll('.', '_')}`;

function serviceIn(data: string): Readonly<Record<'priority' | 'weight' | 'port' | 'target', string>> {
  const [priority = '0', weight = '0', port = '0', target = '.'] = data.split(' ');
  return { priority, weight, port, target };
}

const printers: Readonly<Record<RecordFormat, Printer>> = { bind: zoneFile, powershell, nsupdate, terraform };
