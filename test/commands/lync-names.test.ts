/** Lync's own names, as its documents and migration guides type them. */
import { expect, it } from '@jest/globals';

import { cmdlets } from '../../src/commands/index.ts';

/** Of the system that is replaced; what has no counterpart here is not in the list. */
const names: readonly (readonly [lync: string, ours: string])[] = [
  ['New-CsXmppAllowedPartner', 'New-XmppFederatedPartner'],
  ['Get-CsXmppAllowedPartner', 'Get-XmppFederatedPartner'],
  ['Set-CsXmppAllowedPartner', 'Set-XmppFederatedPartner'],
  ['Remove-CsXmppAllowedPartner', 'Remove-XmppFederatedPartner'],
  ['Get-CsXmppGatewayConfiguration', 'Get-XmppGatewayConfiguration'],
  ['Set-CsXmppGatewayConfiguration', 'Set-XmppGatewayConfiguration'],
  ['Get-CsAccessEdgeConfiguration', 'Get-AccessEdgeConfiguration'],
  ['Set-CsAccessEdgeConfiguration', 'Set-AccessEdgeConfiguration'],
  ['Get-CsSipDomain', 'Get-SipDomain'],
  ['New-CsSipDomain', 'New-SipDomain'],
  ['Set-CsSipDomain', 'Set-SipDomain'],
  ['Remove-CsSipDomain', 'Remove-SipDomain'],
  ['Get-CsStaticRoute', 'Get-SipRoute'],
  ['New-CsStaticRoute', 'New-SipRoute'],
  ['Get-CsExternalAccessPolicy', 'Get-ExternalAccessPolicy'],
  ['New-CsExternalAccessPolicy', 'New-ExternalAccessPolicy'],
  ['Set-CsExternalAccessPolicy', 'Set-ExternalAccessPolicy'],
  ['Remove-CsExternalAccessPolicy', 'Remove-ExternalAccessPolicy'],
  ['Grant-CsExternalAccessPolicy', 'Grant-ExternalAccessPolicy'],
  ['Get-CsUser', 'Get-User'],
  ['Move-CsUser', 'Move-User'],
  ['Import-CsConfiguration', 'Import-Configuration'],
  ['Export-CsConfiguration', 'Export-Configuration'],
  ['Start-CsClsLogging', 'Start-Trace'],
  ['Stop-CsClsLogging', 'Stop-Trace'],
  ['Show-CsClsLogging', 'Get-Trace'],
  ['Search-CsClsLogging', 'Search-Trace'],
  ['Request-CsCertificate', 'Request-Certificate'],
  ['Import-CsCertificate', 'Import-Certificate'],
  ['Export-CsCertificate', 'Export-Certificate'],
  ['Get-CsCertificate', 'Get-Certificate'],
  ['Set-CsCertificate', 'Set-Certificate'],
  ['Remove-CsCertificate', 'Remove-Certificate'],
  ['Test-CsCertificateConfiguration', 'Test-CertificateConfiguration'],
  ['Get-CsWindowsService', 'Get-Service'],
  ['Start-CsWindowsService', 'Start-Service'],
  ['Stop-CsWindowsService', 'Stop-Service'],
  ['Test-CsXmppIM', 'Test-XmppIM'],
  ['Test-CsFederatedPartner', 'Test-FederatedPartner'],
];

it.each(names)('%s is %s', (lync, ours) => {
  const found = cmdlets.find(({ name, aliases = [] }) =>
    [name, ...aliases].some((each) => each.toLowerCase() === lync.toLowerCase()),
  );
  expect(found?.name).toBe(ours);
});

it('the list leaves out none that there is', () => {
  const known = names.map(([lync]) => lync);
  const all = cmdlets.flatMap(({ aliases = [] }) => aliases).filter((alias) => /^[A-Z][a-z]+-Cs[A-Z]/.test(alias));
  const more = ['Get-CsStaticRoutingConfiguration', 'Set-CsStaticRoute', 'Remove-CsStaticRoute'];
  expect(all.filter((alias) => !known.includes(alias)).toSorted()).toEqual(more.toSorted());
});

it('parameters have the names that Lync gave them', () => {
  const parameters = (name: string): readonly string[] =>
    Object.keys(cmdlets.find((each) => each.name === name)?.parameters ?? {});
  const partner = [
    'AdditionalDomains',
    'ConnectionLimit',
    'Description',
    'EnableKeepAlive',
    'Identity',
    'PartnerType',
    'ProxyFqdn',
  ];
  const negotiation = ['SaslNegotiation', 'SupportDialbackNegotiation', 'TlsNegotiation'];
  expect(parameters('New-XmppFederatedPartner')).toEqual(
    expect.arrayContaining([...partner, ...negotiation, 'InMemory']),
  );
  expect(parameters('Set-XmppFederatedPartner')).toEqual(
    expect.arrayContaining([...partner, ...negotiation, 'Instance']),
  );
  expect(parameters('Set-XmppGatewayConfiguration')).toEqual(
    expect.arrayContaining([
      'ConnectionLimit',
      'DialbackPassphrase',
      'EnableLoggingAllMessageBodies',
      'KeepAliveInterval',
      'PartnerConnectionLimit',
      'StreamEstablishmentTimeout',
      'StreamInactivityTimeout',
      'SubscriptionRefreshInterval',
    ]),
  );
});
