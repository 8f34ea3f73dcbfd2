import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import type { GeneralName } from '../../src/certificates/general-name.ts';
import { matchingIdentifier } from '../../src/certificates/server-identity.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';

const dns = (name: string): GeneralName => ({ kind: 'dns', name });
const srv = (name: string): GeneralName => ({ kind: 'srv', name });
const xmpp = (address: string): GeneralName => ({ kind: 'xmpp', address });
const domain = (name: string): DomainName => name as DomainName;

describe('the identity of a server [RFC 9525 §6.3, RFC 6120 §13.7.1]', () => {
  it.each<[string, GeneralName, string]>([
    ['a DNS-ID, in any case', dns('Contoso.EXAMPLE'), 'contoso.example'],
    ['an SRV-ID of the server service', srv('_xmpp-server.contoso.example'), 'contoso.example'],
    ['an SRV-ID with a wildcard', srv('_xmpp-server.*.contoso.example'), 'im.contoso.example'],
    ['an XmppAddr', xmpp('contoso.example'), 'contoso.example'],
    ['an XmppAddr in U-labels', xmpp('BÜCHER.example'), 'xn--bcher-kva.example'],
    ['a wildcard for one label', dns('*.contoso.example'), 'im.contoso.example'],
    ['a wildcard for an internationalised label', dns('*.contoso.example'), 'xn--bcher-kva.contoso.example'],
  ])('%s speaks for its domain', (_, name, expected) => {
    expect(matchingIdentifier([dns('other.example'), name], domain(expected))).toBeDefined();
  });

  it.each<[string, GeneralName, string]>([
    ['another domain', dns('fabrikam.example'), 'contoso.example'],
    ['a parent', dns('contoso.example'), 'im.contoso.example'],
    ['a child', dns('im.contoso.example'), 'contoso.example'],
    ['a name that ends alike', dns('evilcontoso.example'), 'contoso.example'],
    ['the wildcard of the domain itself', dns('*.contoso.example'), 'contoso.example'],
    ['a wildcard two labels up', dns('*.contoso.example'), 'a.b.contoso.example'],
    ['a wildcard over a registry', dns('*.example'), 'contoso.example'],
    ['a partial wildcard', dns('im*.contoso.example'), 'im1.contoso.example'],
    ['a partial wildcard of an A-label', dns('xn--*.contoso.example'), 'xn--bcher-kva.contoso.example'],
    ['a wildcard that is not leftmost', dns('im.*.example'), 'im.contoso.example'],
    ['two wildcards', dns('*.*.example'), 'im.contoso.example'],
    ['a bare wildcard', dns('*'), 'contoso.example'],
    ['an SRV-ID for clients', srv('_xmpp-client.contoso.example'), 'contoso.example'],
    ['an SRV-ID without a service', srv('contoso.example'), 'contoso.example'],
    ['an XmppAddr of a user', xmpp('eve@contoso.example'), 'contoso.example'],
    ['an XmppAddr with a resource', xmpp('contoso.example/x'), 'contoso.example'],
    ['an XmppAddr with a wildcard', xmpp('*.contoso.example'), 'im.contoso.example'],
    ['an e-mail address', { kind: 'email', address: 'contoso.example' }, 'contoso.example'],
    ['a URI', { kind: 'uri', uri: 'contoso.example' }, 'contoso.example'],
    ['an IP address of the same octets', { kind: 'ip', octets: Buffer.from('contoso.example') }, 'contoso.example'],
  ])('%s does not', (_, name, wanted) => {
    expect(matchingIdentifier([name], domain(wanted))).toBeUndefined();
  });

  it('prefers the exact name, and escapes what it shows', () => {
    expect(
      matchingIdentifier([dns('*.contoso.example'), dns('im.contoso.example')], domain('im.contoso.example')),
    ).toBe('DNS:im.contoso.example');
  });

  it('matches a name only if it is equal or a wildcard of exactly the labels above', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const labels = fc.array(label, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(labels, labels, fc.boolean(), (presented, wanted, wild) => {
        const name = wild ? ['*', ...presented].join('.') : presented.join('.');
        const reference = wanted.join('.');
        const expected = wild ? wanted.slice(1).join('.') === presented.join('.') : name === reference;
        expect(matchingIdentifier([dns(name)], domain(reference)) !== undefined).toBe(expected);
        const own = wild ? `x.${presented.join('.')}` : name;
        expect(matchingIdentifier([dns(name)], domain(own))).toBe(`DNS:${name}`);
      }),
    );
  });
});
