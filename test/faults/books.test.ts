/** The books find what is lost, and what came twice, whatever else happened. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type BookEvent, Books } from './books.ts';

const sent = (id: string, pair = 'alice bob'): BookEvent => ({ type: 'sent', id, direction: 'sip-to-xmpp', pair });
const delivered = (id: string, isLate = false): BookEvent => ({ type: 'delivered', id, isLate });
const told = (id: string): BookEvent => ({ type: 'told', id, how: 'error stanza' });
const taken = (id: string): BookEvent => ({ type: 'taken', id });
const toldOfOne: BookEvent = { type: 'told-of-one', pair: 'alice bob' };
const excused = (id: string, isAtFarEnd = false): BookEvent => ({ type: 'excused', id, why: 'it died', isAtFarEnd });

function booksOf(...events: readonly BookEvent[]): Books {
  const books = new Books();
  for (const event of events) books.note(event);
  return books;
}

const balanceOf = (...events: readonly BookEvent[]) => booksOf(...events).balance();
const lostIn = (...events: readonly BookEvent[]): string[] => balanceOf(...events).lost.map(({ id }) => id);

describe('a message', () => {
  it('that neither arrived nor was reported is lost, a 2xx or not', () => {
    expect(balanceOf(sent('a'), sent('b'), taken('b')).lost).toEqual([
      { id: 'a', direction: 'sip-to-xmpp', wasTaken: false },
      { id: 'b', direction: 'sip-to-xmpp', wasTaken: true },
    ]);
  });

  it('that arrived is delivered, and one whose sender knows is reported', () => {
    const balance = balanceOf(sent('a'), sent('b'), delivered('a'), told('b'));
    expect(balance).toMatchObject({ sent: 2, delivered: 1, reported: 1, toldWrongly: 0, duplicates: 0, lost: [] });
  });

  it('that arrived twice is a duplicate, and one that arrived although its sender was told otherwise is told wrongly', () => {
    const balance = balanceOf(sent('a'), delivered('a'), delivered('a'), delivered('a'), told('a'));
    expect(balance).toMatchObject({ delivered: 1, reported: 0, toldWrongly: 1, duplicates: 2 });
  });

  it('of another round is none of this one', () => {
    expect(balanceOf(delivered('z'), told('z'), taken('z'))).toMatchObject({ sent: 0, delivered: 0, duplicates: 0 });
  });
});

describe('a notice that names no message', () => {
  it('is about one message of its pair that is missing, and not about two', () => {
    expect(lostIn(sent('a'), sent('b'), sent('c'), delivered('b'), toldOfOne)).toHaveLength(1);
    expect(lostIn(sent('a'), sent('b'), toldOfOne, toldOfOne)).toEqual([]);
  });

  it('is not about a message of another pair', () => {
    expect(lostIn(sent('a', 'amy bob'), toldOfOne)).toEqual(['a']);
  });
});

describe('an excuse', () => {
  it('is none for a message that the gateway is known to have had, before or later', () => {
    expect(balanceOf(sent('a'), excused('a'))).toMatchObject({ excused: 1, lost: [] });
    expect(lostIn(sent('a'), excused('a'), taken('a'))).toEqual(['a']);
    expect(lostIn(sent('a'), taken('a'), excused('a'))).toEqual(['a']);
  });

  it('is one when the server at the far end took it and died', () => {
    expect(balanceOf(sent('a'), taken('a'), excused('a', true))).toMatchObject({ excused: 1, lost: [] });
  });
});

describe('the order of a pair', () => {
  it('is broken by what comes behind a later one', () => {
    const events = ['a', 'b', 'c'].map((id) => sent(id));
    expect(balanceOf(...events, delivered('b'), delivered('a'), delivered('c')).misordered).toEqual(['a']);
  });

  it('is not broken by what was sent again, came late, or came to another pair', () => {
    const events = [sent('a'), sent('b'), sent('c', 'amy bob')];
    expect(balanceOf(...events, delivered('b'), delivered('a', true)).misordered).toEqual([]);
    const resent: BookEvent = { type: 'resent', id: 'a' };
    expect(balanceOf(...events, resent, delivered('b'), delivered('a')).misordered).toEqual([]);
    expect(balanceOf(...events, delivered('c'), delivered('a')).misordered).toEqual([]);
  });
});

describe('books', () => {
  it('balance: sent is delivered, reported, excused and lost, whatever happens', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd');
    const event = fc.oneof(
      ids.map((id) => delivered(id)),
      ids.map(told),
      ids.map(taken),
      ids.map((id) => excused(id)),
      fc.constant(toldOfOne),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        const balance = balanceOf(...['a', 'b', 'c', 'd'].map((id) => sent(id)), ...events);
        expect(balance.delivered + balance.reported + balance.excused + balance.lost.length).toBe(4);
      }),
    );
  });

  it('are open while the fate of a message is, and wait for none that is excused', () => {
    expect(booksOf(sent('a'), sent('b'), delivered('b')).open()).toEqual(['a']);
    expect(booksOf(sent('a'), excused('a')).open()).toEqual([]);
  });
});
