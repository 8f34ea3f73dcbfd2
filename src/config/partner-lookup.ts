/** Partners by any of their domains. */
import type { Configuration } from './configuration.ts';
import type { FederatedPartner } from './federated-partner.ts';

type Partners = Configuration['federatedPartners'];

/** For as long as the partners live: a configuration that differs in something else shares them. */
const indexes = new WeakMap<Partners, ReadonlyMap<string, FederatedPartner>>();

/**
 * The partner that owns a domain, by its primary or an additional domain. One look-up costs the same for ten partners and for
 * ten thousand.
 *
 * @param domain - A-labels in lower case.
 */
export function partnerOf(
  { federatedPartners }: Pick<Configuration, 'federatedPartners'>,
  domain: string,
): FederatedPartner | undefined {
  let index = indexes.get(federatedPartners);
  if (index === undefined) {
    index = new Map(Object.values(federatedPartners).flatMap(domainsOf));
    indexes.set(federatedPartners, index);
  }
  return index.get(domain);
}

const domainsOf = (partner: FederatedPartner): [string, FederatedPartner][] =>
  [partner.identity, ...partner.additionalDomains].map((domain) => [domain, partner]);
