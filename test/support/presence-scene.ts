/** Alice of contoso.example and Bob of fabrikam.example: presence links over a scripted crossing. */
import type { Configuration } from '../../src/config/configuration.ts';
import type { FederatedPartner, PartnerType } from '../../src/config/federated-partner.ts';
import { PresenceLinks } from '../../src/gateway/presence-links.ts';
import type { Pidf } from '../../src/gateway/sip/bodies/pidf.ts';
import type { Watcher } from '../../src/gateway/sip/bodies/watcher-info.ts';
import type { SubscriptionUpdate } from '../../src/gateway/sip/home/subscription-machine.ts';
import { childText } from '../../src/gateway/translation/instant-message.ts';
import { stanza } from '../../src/gateway/xmpp/stanza.ts';
import { fabrikam, openConfiguration, type ScriptedCrossing, scriptedCrossing } from './crossing.ts';

export const alice = 'sip:alice@contoso.example';
export const bob = 'sip:bob@fabrikam.example';

/** Busy, with a note. */
const published: Pidf = {
  entity: alice,
  tuples: [{ id: 't', basic: 'open', activities: [] }],
  person: { activities: ['busy'], note: { text: 'In a review' } },
};

export const withPartner = (partner: Partial<FederatedPartner>, more: Partial<Configuration> = {}): Configuration => ({
  ...openConfiguration,
  federatedPartners: { [fabrikam.identity]: { ...fabrikam, ...partner } },
  ...more,
});

export interface PresenceScene {
  readonly crossing: ScriptedCrossing;
  readonly presence: PresenceLinks;
  /** What bob's server sends: a type, or available presence. */
  receive(type?: string): void;
  /** Alice's client watches bob. */
  watch(): void;
  /** The configuration becomes this one. */
  adopt(configuration: Configuration): void;
  /** What was sent has arrived: the next state of a user need not wait. */
  settled(): Promise<void>;
  /** What crossed to XMPP since the last look: the type, or show and status of available presence. */
  sent(): readonly string[];
  /** What alice's client was told since the last look. */
  told(): readonly string[];
  /** Who watches alice or asks to, and after a bar who ended, at each change since the last look. */
  watched(): readonly string[];
}

export function presenceScene(partnerType: PartnerType = 'Federated'): PresenceScene {
  const crossing = scriptedCrossing(withPartner({ partnerType }));
  const updates: SubscriptionUpdate[] = [];
  const changes: string[] = [];
  const presence = new PresenceLinks(crossing, {
    presenceOf: () => published,
    notify: (_contact, _user, update) => void updates.push(update),
    follow: () => undefined,
    unfollow: () => undefined,
    watchersChanged(userAor, ended) {
      const named = ({ status, event, uri }: Watcher): string => `${status} ${event} ${uri}`;
      const now = presence.watchersOf(userAor).map(named).join(', ');
      changes.push(ended === undefined ? now : `${now}|${named(ended)}`);
    },
  });
  const addressed = {
    correlationId: 'C1',
    contact: 'bob@fabrikam.example',
    contactAor: bob,
    userJid: 'alice@contoso.example',
    userAor: alice,
    partnerDomain: 'fabrikam.example',
  };
  return {
    crossing,
    presence,
    receive: (type) =>
      void presence.receive(
        stanza('presence', { from: 'bob@fabrikam.example/desk', to: 'alice@contoso.example', type }),
        addressed,
      ),
    watch: () => presence.watched({ watcherAor: alice, presentityUri: bob, fetch: false, refresh: false }),
    adopt(configuration) {
      crossing.current = configuration;
      presence.reconsider();
    },
    settled: () => new Promise((resolve) => void setImmediate(resolve)),
    sent: () =>
      crossing.stanzas
        .splice(0)
        .map((each) => each.attributes['type'] ?? `${childText(each, 'show')}|${childText(each, 'status')}`),
    watched: () => changes.splice(0),
    told: () =>
      updates.splice(0).map(({ state, reason }) => (reason === undefined ? state : `${state};reason=${reason}`)),
  };
}
