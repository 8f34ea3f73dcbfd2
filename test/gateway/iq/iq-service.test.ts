import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { verificationString } from '../../../src/gateway/iq/entity-capabilities.ts';
import { answerIq } from '../../../src/gateway/iq/iq-service.ts';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { readStanzaError } from '../../../src/gateway/xmpp/stanza-error.ts';
import { childElements, childOf, type Element, element, textOf } from '../../../src/gateway/xmpp/xml/element.ts';
import { product } from '../../../src/primitives/product.ts';

const discoInfo = 'http://jabber.org/protocol/disco#info';
const discoItems = 'http://jabber.org/protocol/disco#items';
const domain = 'contoso.example';
const resource = 'alice@contoso.example/sip';

interface Asked {
  readonly to?: string;
  readonly namespace: string;
  readonly type?: string | undefined;
  readonly id?: string | undefined;
  readonly node?: string | undefined;
}

function ask({ to = domain, namespace, type = 'get', id = 'q1', node }: Asked, contacts: readonly string[] = []) {
  const asked = stanza('iq', { from: 'fabrikam.example', to, id, type }, element('query', namespace, { node }));
  return answerIq(asked, { contactAddresses: contacts, now: new Date('2026-11-22T09:14:00.250Z') });
}

/** `result`, or the condition of the error. */
const outcome = (answer: Element | undefined): string | undefined =>
  answer?.attributes['type'] === 'error' ? readStanzaError(answer).condition : answer?.attributes['type'];

/** The one child of a result. */
const payload = (answer: Element | undefined): Element => {
  const [child] = answer === undefined ? [] : childElements(answer);
  if (outcome(answer) !== 'result' || child === undefined) throw new Error(`no payload: ${outcome(answer) ?? ''}`);
  return child;
};

const valuesOf = (query: Element, name: string): (string | undefined)[] =>
  childElements(query)
    .filter((child) => child.name === name)
    .map(({ attributes }) => attributes['var'] ?? `${attributes['category'] ?? ''}/${attributes['type'] ?? ''}`);

describe('ping [XEP-0199]', () => {
  it.each([domain, 'alice@contoso.example', resource])('is answered by %s', (to) => {
    const answer = ask({ to, namespace: 'urn:xmpp:ping' });
    expect({ ...answer?.attributes }).toEqual({ type: 'result', id: 'q1', from: to, to: 'fabrikam.example' });
    expect(answer?.children).toEqual([]);
  });

  it('is not answered for a resource that is not there', () => {
    expect(outcome(ask({ to: 'alice@contoso.example/desk', namespace: 'urn:xmpp:ping' }))).toBe('service-unavailable');
  });
});

describe('service discovery [XEP-0030]', () => {
  it('says that the domain is a gateway to SIP/SIMPLE, and claims only what it answers', () => {
    const query = payload(ask({ namespace: discoInfo }));
    expect(valuesOf(query, 'identity')).toEqual(['gateway/simple']);
    const features = valuesOf(query, 'feature');
    expect(features).toContain(discoInfo);
    for (const namespace of features)
      expect([namespace, outcome(ask({ namespace: namespace ?? '' }))]).toEqual([namespace, 'result']);
  });

  it('lists nobody', () => {
    expect(payload(ask({ namespace: discoItems })).children).toEqual([]);
    expect(payload(ask({ to: resource, namespace: discoItems })).children).toEqual([]);
  });

  it('tells nothing of an account [§8]', () => {
    for (const namespace of [discoInfo, discoItems]) {
      expect(outcome(ask({ to: 'alice@contoso.example', namespace }))).toBe('service-unavailable');
    }
  });

  it.each([discoInfo, discoItems])('answers an unknown node with item-not-found: %s', (namespace) => {
    for (const to of [domain, resource]) {
      expect(outcome(ask({ to, namespace, node: 'http://example.com#1' }))).toBe('item-not-found');
    }
  });

  it('shows the contact addresses of the domain, by kind [XEP-0157]', () => {
    const contacts = [
      'abuse=mailto:abuse@contoso.com',
      'admin=xmpp:ops@contoso.com',
      'abuse=https://contoso.com/abuse',
    ];
    const form = childOf(payload(ask({ namespace: discoInfo }, contacts)), 'x', 'jabber:x:data');
    const fields = (form === undefined ? [] : childElements(form)).map((field) => [
      field.attributes['var'],
      childElements(field).map(textOf),
    ]);
    expect(form?.attributes['type']).toBe('result');
    expect(fields).toEqual([
      ['FORM_TYPE', ['http://jabber.org/network/serverinfo']],
      ['abuse-addresses', ['mailto:abuse@contoso.com', 'https://contoso.com/abuse']],
      ['admin-addresses', ['xmpp:ops@contoso.com']],
    ]);
    expect(childOf(payload(ask({ namespace: discoInfo })), 'x', 'jabber:x:data')).toBeUndefined();
  });
});

describe('entity capabilities [XEP-0115]', () => {
  it('make the verification string of the specification [§5.2]', () => {
    const features = ['http://jabber.org/protocol/caps', discoInfo, discoItems, 'http://jabber.org/protocol/muc'];
    expect(verificationString({ category: 'client', type: 'pc', name: 'Exodus 0.9.1', features })).toBe(
      'QgayPKawpkPSDYmwT/WM94uAlu0=',
    );
  });
});

describe('other questions', () => {
  it('of the version gets name and version, and nothing of the machine [XEP-0092]', () => {
    const query = payload(ask({ namespace: 'jabber:iq:version' }));
    expect(childElements(query).map((child) => [child.name, textOf(child)])).toEqual([
      ['name', 'xgw'],
      ['version', product.version],
    ]);
  });

  it('the version is that of the package', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(product.version).toBe(version);
  });

  it('of the time gets UTC [XEP-0202]', () => {
    const time = payload(ask({ namespace: 'urn:xmpp:time' }));
    expect(childElements(time).map((child) => [child.name, textOf(child)])).toEqual([
      ['tzo', '+00:00'],
      ['utc', '2026-11-22T09:14:00Z'],
    ]);
  });

  it.each<[string, Asked]>([
    ['in-band registration, the form', { namespace: 'jabber:iq:register' }],
    ['in-band registration, the deed', { namespace: 'jabber:iq:register', type: 'set' }],
    ['a vCard', { to: 'alice@contoso.example', namespace: 'vcard-temp' }],
    ['private data', { namespace: 'jabber:iq:private' }],
    ['a ping that sets', { namespace: 'urn:xmpp:ping', type: 'set' }],
    ['something unknown', { namespace: 'x:new', type: 'set' }],
  ])('MUST be refused with service-unavailable: %s [RFC 6121 §8.5.2.1.3]', (_title, asked) => {
    expect(outcome(ask(asked))).toBe('service-unavailable');
  });

  it('MUST NOT tell who exists: every user gets the same answer', () => {
    for (const namespace of [
      'urn:xmpp:ping',
      discoInfo,
      discoItems,
      'jabber:iq:version',
      'vcard-temp',
      'jabber:iq:last',
    ]) {
      for (const at of ['', '/sip', '/desk']) {
        const [known, unknown] = ['alice', 'nobody'].map((user) =>
          JSON.stringify(ask({ to: `${user}@contoso.example${at}`, namespace })).replaceAll(`${user}@`, 'user@'),
        );
        expect(known).toBe(unknown);
      }
    }
  });
});

describe('an iq that is none [RFC 6120 §8.2.3]', () => {
  it.each(['result', 'error'])('MUST NOT be answered: %s', (type) => {
    expect(ask({ namespace: 'urn:xmpp:ping', type })).toBeUndefined();
  });

  const iq = (attributes: Record<string, string | undefined>, ...children: Element[]): Element =>
    stanza('iq', { from: 'fabrikam.example', to: domain, id: 'q1', type: 'get', ...attributes }, ...children);
  const query = element('ping', 'urn:xmpp:ping');

  it.each<[string, Element, string]>([
    ['no id', iq({ id: undefined }, query), 'bad-request'],
    ['no type', iq({ type: undefined }, query), 'bad-request'],
    ['an unknown type', iq({ type: 'ask' }, query), 'bad-request'],
    ['no child', iq({}), 'bad-request'],
    ['two children', iq({}, query, query), 'bad-request'],
    ['an address that is none', iq({ to: 'a b@contoso.example' }, query), 'jid-malformed'],
  ])('has %s', (_title, asked, condition) => {
    expect(outcome(answerIq(asked, { contactAddresses: [], now: new Date(0) }))).toBe(condition);
  });
});
