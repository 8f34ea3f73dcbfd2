import { describe, expect, it } from '@jest/globals';

import { Pings } from '../../src/gateway/pings.ts';
import type { Delivery } from '../../src/gateway/xmpp/s2s-sessions.ts';
import { stanza } from '../../src/gateway/xmpp/stanza.ts';
import { errorReply, stanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { type Element } from '../../src/gateway/xmpp/xml/element.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { delivered } from '../support/crossing.ts';
import { movableClock } from '../support/movable-clock.ts';

const request = {
  local: 'contoso.example' as DomainName,
  remote: 'fabrikam.example' as DomainName,
  timeoutMs: 5000,
};

function pinging(delivery: Delivery = delivered) {
  const clock = movableClock();
  const sent: Element[] = [];
  const toXmpp = async (ping: Element): Promise<Delivery> => {
    sent.push(ping);
    return delivery;
  };
  let ids = 0;
  const pings = new Pings({ toXmpp, clock, ids: { token: () => `id${(ids += 1)}` } });
  return { pings, clock, sent, outcome: pings.send(request) };
}

const answerTo = (ping: Element | undefined, changes: Readonly<Record<string, string>> = {}): Element =>
  stanza('iq', {
    id: ping?.attributes['id'],
    from: request.remote,
    to: request.local,
    type: 'result',
    ...changes,
  });

describe('a ping to the server of a partner [XEP-0199]', () => {
  it('is an iq from our domain to theirs', () => {
    const { sent } = pinging();
    expect(sent[0]).toMatchObject({
      name: 'iq',
      attributes: { from: 'contoso.example', to: 'fabrikam.example', type: 'get', id: 'id1' },
      children: [{ name: 'ping', namespace: 'urn:xmpp:ping' }],
    });
  });

  it('measures until the answer, and leaves no timer', async () => {
    const { pings, clock, sent, outcome } = pinging();
    clock.advance(120);
    expect(pings.take(answerTo(sent[0]))).toBe(true);
    expect(await outcome).toEqual({ type: 'answered', roundTripMs: 120 });
    expect(clock.pending()).toBe(0);
  });

  it('is answered by an error too: the server is there', async () => {
    const { pings, sent, outcome } = pinging();
    const error = errorReply(sent[0] as Element, stanzaError('service-unavailable')) as Element;
    expect(pings.take(error)).toBe(true);
    expect(await outcome).toMatchObject({ type: 'answered', error: 'service-unavailable' });
  });

  it.each([
    ['another domain', { from: 'adatum.example' }],
    ['another id', { id: 'guess' }],
    ['a question', { type: 'get' }],
  ])('is not answered by %s', async (_, changes) => {
    const { pings, clock, sent, outcome } = pinging();
    expect(pings.take(answerTo(sent[0], changes))).toBe(false);
    clock.advance(5000);
    expect(await outcome).toEqual({ type: 'unanswered' });
  });

  it('is answered once: what comes later is nobody waiting', async () => {
    const { pings, sent, outcome } = pinging();
    pings.take(answerTo(sent[0]));
    await outcome;
    expect(pings.take(answerTo(sent[0]))).toBe(false);
  });

  it('that no stream took says why, at once', async () => {
    const error = stanzaError('remote-server-timeout');
    const { clock, outcome } = pinging({ ok: false, error, reason: 'tcp: connection refused' });
    expect(await outcome).toEqual({ type: 'undelivered', reason: 'tcp: connection refused' });
    expect(clock.pending()).toBe(0);
  });
});
