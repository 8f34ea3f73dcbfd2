import { describe, expect, it } from '@jest/globals';

import type { FederatedPartner } from '../../../src/config/federated-partner.ts';
import { partnerOf } from '../../../src/config/partner-lookup.ts';
import { streamSecurityFor } from '../../../src/gateway/policy/stream-security.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { fabrikam, openConfiguration } from '../../support/crossing.ts';

const securityWith = (partner: Partial<FederatedPartner>) => {
  const configuration = {
    ...openConfiguration,
    federatedPartners: { [fabrikam.identity]: { ...fabrikam, ...partner } },
  };
  return streamSecurityFor(configuration, 'fabrikam.example', (file) => [Buffer.from(file)]);
};

describe('what a stream must pass', () => {
  it.each<[Partial<FederatedPartner>, string]>([
    [{}, 'required: EXTERNAL'],
    [{ saslNegotiation: 'Optional' }, 'required: EXTERNAL, TLS dialback'],
    [{ saslNegotiation: 'NotSupported' }, 'required: TLS dialback'],
    [{ tlsNegotiation: 'Optional', saslNegotiation: 'Optional' }, 'optional: EXTERNAL, TLS dialback, TCP dialback'],
    [{ tlsNegotiation: 'NotSupported', saslNegotiation: 'NotSupported' }, 'not-supported: TCP dialback'],
    [{ supportDialbackNegotiation: false }, 'required: EXTERNAL'],
  ])('is the row of the matrix: %j is %s', (partner, shown) => {
    const security = securityWith(partner);
    const methods = [
      security?.saslExternal === true ? 'EXTERNAL' : undefined,
      security?.tlsDialback === true ? 'TLS dialback' : undefined,
      security?.tcpDialback === true ? 'TCP dialback' : undefined,
    ].filter((method) => method !== undefined);
    expect(`${security?.startTls}: ${methods.join(', ')}`).toBe(shown);
  });

  it('is nothing for a domain that may not connect', () => {
    const none = (): readonly Buffer[] => [];
    expect(streamSecurityFor(openConfiguration, 'unknown.example', none)).toBeUndefined();
    const closed = { ...openConfiguration, accessEdge: { allowFederatedUsers: false } };
    expect(streamSecurityFor(closed, 'fabrikam.example', none)).toBeUndefined();
  });

  it('has the limit, route, anchors and pins of the partner, else those of the gateway', () => {
    expect(securityWith({})).toMatchObject({ partner: 'fabrikam.example', connectionLimit: 20 });
    expect(securityWith({ connectionLimit: 3 })?.connectionLimit).toBe(3);
    expect(securityWith({ proxyFqdn: 'xmpp.fabrikam.example:15269' })?.proxy).toEqual({
      host: 'xmpp.fabrikam.example',
      port: 15_269,
    });
    expect(securityWith({ proxyFqdn: '[2001:db8::1]' })?.proxy).toEqual({ host: '2001:db8::1' });
    expect(securityWith({ trustedRootsPath: '/ca.pem' })?.anchors).toEqual([Buffer.from('/ca.pem')]);
    expect(securityWith({})?.bidi).toBe(true);
    expect(securityWith({ enableBidi: false })?.bidi).toBe(false);
    expect(securityWith({ pinnedSpkiSha256: ['pin'] })?.pinnedSpkiSha256).toEqual(['pin']);
  });
});

describe('the partner of a domain', () => {
  it('is found by any of its domains', () => {
    const additionalDomains = ['emea.fabrikam.example', 'us.fabrikam.example'].map((name) => name as DomainName);
    const partner = { ...fabrikam, additionalDomains };
    const configuration = { ...openConfiguration, federatedPartners: { [fabrikam.identity]: partner } };
    const found = ['fabrikam.example', 'emea.fabrikam.example', 'us.fabrikam.example', 'x.fabrikam.example'].map(
      (domain) => partnerOf(configuration, domain)?.identity,
    );
    expect(found).toEqual(['fabrikam.example', 'fabrikam.example', 'fabrikam.example', undefined]);
  });
});
