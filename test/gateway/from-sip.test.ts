import { describe, expect, it } from '@jest/globals';

import { fromSip } from '../../src/gateway/from-sip.ts';
import { OrderedDeliveries } from '../../src/gateway/ordered-deliveries.ts';
import { printIsComposing } from '../../src/gateway/sip/bodies/is-composing.ts';
import { Headers } from '../../src/gateway/sip/headers.ts';
import { trailFields } from '../../src/gateway/sip/trail.ts';
import { childText } from '../../src/gateway/translation/instant-message.ts';
import { trailOfStanza } from '../../src/gateway/translation/stanza-trail.ts';
import { stanza } from '../../src/gateway/xmpp/stanza.ts';
import type { StanzaErrorCondition } from '../../src/gateway/xmpp/stanza-error.ts';
import { childElements, childOf, element, textOf } from '../../src/gateway/xmpp/xml/element.ts';
import { fabrikam, openConfiguration, type ScriptedCrossing, scriptedCrossing } from '../support/crossing.ts';
import { gatewayParts } from '../support/gateway-parts.ts';

interface Typed {
  to?: string;
  method?: string;
  type?: string;
  body?: string | Buffer;
  headers?: readonly (readonly [string, string])[];
}

/** A request of alice, and the one answer to it. */
async function ask(crossing: ScriptedCrossing, { to, method, type, body, headers }: Typed = {}) {
  const deliveries = new OrderedDeliveries();
  const answers: { status: number; reason: string; headers: readonly (readonly [string, string])[] }[] = [];
  fromSip(crossing, gatewayParts(crossing, deliveries)).receive({
    aor: 'sip:alice@contoso.example',
    request: {
      kind: 'request',
      method: method ?? 'MESSAGE',
      requestUri: to ?? 'sip:bob@fabrikam.example',
      headers: Headers.of([
        ['Content-Type', type ?? 'text/plain;charset=UTF-8'],
        ['Call-ID', 'c1'],
        ...(headers ?? []),
      ]),
      body: Buffer.from(body ?? 'Hello'),
    },
    respond: (status, more) => void answers.push({ status, reason: more?.reason ?? '', headers: more?.headers ?? [] }),
  });
  await deliveries.settled();
  expect(answers).toHaveLength(1);
  return answers[0] ?? { status: 0, reason: '', headers: [] };
}

describe('a MESSAGE for an XMPP contact [RFC 7572 §5]', () => {
  it('carries the name that a trusted hop asserts of its sender as his nickname [XEP-0172]', async () => {
    const nick = async (value: string): Promise<string | undefined> => {
      const crossing = scriptedCrossing();
      await ask(crossing, { headers: [['P-Asserted-Identity', value]] });
      const child = childElements(crossing.stanzas[0] ?? element('x', '')).find(({ name }) => name === 'nick');
      return child && textOf(child);
    };
    expect(await nick('"Alice, A" <sip:alice@contoso.example>, <tel:+1>')).toBe('Alice, A');
    expect(await nick(`"${'x'.repeat(100)}" <sip:alice@contoso.example>`)).toBe('x'.repeat(64));
    expect(await nick('<sip:alice@contoso.example>')).toBeUndefined();
  });

  it('is 202 once the stanza is with the partner, and says the same', async () => {
    const crossing = scriptedCrossing();
    const answer = await ask(crossing, {
      body: 'Grüße, 世界 <&>',
      headers: [
        ['Subject', 'S'],
        ['Content-Language', 'de'],
      ],
    });
    expect(answer.status).toBe(202);
    const [stanza] = crossing.stanzas;
    expect(stanza?.attributes).toMatchObject({
      from: 'alice@contoso.example',
      to: 'bob@fabrikam.example',
      'xml:lang': 'de',
    });
    expect(stanza?.attributes['type']).toBeUndefined();
    expect(stanza && [childText(stanza, 'subject'), childText(stanza, 'body'), childText(stanza, 'thread')]).toEqual([
      'S',
      'Grüße, 世界 <&>',
      'c1',
    ]);
  });

  it.each<[StanzaErrorCondition, number]>([
    ['remote-server-not-found', 404],
    ['remote-server-timeout', 408],
    ['resource-constraint', 500],
  ])('is refused when the partner cannot be reached: %s is %i', async (condition, status) => {
    const crossing = scriptedCrossing();
    crossing.xmppAnswer = { ok: false, error: { type: 'cancel', condition }, reason: 'down' };
    expect((await ask(crossing)).status).toBe(status);
    expect(crossing.events.find(({ id }) => id === 'MessageNotDelivered')?.facts).toMatchObject({ reason: 'down' });
  });

  it('reaches an additional domain of the partner', async () => {
    expect((await ask(scriptedCrossing(), { to: 'sip:eva@emea.fabrikam.example' })).status).toBe(202);
  });

  it.each([
    ['INFO', 'type', 'composing'],
    ['INFO', 'idle', 'paused'],
    ['BYE', '', 'gone'],
  ])('is followed by chat states inside an IM session: %s %s is <%s/>', async (method, status, state) => {
    const crossing = scriptedCrossing();
    const body = `<KeyboardActivity><status status="${status}"/></KeyboardActivity>`;
    expect((await ask(crossing, { method, type: 'application/xml', body })).status).toBe(202);
    const [stanza] = crossing.stanzas;
    expect(stanza?.attributes).toMatchObject({
      type: 'chat',
      from: 'alice@contoso.example',
      to: 'bob@fabrikam.example',
    });
    expect(stanza?.children[0]).toMatchObject({ name: state, namespace: 'http://jabber.org/protocol/chatstates' });
  });

  it.each([
    ['without a time to live', undefined, 'Fri, 20 Nov 2026 12:00:00 GMT', 202],
    ['within its time to live', '86400', 'Sun, 22 Nov 2026 00:00:00 GMT', 202],
    ['a moment behind it, as clocks differ', '3600', 'Sun, 22 Nov 2026 10:59:30 GMT', 202],
    ['behind its time to live', '3600', 'Sun, 22 Nov 2026 10:58:00 GMT', 487],
    ['whose time to live begins now', '0', undefined, 202],
    ['with a Date that is none', '0', 'Yesterday', 202],
  ])('%s is delivered, or its sender told [RFC 3428 §7]', async (_title, expires, date, status) => {
    const headers: [string, string][] = [];
    if (expires !== undefined) headers.push(['Expires', expires]);
    if (date !== undefined) headers.push(['Date', date]);
    const crossing = scriptedCrossing();
    expect((await ask(crossing, { headers })).status).toBe(status);
    expect(crossing.stanzas).toHaveLength(status === 202 ? 1 : 0);
  });

  it('says when it was said, if that was not just now [XEP-0203]', async () => {
    const crossing = scriptedCrossing();
    for (const date of ['Sun, 22 Nov 2026 10:00:00 GMT', 'Sun, 22 Nov 2026 11:59:30 GMT'])
      await ask(crossing, { headers: [['Date', date]] });
    const stamps = crossing.stanzas.map((stanza) => childOf(stanza, 'delay', 'urn:xmpp:delay')?.attributes['stamp']);
    expect(stamps).toEqual(['2026-11-22T10:00:00Z', undefined]);
  });

  it('is refused when it has been here before from and to the same: 482, and 483 when its hops are used up', async () => {
    const crossing = scriptedCrossing();
    expect((await ask(crossing)).status).toBe(202);
    const [sent] = crossing.stanzas;
    const trail = trailOfStanza(sent ?? stanza('message', {}));
    expect(trail).toEqual({ maxForwards: 69, marks: [expect.any(String)] });
    expect(await ask(crossing, { headers: [...trailFields(trail)] })).toMatchObject({ status: 482 });
    expect(await ask(crossing, { headers: [['Max-Forwards', '0']] })).toMatchObject({ status: 483 });
    expect(crossing.stanzas).toHaveLength(1);
  });

  it('becomes a chat state when it is a typing notice', async () => {
    const crossing = scriptedCrossing();
    const body = printIsComposing({ state: 'active', refreshSeconds: 90 });
    expect((await ask(crossing, { type: 'application/im-iscomposing+xml', body })).status).toBe(202);
    expect(crossing.stanzas[0]?.children[0]).toMatchObject({
      name: 'composing',
      namespace: 'http://jabber.org/protocol/chatstates',
    });
  });

  it.each<[string, Typed, number]>([
    ['another body than text', { type: 'image/png' }, 415],
    ['text that is not UTF-8', { body: Buffer.from([0xff, 0xfe]) }, 400],
    ['more text than crosses', { body: 'x'.repeat(128 * 1024 + 1) }, 413],
    ['a sips URI: nobody can promise TLS of every hop', { to: 'sips:bob@fabrikam.example' }, 416],
    ['another method', { method: 'INVITE' }, 405],
    ['an INFO about something else', { method: 'INFO' }, 405],
    ['a user part that no JID can have', { to: 'sip:%00@fabrikam.example' }, 404],
  ])('is refused with %s', async (_title, typed, status) => {
    const crossing = scriptedCrossing();
    const answer = await ask(crossing, typed);
    expect(answer.status).toBe(status);
    expect(crossing.stanzas).toEqual([]);
    if (status === 415)
      expect(answer.headers).toContainEqual([
        'Accept',
        'text/plain, text/html, text/rtf, multipart/alternative, multipart/related, multipart/mixed, message/cpim, application/im-iscomposing+xml',
      ]);
  });

  it('never carries a character that XML may not hold', async () => {
    const crossing = scriptedCrossing();
    await ask(crossing, { body: 'a\u0000b\u001bc\uffffd' });
    expect(crossing.stanzas[0] && childText(crossing.stanzas[0], 'body')).toBe('a\ufffdb\ufffdc\ufffdd');
  });
});

describe('closed by default', () => {
  const closed: readonly (readonly [string, Partial<typeof openConfiguration>, string])[] = [
    ['an unknown domain', { federatedPartners: {} }, 'unknown-domain'],
    ['AllowFederatedUsers False', { accessEdge: { allowFederatedUsers: false } }, 'federation-off'],
    [
      'EnableXmppAccess False',
      {
        externalAccessPolicies: {
          Global: { ...openConfiguration.externalAccessPolicies['Global']!, enableXmppAccess: false },
        },
      },
      'policy-xmpp-off',
    ],
    [
      'EnableFederationAccess False',
      {
        externalAccessPolicies: {
          Global: { ...openConfiguration.externalAccessPolicies['Global']!, enableFederationAccess: false },
        },
      },
      'policy-federation-off',
    ],
    [
      'a user on a survivable branch',
      {
        users: {
          'sip:alice@contoso.example': {
            ...openConfiguration.users['sip:alice@contoso.example']!,
            survivableBranch: true,
          },
        },
      },
      'survivable-branch',
    ],
    ['an unknown user', { users: {} }, 'unknown-user'],
  ];
  it.each(closed)(
    'refuses %s with 403, and the log says which gate and how to open it',
    async (_title, change, gate) => {
      const crossing = scriptedCrossing({ ...openConfiguration, ...change });
      expect((await ask(crossing)).status).toBe(403);
      expect(crossing.stanzas).toEqual([]);
      const refusal = crossing.events.find(({ id }) => id === 'MessageRefused');
      expect(refusal?.facts).toMatchObject({ gate });
      expect(String(refusal?.facts?.['fix'])).toMatch(/^xgw /);
    },
  );

  it('takes a change into account with the next message', async () => {
    const crossing = scriptedCrossing();
    expect((await ask(crossing)).status).toBe(202);
    crossing.current = { ...openConfiguration, federatedPartners: {} };
    expect((await ask(crossing)).status).toBe(403);
    crossing.current = { ...openConfiguration, federatedPartners: { [fabrikam.identity]: fabrikam } };
    expect((await ask(crossing)).status).toBe(202);
  });
});

describe('an INVITE for an XMPP contact', () => {
  const invited = (crossing: ScriptedCrossing, requestUri: string, deliveries = new OrderedDeliveries()) =>
    fromSip(crossing, gatewayParts(crossing, deliveries)).admit({
      aor: 'sip:Alice@contoso.example',
      request: { kind: 'request', method: 'INVITE', requestUri, headers: Headers.empty, body: Buffer.alloc(0) },
    });

  it('is admitted by the rules for messages, with both in the spelling that the other direction has', () => {
    const crossing = scriptedCrossing();
    const admitted = invited(crossing, "sip:O'Malley@Fabrikam.example;transport=tcp");
    expect(admitted).toEqual({
      ok: true,
      value: { userAor: 'sip:alice@contoso.example', contactAor: "sip:o'malley@fabrikam.example" },
    });
  });

  it('is refused while the gateway finishes what is under way: no new session begins then', async () => {
    const crossing = scriptedCrossing();
    const deliveries = new OrderedDeliveries();
    await deliveries.drain();
    const refused = invited(crossing, 'sip:bob@fabrikam.example', deliveries);
    expect(refused).toMatchObject({ ok: false, error: { status: 503, more: { reason: 'Gateway Is Stopping' } } });
  });

  it('is refused with the reason, which is in the log too', () => {
    const crossing = scriptedCrossing();
    const refused = invited(crossing, 'sip:eve@stranger.example');
    expect(refused).toMatchObject({ ok: false, error: { status: 403, more: { reason: 'Domain Not Federated' } } });
    expect(crossing.events.map(({ id }) => id)).toContain('MessageRefused');
    expect(invited(crossing, 'sips:bob@fabrikam.example')).toMatchObject({ error: { status: 416 } });
  });
});
