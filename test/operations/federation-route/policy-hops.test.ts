import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import { policyDefaults } from '../../../src/config/defaults.ts';
import type { FederatedPartner } from '../../../src/config/federated-partner.ts';
import { configurationHop, policyHop } from '../../../src/operations/federation-route/policy-hops.ts';
import type { Route } from '../../../src/operations/federation-route/route-hop.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { fabrikam, openConfiguration } from '../../support/crossing.ts';

const route = (configuration: Configuration = openConfiguration, changes: Partial<Route> = {}): Route => ({
  storeFolder: '',
  configuration,
  local: 'contoso.example' as DomainName,
  domain: fabrikam.identity,
  user: undefined,
  now: new Date('2026-11-22T12:00:00Z'),
  timeoutMs: 1000,
  ...changes,
});
const withPartner = (partner: Partial<FederatedPartner>): Configuration => ({
  ...openConfiguration,
  federatedPartners: { [fabrikam.identity]: { ...fabrikam, ...partner } },
});
const withGlobalPolicy = (policy: Partial<typeof policyDefaults>): Configuration => ({
  ...openConfiguration,
  externalAccessPolicies: {
    Global: {
      identity: 'Global',
      ...policyDefaults,
      enableFederationAccess: true,
      enableXmppAccess: true,
      ...policy,
    },
  },
});

describe('the configuration on a route', () => {
  it('is good for a partner, and says of which type it is and how it is believed', () => {
    expect(configurationHop(route())).toEqual({
      result: 'Success',
      target: 'fabrikam.example',
      detail: 'Federated, SASL over TLS',
    });
  });

  it('is found by an additional domain of the partner', () => {
    const domain = 'emea.fabrikam.example' as DomainName;
    expect(configurationHop(route(openConfiguration, { domain }))).toMatchObject({
      result: 'Success',
      target: 'fabrikam.example',
    });
  });

  it('fails for a domain that is no partner, with the command that makes it one', () => {
    const domain = 'stranger.example' as DomainName;
    const outcome = configurationHop(route(openConfiguration, { domain }));
    expect(outcome).toMatchObject({ result: 'Failure', target: domain, detail: 'no partner' });
    expect(outcome.fix).toMatch(/^xgw new-xmppfederatedpartner stranger\.example/);
  });

  it('fails for a suspended partner, with the command that resumes it', () => {
    const suspended = withPartner({ suspended: { since: '2026-11-22T11:00:00Z', reason: 'maintenance' } });
    expect(configurationHop(route(suspended))).toMatchObject({
      result: 'Failure',
      detail: 'suspended',
      cause: expect.stringContaining('suspended'),
      fix: 'xgw resume-xmppfederatedpartner fabrikam.example',
    });
  });

  it('warns of settings that weaken the partner', () => {
    const weak = withPartner({
      tlsNegotiation: 'NotSupported',
      saslNegotiation: 'NotSupported',
      supportDialbackNegotiation: true,
    });
    expect(configurationHop(route(weak))).toMatchObject({
      result: 'Warning',
      detail: 'Federated, TCP Dialback',
      fix: 'xgw get-xmppfederatedpartner fabrikam.example',
    });
  });
});

describe('policy on a route', () => {
  const alice = 'sip:alice@contoso.example';

  it('is good when all users may talk, and for the one who was named', () => {
    expect(policyHop(route())).toMatchObject({ result: 'Success', detail: '1 of 1 users may use XMPP' });
    expect(policyHop(route(openConfiguration, { user: alice }))).toMatchObject({ result: 'Success', target: alice });
  });

  it('goes by the Global policy where there are no users', () => {
    expect(policyHop(route({ ...openConfiguration, users: {} }))).toMatchObject({
      result: 'Success',
      detail: 'by the Global policy',
    });
    const closed = { ...withGlobalPolicy({ enableXmppAccess: false }), users: {} };
    expect(policyHop(route(closed))).toMatchObject({ result: 'Failure', detail: 'by the Global policy' });
  });

  it('fails when federation is switched off for all', () => {
    const off = { ...openConfiguration, accessEdge: { allowFederatedUsers: false } };
    const outcome = policyHop(route(off));
    expect(outcome).toMatchObject({ result: 'Failure', target: 'AccessEdge', detail: 'closed' });
    expect(outcome.fix).toMatch(/^xgw set-accessedgeconfiguration/);
  });

  it('fails when no user may talk, and for the one who may not', () => {
    expect(policyHop(route(withGlobalPolicy({ enableXmppAccess: false })))).toMatchObject({
      result: 'Failure',
      detail: '0 of 1 users may use XMPP',
    });
    const branch = { identity: 'sip:branch@contoso.example', displayName: '', survivableBranch: true };
    const some = { ...openConfiguration, users: { ...openConfiguration.users, [branch.identity]: branch } };
    expect(policyHop(route(some))).toMatchObject({ result: 'Success', detail: '1 of 2 users may use XMPP' });
    expect(policyHop(route(some, { user: branch.identity }))).toMatchObject({ result: 'Failure', detail: 'refused' });
  });

  it('fails for somebody who is no user, with the command that makes one', () => {
    const user = 'sip:nobody@contoso.example';
    expect(policyHop(route(openConfiguration, { user })).fix).toContain('xgw new-user sip:nobody@contoso.example');
  });
});
