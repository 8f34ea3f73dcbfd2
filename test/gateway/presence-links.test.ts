import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import type { FederatedPartner, PartnerType } from '../../src/config/federated-partner.ts';
import type { Addressed } from '../../src/gateway/addressed.ts';
import { answerIq } from '../../src/gateway/iq/iq-service.ts';
import { PresenceLinks } from '../../src/gateway/presence-links.ts';
import type { Pidf } from '../../src/gateway/sip/bodies/pidf.ts';
import type { SubscriptionUpdate } from '../../src/gateway/sip/home/subscription-machine.ts';
import { childText } from '../../src/gateway/translation/instant-message.ts';
import { stanza } from '../../src/gateway/xmpp/stanza.ts';
import { childElements, childOf, element } from '../../src/gateway/xmpp/xml/element.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { fabrikam, openConfiguration, scriptedCrossing } from '../support/crossing.ts';

const alice = 'sip:alice@contoso.example';
const bob = 'sip:bob@fabrikam.example';
const addressed: Addressed = {
  correlationId: 'C1',
  contact: 'bob@fabrikam.example',
  contactAor: bob,
  userJid: 'alice@contoso.example',
  userAor: alice,
  partnerDomain: 'fabrikam.example',
};
const open: Pidf = {
  entity: alice,
  tuples: [{ id: 't', basic: 'open', activities: [] }],
  person: { activities: ['busy'], note: { text: 'In a review' } },
};

function links(partnerType: PartnerType = 'Federated') {
  const partner = { ...fabrikam, partnerType };
  const crossing = scriptedCrossing({ ...openConfiguration, federatedPartners: { [partner.identity]: partner } });
  const updates: SubscriptionUpdate[] = [];
  const follows = new Set<string>();
  const presence = new PresenceLinks(crossing, {
    presenceOf: () => open,
    notify: (_contact, _user, update) => void updates.push(update),
    follow: ({ contactAor }) => void follows.add(contactAor),
    unfollow: ({ contactAor }) => void follows.delete(contactAor),
  });
  return {
    crossing,
    presence,
    updates,
    /** The contacts for whom the SIP side is asked to tell of our user. */
    follows,
    receive: (type?: string, show?: string) =>
      void presence.receive(
        stanza(
          'presence',
          { from: 'bob@fabrikam.example/desk', to: 'alice@contoso.example', type },
          ...(show ? [element('show', 'jabber:server', {}, show)] : []),
        ),
        addressed,
      ),
    watch: () => presence.watched({ watcherAor: alice, presentityUri: bob, fetch: false, refresh: false }),
    /** What crossed to XMPP since the last look: the type, or show and status of available presence. */
    sent: () =>
      crossing.stanzas
        .splice(0)
        .map((each) => each.attributes['type'] ?? `${childText(each, 'show')}|${childText(each, 'status')}`),
  };
}

/** What was sent has arrived. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('a contact asks for the presence of our user', () => {
  it.each<[PartnerType, string[]]>([
    ['Federated', ['subscribed', 'dnd|In a review']],
    ['PublicVerified', ['subscribed', 'dnd|']],
    ['PublicUnverified', []],
  ])('%s: approved without the user, a note for Federated only, nothing for PublicUnverified', (type, sent) => {
    const { receive, sent: crossed } = links(type);
    receive('subscribe');
    expect(crossed()).toEqual(sent);
  });

  it('PublicUnverified: approved as soon as our user has added the contact', () => {
    const { receive, watch, sent } = links('PublicUnverified');
    receive('subscribe');
    watch();
    expect(sent()).toEqual(['subscribe', 'subscribed', 'dnd|']);
  });

  it('sends each change to those who may see it, and to nobody else', async () => {
    const { presence, receive, sent } = links();
    presence.userChanged(alice, open);
    expect(sent()).toEqual([]);
    receive('subscribe');
    await settled();
    sent();
    presence.userChanged(alice, { ...open, tuples: [] });
    await settled();
    expect(sent()).toEqual(['unavailable']);
    receive('unsubscribe');
    expect(sent()).toEqual(['unavailable']);
    presence.userChanged(alice, open);
    expect(sent()).toEqual([]);
  });

  it('answers a probe: presence to those who may see it, unsubscribed to others', () => {
    const trusted = links('Federated');
    trusted.receive('probe');
    expect(trusted.sent()).toEqual(['dnd|In a review']);
    const unverified = links('PublicUnverified');
    unverified.receive('probe');
    expect(unverified.sent()).toEqual(['unsubscribed']);
  });

  it('confirms a subscription that exists already [RFC 6121 §3.1.3]', async () => {
    const { receive, sent } = links();
    receive('subscribe');
    await settled();
    sent();
    receive('subscribe');
    expect(sent()).toEqual(['subscribed', 'dnd|In a review']);
  });
});

describe('the presence of our user', () => {
  it('says what the user can do, and that is what service discovery then answers [XEP-0115 §3, §6.2]', () => {
    const { crossing, receive } = links();
    receive('subscribe');
    const available = crossing.stanzas.find(({ attributes }) => attributes['type'] === undefined);
    const capabilities = available && childOf(available, 'c', 'http://jabber.org/protocol/caps');
    const { node = '', ver = '', hash } = (capabilities?.attributes ?? {}) as Record<string, string | undefined>;
    const question = element('query', 'http://jabber.org/protocol/disco#info', { node: `${node}#${ver}` });
    const ends = { from: 'bob@fabrikam.example/desk', to: available?.attributes['from'], id: 'q1', type: 'get' };
    const answer = answerIq(stanza('iq', ends, question), { contactAddresses: [], now: new Date(0) });
    const [query] = answer === undefined ? [] : childElements(answer);
    const parts = (query === undefined ? [] : childElements(query)).map(({ attributes: each }) =>
      each['var'] === undefined ? `${each['category']}/${each['type']}//${each['name']}<` : `${each['var']}<`,
    );
    expect([answer?.attributes['type'], hash]).toEqual(['result', 'sha-1']);
    expect(
      createHash('sha1')
        .update([parts[0], ...parts.slice(1).toSorted()].join(''))
        .digest('base64'),
    ).toBe(ver);
  });

  it('says nothing of that when the user is gone', async () => {
    const { crossing, presence, receive } = links();
    receive('subscribe');
    await settled();
    crossing.stanzas.length = 0;
    presence.userChanged(alice, { ...open, tuples: [] });
    expect(crossing.stanzas).toMatchObject([{ attributes: { type: 'unavailable' }, children: [] }]);
  });

  it('may be seen by those who have been approved, and by nobody else', () => {
    const trusted = links('Federated');
    expect(trusted.presence.contacts.list()).toEqual([]);
    trusted.receive('subscribe');
    expect(trusted.presence.contacts.list()).toMatchObject([{ user: alice, contact: bob, state: 'from' }]);
    const unverified = links('PublicUnverified');
    unverified.receive('subscribe');
    expect(unverified.presence.contacts.list()).toMatchObject([{ state: 'none+pi' }]);
  });

  it('reaches a contact whose domain is internationalized, whom the policy knows by A-labels', () => {
    const identity = 'xn--bcher-kva.example' as DomainName;
    const partner: FederatedPartner = { ...fabrikam, identity, additionalDomains: [] };
    const crossing = scriptedCrossing({ ...openConfiguration, federatedPartners: { [identity]: partner } });
    const presence = new PresenceLinks(crossing, {
      presenceOf: () => open,
      notify: () => undefined,
      follow: () => undefined,
      unfollow: () => undefined,
    });
    presence.watched({ watcherAor: alice, presentityUri: `sip:eva@${identity}`, fetch: false, refresh: false });
    expect(crossing.stanzas.map(({ attributes }) => attributes['to'])).toEqual(['eva@bücher.example']);
  });
});

describe('our user watches a contact', () => {
  it('is pending until the contact agrees, then sees each state', () => {
    const { receive, watch, sent, updates } = links();
    watch();
    expect(sent()).toEqual(['subscribe']);
    receive('subscribed');
    receive(undefined, 'away');
    receive('unavailable');
    expect(
      updates.map(
        ({ state, document }) =>
          `${state} ${/<basic>(\w+)/.exec(document ?? '')?.[1]} ${/<rpid:(\w+)\/>/.exec(document ?? '')?.[1]}`,
      ),
    ).toEqual([
      'pending undefined undefined',
      'active closed undefined',
      'active open away',
      'active closed undefined',
    ]);
  });

  it('asks once, and probes when it watches again', () => {
    const { receive, watch, sent } = links();
    watch();
    watch();
    expect(sent()).toEqual(['subscribe']);
    receive('subscribed');
    watch();
    expect(sent()).toEqual(['probe']);
  });

  it('ends when the contact refuses', () => {
    const { receive, watch, updates } = links();
    watch();
    receive('unsubscribed');
    expect(updates.at(-1)).toEqual({ state: 'terminated', reason: 'rejected' });
  });

  it('believes no presence it has not asked for', () => {
    const { receive, updates } = links();
    receive(undefined, 'away');
    expect(updates).toEqual([]);
  });

  it('keeps twenty resources of a contact, and no more', () => {
    const { presence, receive, watch, updates } = links();
    watch();
    receive('subscribed');
    for (let count = 0; count < 30; count += 1) {
      void presence.receive(
        stanza('presence', { from: `bob@fabrikam.example/r${count}`, to: 'alice@contoso.example' }),
        addressed,
      );
    }
    expect(updates.at(-1)?.document?.match(/<tuple /g)).toHaveLength(20);
  });

  it('ends at once when the partner is removed', () => {
    const { crossing, presence, receive, watch, updates } = links();
    watch();
    receive('subscribed');
    crossing.current = { ...openConfiguration, federatedPartners: {} };
    presence.reconsider();
    expect(updates.at(-1)).toEqual({ state: 'terminated', reason: 'rejected' });
    watch();
    expect(updates.at(-1)).toEqual({ state: 'terminated', reason: 'rejected' });
  });
});
