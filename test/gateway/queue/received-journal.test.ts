import { describe, expect, it } from '@jest/globals';

import { ReceivedJournal } from '../../../src/gateway/queue/received-journal.ts';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { errorReply, stanzaError } from '../../../src/gateway/xmpp/stanza-error.ts';
import { childOf, type Element, element } from '../../../src/gateway/xmpp/xml/element.ts';
import type { LogEvent } from '../../../src/primitives/log-event.ts';
import { type MemoryState, memoryState } from '../../support/memory-state.ts';
import { movableClock } from '../../support/movable-clock.ts';

const ends = { from: 'bob@fabrikam.example/desk', to: 'alice@contoso.example' };
const body = element('body', 'jabber:server', {}, 'Hello & <goodbye>');
const message = (id: string): Element => stanza('message', { ...ends, id }, body);
const typing = stanza('message', ends, element('composing', 'http://jabber.org/protocol/chatstates'));
const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function scene(state: MemoryState = memoryState(), isOn = true) {
  const clock = movableClock();
  const received: Element[] = [];
  const events: LogEvent[] = [];
  const done: (() => void)[] = [];
  const journal = new ReceivedJournal({
    clock,
    state,
    onEvent: (event) => void events.push(event),
    isOn: () => isOn,
    receive(given) {
      received.push(given);
      return new Promise((resolve) => void done.push(resolve));
    },
  });
  return {
    clock,
    state,
    received,
    events,
    done,
    journal,
    ids: () => received.map(({ attributes }) => attributes['id']),
  };
}

describe('a message of a peer that acknowledges nothing', () => {
  it('is on disk before it goes on, and off it when somebody has answered for it', async () => {
    const { journal, state, received, done } = scene();
    state.hold();
    const handled = journal.receive(message('m1'), false);
    expect(received).toEqual([]);
    state.release();
    await turn();
    expect([received.length, state.records.size]).toEqual([1, 1]);
    done[0]?.();
    await handled;
    expect(state.records.size).toBe(0);
  });

  it('goes on when the disk takes nothing, and when the journal is off', async () => {
    const full = scene();
    full.state.refuse(true);
    void full.journal.receive(message('m1'), false);
    await turn();
    expect(full.ids()).toEqual(['m1']);
    const off = scene(memoryState(), false);
    void off.journal.receive(message('m1'), false);
    expect([off.ids(), off.state.records.size]).toEqual([['m1'], 0]);
  });

  it('stays in its place among others', async () => {
    const { journal, state, ids } = scene();
    state.hold();
    for (const id of ['m1', 'm2', 'm3']) void journal.receive(message(id), false);
    state.release();
    await turn();
    expect(ids()).toEqual(['m1', 'm2', 'm3']);
  });
});

it('what a peer keeps itself, and what nobody would miss, is not written', () => {
  const { journal, state, received } = scene();
  void journal.receive(message('m1'), true);
  void journal.receive(typing, false);
  void journal.receive(stanza('presence', ends), false);
  expect([received.length, state.records.size]).toEqual([3, 0]);
});

it('what a peer counts and what takes long is written before the peer may hear that it is handled', async () => {
  const { journal, state } = scene();
  let finish = (): void => undefined;
  const handling = new Promise<void>((resolve) => {
    finish = resolve;
  });
  state.hold();
  let isKept: boolean | undefined;
  const keeping = journal.keepLate(message('m1'), handling).then((kept) => (isKept = kept));
  await turn();
  expect(isKept).toBeUndefined();
  state.release();
  await keeping;
  expect([isKept, state.records.size]).toEqual([true, 1]);
  finish();
  await turn();
  expect(state.records.size).toBe(0);
  state.refuse(true);
  expect(await journal.keepLate(message('m2'), handling)).toBe(false);
});

it('the process after takes what is left in its order, with the time at which it came', async () => {
  const before = scene();
  for (const id of ['m1', 'm2']) void before.journal.receive(message(id), false);
  before.clock.advance(1);
  const bounce = errorReply(
    stanza('message', { from: ends.to, to: ends.from, id: 'm0' }),
    stanzaError('item-not-found'),
  );
  if (bounce === undefined) throw new Error('messages are answered');
  void before.journal.receive(bounce, false);
  await turn();

  const after = scene(before.state);
  after.journal.restore();
  expect(after.ids()).toEqual(['m1', 'm2', 'm0']);
  const delays = after.received.map((each) => childOf(each, 'delay', 'urn:xmpp:delay')?.attributes);
  expect(delays[0]).toEqual({ from: 'contoso.example', stamp: '2026-01-01T00:00:01.000Z' });
  expect(delays[2]).toBeUndefined();
  expect(after.received[0] && childOf(after.received[0], 'body', 'jabber:server')).toEqual(body);
  expect(after.events).toMatchObject([{ id: 'MessagesRecovered' }]);
  for (const finish of after.done) finish();
  await turn();
  expect(after.state.records.size).toBe(0);
});

it('leaves out what is no such record, and says nothing where nothing is left', () => {
  const { journal, received, events, state } = scene(
    memoryState([['received-message x', { stanza: '<message', order: 1 }]]),
  );
  journal.restore();
  expect([received, events, state.records.size]).toEqual([[], [], 0]);
});
