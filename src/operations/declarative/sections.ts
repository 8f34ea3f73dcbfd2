/** The sections of a configuration, as maps of objects by name: how files, imports and plans go through all of them alike. */
import type {
  AccessEdgeConfiguration,
  Configuration,
  ExternalAccessPolicy,
  SipDomain,
  User,
} from '../../config/configuration.ts';
import {
  emptyConfiguration,
  gatewayDefaults,
  partnerDefaults,
  policyDefaults,
  sipRouteDefaults,
} from '../../config/defaults.ts';
import { globalPolicy } from '../../config/effective-policy.ts';
import type { FederatedPartner } from '../../config/federated-partner.ts';
import type { FileSection } from '../../config/file-sections.ts';
import type { GatewayConfiguration } from '../../config/gateway-configuration.ts';
import type { SipRoute } from '../../config/sip-route.ts';

/** What the store notes of an object is not for a file to say. */
type Noted = 'identity' | 'changed' | 'declared';

/** A setting that is left out is not spoken of; `null` is its default, or none. */
export type Desired<T> = { readonly [K in keyof Omit<T, Noted>]?: T[K] | null };
export type DesiredMap<T> = Readonly<Record<string, Desired<T>>>;

/** Objects as somebody wants them. A section that is left out is not spoken of; an empty one wants none. Identities as the store spells them. */
export interface DesiredConfiguration {
  readonly sipDomains?: DesiredMap<SipDomain>;
  readonly sipRoutes?: DesiredMap<SipRoute>;
  readonly externalAccessPolicies?: DesiredMap<ExternalAccessPolicy>;
  readonly accessEdge?: Desired<AccessEdgeConfiguration>;
  readonly gateway?: Desired<GatewayConfiguration>;
  readonly federatedPartners?: DesiredMap<FederatedPartner>;
  readonly users?: DesiredMap<User>;
}

export type Section = FileSection;
export type MapSection = Exclude<Section, 'accessEdge' | 'gateway'>;

export type Fields = Readonly<Record<string, unknown>>;
export type ObjectMap = Readonly<Record<string, Fields>>;

/** What an object has of which nothing is said. */
export const sectionDefaults: Readonly<Record<Section, Fields>> = {
  sipDomains: { isDefault: false },
  sipRoutes: sipRouteDefaults,
  externalAccessPolicies: policyDefaults,
  accessEdge: { ...emptyConfiguration.accessEdge },
  gateway: { ...gatewayDefaults },
  federatedPartners: partnerDefaults,
  users: { displayName: '', survivableBranch: false },
};

/** What there is but one of is called so. */
export const single = 'Global';

export const isMapSection = (section: Section): section is MapSection =>
  section !== 'accessEdge' && section !== 'gateway';

/** Whether the object is there from the beginning, so that nobody makes or removes it. */
export const isBuiltIn = (section: Section, identity: string): boolean =>
  !isMapSection(section) || (section === 'externalAccessPolicies' && identity === globalPolicy);

/** The objects of a section by name; what there is but one of is `Global`. */
export const objectsOf = (configuration: Configuration, section: Section): ObjectMap =>
  (isMapSection(section) ? configuration[section] : { [single]: configuration[section] }) as unknown as ObjectMap;

export const desiredObjects = (desired: DesiredConfiguration, section: Section): ObjectMap | undefined => {
  const said = desired[section];
  if (said === undefined) return undefined;
  return (isMapSection(section) ? said : { [single]: said }) as unknown as ObjectMap;
};

/** In the order of the names, as the store keeps them. */
export function withObjects(configuration: Configuration, section: Section, objects: ObjectMap): Configuration {
  if (!isMapSection(section)) return { ...configuration, [section]: objects[single] };
  const sorted = Object.entries(objects).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...configuration, [section]: Object.fromEntries(sorted) };
}
