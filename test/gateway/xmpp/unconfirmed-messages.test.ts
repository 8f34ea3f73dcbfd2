/** A peer that acknowledges nothing shows by its answers to pings what it has read. */
import { describe, expect, it } from '@jest/globals';

import type { DomainPair } from '../../../src/gateway/xmpp/dialback.ts';
import { askAgainMs, defaultS2sLimits, inDoubtMs } from '../../../src/gateway/xmpp/s2s-limits.ts';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import type { Doubt, StanzaCarrier } from '../../../src/gateway/xmpp/stanza-carrier.ts';
import { UnconfirmedMessages } from '../../../src/gateway/xmpp/unconfirmed-messages.ts';
import { randomIds } from '../../../src/primitives/ids.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { chat } from '../../support/xmpp-federation.ts';

const pair = { local: 'contoso.example', remote: 'fabrikam.example' } as DomainPair;
const say = (id: string) => ({ ...chat('alice@contoso.example', 'bob@fabrikam.example', id) });

function scene() {
  const clock = movableClock();
  const messages = new UnconfirmedMessages({ clock, ids: randomIds, limits: defaultS2sLimits }, pair);
  const pings: string[] = [];
  const stream = {
    record: { id: 's1' },
    doubt: 'lost' as Doubt,
    closed: '',
    sendsFor: () => true,
    sendStanza: ({ attributes }: { attributes: Readonly<Record<string, string>> }) =>
      void pings.push(attributes['id'] ?? ''),
    close: (reason: string) => void (stream.closed = reason),
  };
  const carrier = stream as unknown as StanzaCarrier;
  return {
    clock,
    stream,
    messages,
    pings,
    add: (id: string) => messages.add(say(id), carrier),
    answer: (id = pings.at(-1) ?? '') => messages.confirm(stanza('iq', { type: 'error', id })),
    told: () => messages.takeOf(carrier).answers.map(({ attributes }) => attributes['id']),
    again: () => messages.takeOf(carrier).errors.map(({ attributes }) => attributes['id']),
    addError: (id: string) =>
      messages.add(
        stanza('message', { from: 'alice@contoso.example', to: 'bob@fabrikam.example', id, type: 'error' }),
        carrier,
      ),
  };
}

describe('a message', () => {
  it('that a ping behind it was answered for has been read, whatever becomes of the stream', () => {
    const { add, answer, pings, told, clock } = scene();
    add('one');
    add('two');
    expect(pings).toHaveLength(1);
    expect(answer()).toBe(true);
    // The first ping was for the first message alone.
    expect(told()).toEqual(['two']);
    expect(clock.pending()).toBe(0);
  });

  it('is asked for once a second, however many there are', () => {
    const { add, answer, pings, told, clock } = scene();
    add('one');
    answer();
    for (let count = 0; count < 50; count += 1) add(`more${count}`);
    expect(pings).toHaveLength(1);
    clock.advance(askAgainMs);
    expect(pings).toHaveLength(2);
    answer();
    expect(told()).toEqual([]);
    expect(clock.pending()).toBe(0);
  });

  it('to a peer that answers stays in doubt however long its stream is silent, also when the peer says goodbye', () => {
    const { add, answer, told, clock, stream } = scene();
    add('one');
    answer();
    clock.advance(askAgainMs);
    add('two');
    clock.advance(inDoubtMs * 2);
    stream.doubt = 'unread';
    expect(told()).toEqual(['two']);
  });

  it('is beyond doubt when we said goodbye behind it and were answered', () => {
    const { add, answer, told, clock, stream } = scene();
    add('one');
    answer();
    clock.advance(askAgainMs);
    add('two');
    stream.doubt = 'none';
    expect(told()).toEqual([]);
  });

  it('to a peer that has left its first ping unanswered is in doubt for a while, and its silence ends no stream', () => {
    const { add, told, clock, stream } = scene();
    add('one');
    clock.advance(defaultS2sLimits.acknowledgementMs);
    expect(stream.closed).toBe('');
    add('two');
    clock.advance(inDoubtMs);
    add('three');
    expect(told()).toEqual(['three']);
  });

  it('is in doubt until the first ping has had its time', () => {
    const { add, told, clock } = scene();
    add('one');
    clock.advance(defaultS2sLimits.acknowledgementMs - 1);
    expect(told()).toEqual(['one']);
  });
});

it('a peer that used to answer and does not any more is given up', () => {
  const { add, answer, clock, stream } = scene();
  add('one');
  answer();
  clock.advance(askAgainMs);
  add('two');
  clock.advance(defaultS2sLimits.acknowledgementMs);
  expect(stream.closed).toBe('the peer answers nothing');
});

it('an error for a message of the peer, which nobody answers, is sent again', () => {
  const { addError, again } = scene();
  addError('e1');
  expect(again()).toEqual(['e1']);
});

it('an answer to somebody else is nothing to it', () => {
  const { add, answer, told } = scene();
  add('one');
  expect([answer('other'), answer('')]).toEqual([false, false]);
  expect(told()).toEqual(['one']);
});
