/** A crossing whose two sides are scripted: what was handed to each is recorded, and each answers as the test says. */
import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration, partnerDefaults, policyDefaults } from '../../src/config/defaults.ts';
import type { FederatedPartner } from '../../src/config/federated-partner.ts';
import type { Crossing, SipDelivery, SipOutcome } from '../../src/gateway/crossing.ts';
import { LoopGuard } from '../../src/gateway/sip/loop-guard.ts';
import type { Delivery } from '../../src/gateway/xmpp/s2s-sessions.ts';
import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import type { TraceNote } from '../../src/primitives/trace-step.ts';

const domain = (name: string): DomainName => name as DomainName;

export const fabrikam: FederatedPartner = {
  identity: domain('fabrikam.example'),
  ...partnerDefaults,
  additionalDomains: [domain('emea.fabrikam.example')],
  partnerType: 'Federated',
};

/** contoso.example with alice, open to the one partner fabrikam.example. */
export const openConfiguration: Configuration = {
  ...emptyConfiguration,
  sipDomains: { 'contoso.example': { identity: domain('contoso.example'), isDefault: true } },
  federatedPartners: { 'fabrikam.example': fabrikam },
  users: {
    'sip:alice@contoso.example': {
      identity: 'sip:alice@contoso.example',
      displayName: 'Alice',
      survivableBranch: false,
    },
  },
  externalAccessPolicies: {
    Global: { identity: 'Global', ...policyDefaults, enableFederationAccess: true, enableXmppAccess: true },
  },
  accessEdge: { allowFederatedUsers: true },
};

export interface ScriptedCrossing extends Crossing {
  readonly stanzas: Element[];
  readonly requests: SipDelivery[];
  readonly events: LogEvent[];
  /** What the trace was told. */
  readonly notes: TraceNote[];
  /** What is in force now. */
  current: Configuration;
  /** What becomes of the next stanzas and requests. */
  xmppAnswer: Delivery;
  sipAnswer: SipOutcome;
}

export const delivered: Delivery = { ok: true, peerAddress: '127.0.0.1', method: 'SASL over TLS', acknowledged: true };

export function scriptedCrossing(configuration: Configuration = openConfiguration): ScriptedCrossing {
  let tokens = 0;
  let nowMs = 0;
  const crossing: ScriptedCrossing = {
    stanzas: [],
    requests: [],
    events: [],
    notes: [],
    current: configuration,
    xmppAnswer: delivered,
    sipAnswer: { status: 200, reason: 'OK' },
    configuration: () => crossing.current,
    async toXmpp(stanza) {
      crossing.stanzas.push(stanza);
      return crossing.xmppAnswer;
    },
    async toSip(request) {
      crossing.requests.push(request);
      return crossing.sipAnswer;
    },
    loops: new LoopGuard({ token: () => 'key' }),
    clock: {
      now: () => {
        nowMs += 1;
        return nowMs;
      },
      wallTime: () => new Date('2026-11-22T12:00:00Z'),
      after: () => ({ cancel: () => undefined }),
    },
    ids: {
      token: (bits) => {
        tokens += 1;
        return String(tokens).padStart(bits / 4, '0');
      },
    },
    onEvent: (event) => void crossing.events.push(event),
    onTrace: (note) => void crossing.notes.push(note),
  };
  return crossing;
}
