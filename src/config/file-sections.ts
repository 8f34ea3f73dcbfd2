/** What a declarative file can speak of: the sections, the kinds of their objects, and what it leaves to the store and to cmdlets. */

/** In the order in which they are applied: what others refer to comes first. */
export const fileSections = [
  'sipDomains',
  'sipRoutes',
  'externalAccessPolicies',
  'accessEdge',
  'gateway',
  'federatedPartners',
  'users',
] as const;
export type FileSection = (typeof fileSections)[number];

export const sectionKinds: Readonly<Record<FileSection, string>> = {
  sipDomains: 'SipDomain',
  sipRoutes: 'SipRoute',
  externalAccessPolicies: 'ExternalAccessPolicy',
  accessEdge: 'AccessEdgeConfiguration',
  gateway: 'XmppGatewayConfiguration',
  federatedPartners: 'XmppFederatedPartner',
  users: 'User',
};

/** Acts of cmdlets, and files of the key folder. */
export const unsaidFields: ReadonlySet<string> = new Set(['credential', 'suspended', 'dialbackPassphraseTime']);
/** What the store notes of an object. */
export const notedFields: ReadonlySet<string> = new Set(['identity', 'changed', 'owner', 'declared']);
