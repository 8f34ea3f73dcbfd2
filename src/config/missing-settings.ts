/**
 * Settings that a store of an earlier version does not have take their defaults when it is read. Only settings that have a
 * default, and the section of routes, which came later: other sections, names and secrets are never made up, and what is
 * unknown stays for the validator to refuse.
 */
import { emptyConfiguration, gatewayDefaults, partnerDefaults, policyDefaults } from './defaults.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Keeps what is there as it is, and in its order. Anything that is no configuration comes back untouched. */
export function withMissingSettings(json: unknown): unknown {
  if (!isObject(json)) return json;
  return {
    ...(completed(json, { sipRoutes: emptyConfiguration.sipRoutes }) as JsonObject),
    ...changed(json, 'gateway', (gateway) => completed(gateway, gatewayDefaults)),
    ...changed(json, 'accessEdge', (edge) => completed(edge, emptyConfiguration.accessEdge)),
    ...changed(json, 'federatedPartners', (partners) => each(partners, partnerDefaults)),
    ...changed(json, 'externalAccessPolicies', (policies) => each(policies, policyDefaults)),
  };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member alone, changed; nothing where there is none. */
const changed = (json: JsonObject, name: string, change: (value: unknown) => unknown): JsonObject =>
  Object.hasOwn(json, name) ? { [name]: change(json[name]) } : {};

function completed(settings: unknown, defaults: object): unknown {
  if (!isObject(settings)) return settings;
  const missing = Object.entries(defaults).filter(([name]) => !Object.hasOwn(settings, name));
  return { ...settings, ...Object.fromEntries(missing) };
}

/** The same map when none lacks anything, which mostly is so: there may be 10,000 partners. */
function each(map: unknown, defaults: object): unknown {
  if (!isObject(map)) return map;
  const names = Object.keys(defaults);
  let isComplete = true;
  for (const key in map) isComplete &&= hasAll(map[key], names);
  if (isComplete) return map;
  return Object.fromEntries(Object.entries(map).map(([name, one]) => [name, completed(one, defaults)]));
}

function hasAll(settings: unknown, names: readonly string[]): boolean {
  if (!isObject(settings)) return true;
  for (const name of names) if (!Object.hasOwn(settings, name)) return false;
  return true;
}
