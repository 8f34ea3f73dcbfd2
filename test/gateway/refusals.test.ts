/** What crosses, and what either side is told when the rules of partner types say no. */
import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import type { PartnerType } from '../../src/config/federated-partner.ts';
import { fromSip } from '../../src/gateway/from-sip.ts';
import { OrderedDeliveries } from '../../src/gateway/ordered-deliveries.ts';
import { Headers } from '../../src/gateway/sip/headers.ts';
import type { ResponseParts } from '../../src/gateway/sip/sip-endpoint.ts';
import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { type Element, element } from '../../src/gateway/xmpp/xml/element.ts';
import { fabrikam, openConfiguration, scriptedCrossing } from '../support/crossing.ts';
import { gatewayParts } from '../support/gateway-parts.ts';
import { body, fromBob, xmppDoor } from '../support/xmpp-door.ts';

const alice = 'sip:alice@contoso.example';
const composing = element('composing', 'http://jabber.org/protocol/chatstates');
const receipt = element('received', 'urn:xmpp:receipts', { id: 'm0' });

const ofType = (partnerType: PartnerType, more: Partial<Configuration> = {}): Configuration => ({
  ...openConfiguration,
  federatedPartners: { [fabrikam.identity]: { ...fabrikam, partnerType } },
  ...more,
});
const closed = {
  'an unknown user': { users: {} },
  'a user of a survivable branch': { users: { [alice]: { identity: alice, displayName: '', survivableBranch: true } } },
  'a user whose policy has no XMPP': { externalAccessPolicies: {} },
  'a legacy user': {
    users: { [alice]: { identity: alice, displayName: '', survivableBranch: false, deployment: 'Legacy' } },
  },
} as const;

interface Outcome {
  readonly answers: readonly Element[];
  readonly requests: number;
  readonly gates: readonly unknown[];
}

async function sends(stanza: Element, configuration: Configuration, listed = false, blocked = false): Promise<Outcome> {
  const crossing = scriptedCrossing(configuration);
  await xmppDoor(crossing, { listed, blocked }).receive(stanza);
  const refusals = crossing.events.filter(({ facts }) => facts?.['gate'] !== undefined);
  for (const { correlationId } of refusals) expect(correlationId).toMatch(/./);
  return {
    answers: crossing.stanzas,
    requests: crossing.requests.length,
    gates: refusals.map(({ facts }) => facts?.['gate']),
  };
}
const errorsIn = ({ answers }: Outcome): readonly string[] =>
  answers.map((answer) => {
    const { type, condition, text } = readStanzaError(answer);
    return `${type} ${condition}: ${text}`;
  });

const publicAnswer =
  'auth forbidden: You cannot reach this address. If it is a user, they may have to add you to their contacts first.';

describe('a message of a contact', () => {
  it.each<[PartnerType, boolean, number, readonly string[]]>([
    ['Federated', false, 1, []],
    ['Federated', true, 1, []],
    ['PublicVerified', false, 1, []],
    ['PublicVerified', true, 1, []],
    ['PublicUnverified', false, 0, [publicAnswer]],
    ['PublicUnverified', true, 1, []],
  ])('%s, added by the user: %s', async (type, listed, requests, errors) => {
    const outcome = await sends(fromBob('message', {}, body('Hello')), ofType(type), listed);
    expect([outcome.requests, errorsIn(outcome)]).toEqual([requests, errors]);
    expect(outcome.gates).toEqual(requests === 0 ? ['not-listed'] : []);
  });

  it.each<[string, Element, readonly string[]]>([
    ['a typing notice', fromBob('message', { type: 'chat' }, composing), [publicAnswer]],
    // It answers a message, so no error answers it.
    ['a receipt', fromBob('message', {}, receipt), []],
  ])('is followed by %s: refused where the message is, and carried nowhere', async (_title, stanza, errors) => {
    const outcome = await sends(stanza, ofType('PublicUnverified'));
    expect([outcome.requests, errorsIn(outcome)]).toEqual([0, errors]);
  });

  it.each<PartnerType>(['Federated', 'PublicVerified', 'PublicUnverified'])(
    'whom the user has blocked stays blocked: %s',
    async (type) => {
      const outcome = await sends(fromBob('message', {}, body('Hello')), ofType(type), true, true);
      expect([outcome.requests, outcome.gates]).toEqual([0, ['blocked-by-user']]);
    },
  );

  it('of a federated partner comes back with the reason', async () => {
    const told = async (title: keyof typeof closed) =>
      errorsIn(await sends(fromBob('message', {}, body('Hello')), ofType('Federated', closed[title])));
    expect(await told('a user of a survivable branch')).toEqual([
      'auth forbidden: Users of a survivable branch appliance have no XMPP.',
    ]);
    expect(await told('a user whose policy has no XMPP')).toEqual([
      'auth forbidden: The policy of the user does not allow federation.',
    ]);
    expect(await told('an unknown user')).toEqual(['cancel item-not-found: undefined']);
  });
});

describe('nobody of a public network learns who exists', () => {
  const stanzas: readonly (readonly [string, Element])[] = [
    ['a message', fromBob('message', { type: 'chat' }, body('Hello'))],
    ['a message for a room', fromBob('message', { type: 'groupchat' }, body('Hello'))],
    ['an alert', fromBob('message', { type: 'headline' }, body('Hello'))],
    ['a typing notice', fromBob('message', { type: 'chat' }, composing)],
    ['a receipt', fromBob('message', {}, receipt)],
    ['an empty message', fromBob('message', {})],
    ['a carbon', fromBob('message', {}, element('received', 'urn:xmpp:carbons:2'))],
    ['an error', fromBob('message', { type: 'error' })],
  ];

  it.each(stanzas)(
    'from %s: an unknown user, one who is closed and one who has not added the sender are one',
    async (_title, stanza) => {
      const unlisted = await sends(stanza, ofType('PublicUnverified'));
      for (const change of Object.values(closed)) {
        const other = await sends(stanza, ofType('PublicUnverified', change));
        expect(other.answers).toEqual(unlisted.answers);
        expect(other.requests).toBe(0);
      }
    },
  );

  it.each(stanzas)(
    'from %s to a verified network: an unknown user and one who is closed are one',
    async (_title, stanza) => {
      const [first, ...others] = await Promise.all(
        Object.values(closed).map((change) => sends(stanza, ofType('PublicVerified', change))),
      );
      for (const other of others) expect(other.answers).toEqual(first?.answers);
    },
  );
});

describe('a request for presence', () => {
  const subscribe = fromBob('presence', {
    type: 'subscribe',
    to: 'alice@contoso.example',
    from: 'bob@fabrikam.example',
  });

  it('of a federated partner for a user without XMPP is answered with the reason', async () => {
    const outcome = await sends(subscribe, ofType('Federated', closed['a user of a survivable branch']));
    expect(outcome.answers).toMatchObject([
      { name: 'presence', attributes: { type: 'error', to: 'bob@fabrikam.example' } },
    ]);
    expect(errorsIn(outcome)).toEqual(['auth forbidden: Users of a survivable branch appliance have no XMPP.']);
    expect(outcome.gates).toEqual(['survivable-branch']);
  });

  it.each<PartnerType>(['PublicVerified', 'PublicUnverified'])('of a public network gets silence: %s', async (type) => {
    for (const change of Object.values(closed))
      expect((await sends(subscribe, ofType(type, change))).answers).toEqual([]);
  });
});

describe('a message of our user', () => {
  async function aliceSends(configuration: Configuration, to = 'sip:bob@fabrikam.example') {
    const crossing = scriptedCrossing(configuration);
    const deliveries = new OrderedDeliveries();
    const answers: (ResponseParts & { status: number })[] = [];
    fromSip(crossing, gatewayParts(crossing, deliveries)).receive({
      aor: alice,
      request: {
        kind: 'request',
        method: 'MESSAGE',
        requestUri: to,
        headers: Headers.of([['Content-Type', 'text/plain']]),
        body: Buffer.from('Hi'),
      },
      respond: (status, more) => void answers.push({ ...more, status }),
    });
    await deliveries.settled();
    const refusal = crossing.events.find(({ id }) => id === 'MessageRefused');
    return { crossed: crossing.stanzas.length, answers, refusal };
  }

  it.each<PartnerType>(['Federated', 'PublicVerified', 'PublicUnverified'])(
    'reaches any contact of a partner, added or not: %s',
    async (type) => {
      expect(await aliceSends(ofType(type))).toMatchObject({ crossed: 1, answers: [{ status: 202 }] });
    },
  );

  it.each([
    ['a user of a survivable branch', 'Users of a survivable branch appliance have no XMPP.', 'survivable-branch'],
    ['a user whose policy has no XMPP', 'The policy of the user does not allow federation.', 'policy-federation-off'],
    ['a legacy user', 'The user has not been moved to this gateway yet.', 'legacy-user'],
  ] as const)('is refused with the reason in words: %s', async (title, sentence, gate) => {
    const { crossed, answers, refusal } = await aliceSends(ofType('Federated', closed[title]));
    expect(crossed).toBe(0);
    expect(answers).toMatchObject([{ status: 403, headers: [['Warning', `399 xgw "${sentence}"`]] }]);
    expect(refusal).toMatchObject({ correlationId: expect.stringMatching(/./), facts: { gate } });
  });

  it('is refused for a domain that is no partner', async () => {
    const { answers } = await aliceSends(openConfiguration, 'sip:eve@stranger.example');
    expect(answers).toMatchObject([
      {
        status: 403,
        reason: 'Domain Not Federated',
        headers: [['Warning', '399 xgw "The domain is not an XMPP federated partner."']],
      },
    ]);
  });
});
