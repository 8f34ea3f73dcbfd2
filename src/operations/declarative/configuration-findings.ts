/** What `test-configuration` says of a configuration that is valid: what an administrator should know of it, object by object. Pure. */
import type { Configuration } from '../../config/configuration.ts';
import { type FileSection, fileSections, sectionKinds } from '../../config/file-sections.ts';
import { policyWarnings } from '../external-access-policies.ts';
import { partnerWarnings } from '../federated-partners.ts';
import { gatewayWarnings } from '../gateway-settings.ts';
import { routeWarnings } from '../sip-routes.ts';
import { isMapSection, objectsOf } from './sections.ts';

/** The object that cmdlets emit. */
export interface ConfigurationFinding {
  readonly Result: 'Success' | 'Warning' | 'Failure';
  /** What was looked at: Syntax, Schema, Negotiation, Reference, Certificate ... */
  readonly Name: string;
  /** Kind and identity of the object, or the file. */
  readonly Target: string;
  readonly Detail: string;
  readonly Fix: string | null;
  readonly File: string | null;
  readonly Line: number | null;
  readonly Column: number | null;
  readonly [property: string]: unknown;
}

const nowhere = { File: null, Line: null, Column: null, Fix: null } as const;

type Warnings = (configuration: Configuration, identity: string) => readonly string[];

const of =
  <T>(
    objects: (configuration: Configuration) => Readonly<Record<string, T>>,
    warnings: (one: T) => readonly string[],
  ): Warnings =>
  (configuration, identity) => {
    const all = objects(configuration);
    return Object.hasOwn(all, identity) ? warnings(all[identity] as T) : [];
  };

const warningsOf: Readonly<Partial<Record<FileSection, Warnings>>> = {
  sipRoutes: of(({ sipRoutes }) => sipRoutes, routeWarnings),
  externalAccessPolicies: of(({ externalAccessPolicies }) => externalAccessPolicies, policyWarnings),
  gateway: ({ gateway }) => gatewayWarnings(gateway),
  accessEdge: ({ accessEdge, federatedPartners }) =>
    accessEdge.allowFederatedUsers || Object.keys(federatedPartners).length === 0
      ? []
      : ['AllowFederatedUsers is False, so no partner can be reached'],
  federatedPartners: of(
    ({ federatedPartners }) => federatedPartners,
    (partner) => partnerWarnings(partner, true),
  ),
};

/** @param isMeant - Which objects are looked at. */
export const settingFindings = (
  configuration: Configuration,
  isMeant: (section: FileSection, identity: string) => boolean,
): readonly ConfigurationFinding[] =>
  fileSections.flatMap((section) =>
    Object.keys(objectsOf(configuration, section))
      .filter((identity) => isMeant(section, identity))
      .flatMap((identity) =>
        (warningsOf[section]?.(configuration, identity) ?? []).map(
          (warning): ConfigurationFinding => ({
            Result: 'Warning',
            Name: section === 'federatedPartners' ? 'Negotiation' : 'Settings',
            Target: isMapSection(section) ? `${sectionKinds[section]} ${identity}` : sectionKinds[section],
            Detail: warning,
            ...nowhere,
          }),
        ),
      ),
  );

/** What was looked at, and nothing is wrong with it. */
export const success = (Name: string, Target: string, Detail: string): ConfigurationFinding => ({
  Result: 'Success',
  Name,
  Target,
  Detail,
  ...nowhere,
});
