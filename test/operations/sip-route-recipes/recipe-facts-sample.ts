/** What a recipe is made of, in a test: a pool over TLS, two partner domains. */
import type { SipNextHop } from '../../../src/config/network-address.ts';
import type { RecipeFacts } from '../../../src/operations/sip-route-recipes/recipe-facts.ts';

export const tlsHop: SipNextHop = { host: 'pool.contoso.com', port: 5061, transport: 'tls' };

export const sampleFacts: RecipeFacts = {
  route: 'contoso.com',
  hops: [tlsHop],
  tlsName: undefined,
  throughEdge: false,
  sipDomains: ['contoso.com'],
  partnerDomains: ['corp.fabrikam.com', 'fabrikam.com'],
  fqdn: 'sip.contoso.com',
  address: undefined,
  port: 5061,
  revision: 12,
  certificateDoubts: [],
};
