/** Exactly one SIP domain is the default: which one it is when a file names another, or none. Pure. */
import type { Configuration } from '../../config/configuration.ts';
import type { ObjectMap } from './sections.ts';

/**
 * A domain that is said to be the default takes the place of the one that was. Where none is left, the first of the said ones
 * is it, as the first domain always is. Two that are said to be, or one that is said not to be, stay: the store refuses them.
 */
export function withDefaultDomain(configuration: Configuration, said: ObjectMap): Configuration {
  const { sipDomains } = configuration;
  const isSaid = (name: string, value: boolean): boolean => said[name]?.['isDefault'] === value;
  const chosen = Object.keys(said).some((name) => isSaid(name, true));
  const isLeft = Object.values(sipDomains).some(({ isDefault }) => isDefault);
  if (!chosen && isLeft) return configuration;
  const first = chosen ? undefined : Object.keys(said).find((name) => !isSaid(name, false));
  const domains = Object.entries(sipDomains).map(([name, domain]) => {
    const isDefault = chosen ? isSaid(name, true) : domain.isDefault || name === first;
    return [name, { ...domain, isDefault }] as const;
  });
  return { ...configuration, sipDomains: Object.fromEntries(domains) };
}

/** Domains that are no longer the default although nothing was said of them. */
export const demotedDomains = (before: ObjectMap, after: ObjectMap, said: ObjectMap): readonly string[] =>
  Object.keys(after).filter((name) => {
    const wasDefault = (objects: ObjectMap): boolean => objects[name]?.['isDefault'] === true;
    return !Object.hasOwn(said, name) && wasDefault(before) && !wasDefault(after);
  });
