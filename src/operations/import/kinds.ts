/** What an imported object is: by what it says itself, by the names of its .NET types, and last by the properties it has. Pure. */
import { sectionKinds } from '../../config/file-sections.ts';
import type { Section } from '../declarative/sections.ts';
import { type ForeignObject, propertyNamed, textOf } from './foreign-object.ts';

/** Routes are none of Lync's objects: they come in a document. */
export type ImportSection = Exclude<Section, 'sipRoutes'>;

interface Kind {
  readonly section: ImportSection;
  /** Of its .NET type, `Deserialized.`, `Selected.` and `#Decorated` around it or not. */
  readonly type: RegExp;
  /** One property of each group makes an object without types one of these. */
  readonly properties: readonly (readonly string[])[];
  /** Without types, only this property tells an object of Lync from a list that a person wrote. */
  readonly mark?: string;
}

/** In the order in which properties decide. @source the cmdlet reference of Lync Server 2013 */
const kinds: readonly Kind[] = [
  {
    section: 'federatedPartners',
    type: /XmppAllowedPartner/i,
    properties: [['TlsNegotiation', 'SaslNegotiation', 'SupportDialbackNegotiation', 'PartnerType']],
  },
  {
    section: 'gateway',
    type: /XmppGateway(?:Settings|Configuration)/i,
    properties: [['StreamEstablishmentTimeout', 'StreamInactivityTimeout', 'PartnerConnectionLimit']],
  },
  { section: 'accessEdge', type: /AccessEdge(?:Settings|Configuration)/i, properties: [['AllowFederatedUsers']] },
  {
    section: 'externalAccessPolicies',
    type: /ExternalAccessPolicy/i,
    properties: [['EnableXmppAccess', 'EnableFederationAccess']],
  },
  {
    section: 'users',
    type: /(?:OCSADUser|ADUser|OCSUserOrAppContact|\.CsUser)\b/i,
    properties: [['SipAddress'], ['RegistrarPool', 'DisplayName', 'HomeServer', 'Deployment', 'ExternalAccessPolicy']],
    mark: 'RegistrarPool',
  },
  {
    section: 'sipDomains',
    type: /Xds\.SipDomain|(?:^|\.)SipDomain\b/i,
    properties: [['IsDefault'], ['Identity', 'Name']],
  },
];

export interface Recognised {
  readonly section: ImportSection;
  /** Whether Lync wrote it, not this program. */
  readonly isForeign: boolean;
}

export function recognised(object: ForeignObject): Recognised | undefined {
  const said = textOf(propertyNamed(object, 'Kind'));
  const own = kinds.find(({ section }) => sectionKinds[section] === said);
  if (own !== undefined) return { section: own.section, isForeign: false };
  const typed = kinds.find(({ type }) => object.types.some((name) => type.test(name)));
  const has = (name: string): boolean => propertyNamed(object, name) !== undefined;
  const found = typed ?? kinds.find(({ properties }) => properties.every((group) => group.some(has)));
  if (found === undefined) return undefined;
  return { section: found.section, isForeign: typed !== undefined || found.mark === undefined || has(found.mark) };
}
