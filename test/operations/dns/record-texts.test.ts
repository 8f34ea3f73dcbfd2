import { describe, expect, it } from '@jest/globals';

import { emptyConfiguration } from '../../../src/config/defaults.ts';
import { recordSets } from '../../../src/operations/dns/record-sets.ts';
import { type RecordFormat, recordText } from '../../../src/operations/dns/record-texts.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';

const domains = ['contoso.example', 'a.contoso.example'] as DomainName[];
const configuration = {
  ...emptyConfiguration,
  sipDomains: Object.fromEntries(domains.map((identity, index) => [identity, { identity, isDefault: index === 0 }])),
  gateway: {
    ...emptyConfiguration.gateway,
    accessEdgeFqdn: 'sip.contoso.example' as DomainName,
    xmppPort: 5269,
    xmppDirectTlsPort: 0,
  },
};

const sets = (addresses: readonly string[] = [], zone?: string, of = domains) =>
  recordSets(configuration, of, { addresses, zone });
const text = (format: RecordFormat, all = sets(['192.0.2.10', '2001:db8::10'], undefined, domains.slice(0, 1))) =>
  recordText(format, all, { ttl: 300, server: { host: '192.0.2.53', port: 5353 } });

describe('the records of our domains', () => {
  it('are whole sets in their zones; a service that is not offered has an empty one', () => {
    expect(sets(['192.0.2.10']).map(({ zone, name, type, data }) => [zone, name, type, data.join()])).toEqual([
      ['contoso.example', '_xmpp-server._tcp.contoso.example', 'SRV', '0 0 5269 sip.contoso.example.'],
      ['contoso.example', '_xmpps-server._tcp.contoso.example', 'SRV', ''],
      ['a.contoso.example', '_xmpp-server._tcp.a.contoso.example', 'SRV', '0 0 5269 sip.contoso.example.'],
      ['a.contoso.example', '_xmpps-server._tcp.a.contoso.example', 'SRV', ''],
      ['contoso.example', 'sip.contoso.example', 'A', '192.0.2.10'],
    ]);
  });

  it('without an address leave out that of the edge', () =>
    expect(sets().map(({ type }) => type)).toEqual(['SRV', 'SRV', 'SRV', 'SRV']));

  it('may all be in one zone, which must hold them', () => {
    expect(new Set(sets([], 'contoso.example').map(({ zone }) => zone))).toEqual(new Set(['contoso.example']));
    expect(() => sets([], 'fabrikam.example')).toThrow(/is not in the zone fabrikam\.example/);
    expect(() => sets([], 'ontoso.example')).toThrow(/is not in the zone/);
  });
});

describe('as text', () => {
  it('a zone file names them inside of their zone', () =>
    expect(text('bind')).toBe(`$ORIGIN contoso.example.
_xmpp-server._tcp 300 IN SRV 0 0 5269 sip.contoso.example.
; no SRV record at _xmpps-server._tcp: the gateway does not offer it
sip 300 IN A 192.0.2.10
sip 300 IN AAAA 2001:db8::10
`));

  it('nsupdate replaces what stands there, one message a zone [RFC 2136]', () =>
    expect(text('nsupdate', sets())).toBe(`server 192.0.2.53 5353

zone contoso.example
update delete _xmpp-server._tcp.contoso.example. SRV
update add _xmpp-server._tcp.contoso.example. 300 IN SRV 0 0 5269 sip.contoso.example.
update delete _xmpps-server._tcp.contoso.example. SRV
send

zone a.contoso.example
update delete _xmpp-server._tcp.a.contoso.example. SRV
update add _xmpp-server._tcp.a.contoso.example. 300 IN SRV 0 0 5269 sip.contoso.example.
update delete _xmpps-server._tcp.a.contoso.example. SRV
send
`));

  it('PowerShell removes what stands there, and adds', () => {
    const lines = text('powershell').trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe(
      "Get-DnsServerResourceRecord -ZoneName 'contoso.example' -Name '_xmpp-server._tcp' -RRType SRV -ErrorAction SilentlyContinue | Remove-DnsServerResourceRecord -ZoneName 'contoso.example' -Force",
    );
    expect(lines[1]).toBe(
      "Add-DnsServerResourceRecord -ZoneName 'contoso.example' -Name '_xmpp-server._tcp' -Srv -DomainName 'sip.contoso.example.' -Priority 0 -Weight 0 -Port 5269 -TimeToLive ([TimeSpan]::FromSeconds(300))",
    );
    expect(lines.at(-1)).toContain('-AAAA -IPv6Address 2001:db8::10');
  });

  it('Terraform has a resource for each set that is not empty, under a name of its own', () => {
    const resources = text('terraform', sets(['192.0.2.10', '192.0.2.11']));
    expect(resources.match(/^resource .*$/gm)).toEqual([
      'resource "dns_srv_record_set" "xgw__xmpp-server__tcp_contoso_example" {',
      'resource "dns_a_record_set" "xgw_sip_contoso_example" {',
      'resource "dns_srv_record_set" "xgw__xmpp-server__tcp_a_contoso_example" {',
    ]);
    expect(resources).toContain('  addresses = ["192.0.2.10", "192.0.2.11"]\n');
    expect(resources).toContain(
      '  srv {\n    priority = 0\n    weight = 0\n    port = 5269\n    target = "sip.contoso.example."\n  }\n',
    );
  });
});
