/** What the values of a parameter name, where that is something which can be listed: objects of the store, cmdlets, topics. */
export type NameKind =
  | 'partner'
  | 'partnerDomain'
  | 'sipDomain'
  | 'sipRoute'
  | 'user'
  | 'policy'
  | 'policyName'
  | 'certificate'
  | 'certificateRequest'
  | 'service'
  | 'trace'
  | 'cmdlet'
  | 'topic'
  | 'verb'
  | 'noun'
  | 'parameterOfCmdlet'
  | 'property';

/** By `Verb-Noun.Parameter`, or for all verbs or all cmdlets. What is most precise counts. */
export const nameKinds: Readonly<Record<string, NameKind>> = {
  'Grant-ExternalAccessPolicy.Identity': 'user',
  'New-SipRoute.Identity': 'sipDomain',
  '*-XmppFederatedPartner.Identity': 'partner',
  '*-ExternalAccessPolicy.Identity': 'policy',
  '*-SipDomain.Identity': 'sipDomain',
  '*-SipRoute.Identity': 'sipRoute',
  '*-User.Identity': 'user',
  '*-SipRegistration.Identity': 'user',
  '*-Service.Name': 'service',
  '*-ServiceStatus.Partner': 'partner',
  '*-Trace.Name': 'trace',
  '*-FederationRoute.Domain': 'partnerDomain',
  '*-XmppSession.Domain': 'partnerDomain',
  '*-XmppPeerCertificate.Domain': 'partnerDomain',
  '*-XmppFederationFailure.Domain': 'partnerDomain',
  '*-XmppDnsCache.Domain': 'partnerDomain',
  '*-DnsRecord.Domain': 'sipDomain',
  '*-DnsRecord.Peer': 'partnerDomain',
  '*-PresenceSubscription.Partner': 'partnerDomain',
  '*-QueuedMessage.Partner': 'partnerDomain',
  '*-AuditLog.Cmdlet': 'cmdlet',
  '*-Command.Name': 'cmdlet',
  '*-Command.Verb': 'verb',
  '*-Command.Noun': 'noun',
  '*-Help.Name': 'topic',
  '*-Help.Parameter': 'parameterOfCmdlet',
  '*.PolicyName': 'policyName',
  '*.Thumbprint': 'certificate',
  '*.RequestId': 'certificateRequest',
  '*.SipDomain': 'sipDomain',
  '*.User': 'user',
  '*.UserSipAddress': 'user',
  '*.ApplicableTo': 'user',
  '*.Publisher': 'user',
  '*.Subscriber': 'user',
  '*.Property': 'property',
  '*.ExpandProperty': 'property',
};

/** Undefined where nothing can be listed; new- names what is not there yet. */
export function nameKindOf(cmdlet: string, parameter: string): NameKind | undefined {
  const [verb = '', noun = ''] = cmdlet.split('-');
  const exact = nameKinds[`${cmdlet}.${parameter}`];
  const isNew = /^New$/i.test(verb) && parameter === 'Identity';
  return exact ?? (isNew ? undefined : nameKinds[`*-${noun}.${parameter}`]) ?? nameKinds[`*.${parameter}`];
}
