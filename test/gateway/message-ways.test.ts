import { describe, expect, it } from '@jest/globals';

import {
  MessageWays,
  maxMessageWays,
  messageWayMs,
  refusesPages,
  refusesSessions,
} from '../../src/gateway/message-ways.ts';
import { movableClock } from '../support/movable-clock.ts';

const alice = 'sip:alice@contoso.example';
const carol = 'sip:carol@contoso.example';
const dave = 'sip:dave@other.example';

function setUp() {
  const clock = movableClock();
  return { clock, ways: new MessageWays(clock) };
}

describe('the way of messages in Auto mode', () => {
  it('is a session where nothing is known', () => expect(setUp().ways.wayTo(alice)).toBe('Session'));

  it.each([405, 501])('is a page for all users of a hop after a %i, which knows no INVITE', (status) => {
    const { ways } = setUp();
    expect(ways.sessionRefused(alice, status)).toBe('contoso.example');
    expect([alice, carol, dave].map((user) => ways.wayTo(user))).toEqual(['Pager', 'Pager', 'Session']);
  });

  it.each([415, 488])('is a page for one user after a %i, which is the word of a client', (status) => {
    const { ways } = setUp();
    expect(ways.sessionRefused(alice, status)).toBe(alice);
    expect([alice, carol].map((user) => ways.wayTo(user))).toEqual(['Pager', 'Session']);
  });

  it('is a session again for a user who was in one, and for all users of his hop', () => {
    const { ways } = setUp();
    ways.sessionRefused(alice, 488);
    ways.sessionRefused(carol, 501);
    ways.sessionTaken(carol);
    expect([alice, carol].map((user) => ways.wayTo(user))).toEqual(['Pager', 'Session']);
    ways.sessionTaken(alice);
    expect(ways.wayTo(alice)).toBe('Session');
  });

  it('is a page for one user alone, whose client says 501 behind a hop that others have sessions through', () => {
    const { ways } = setUp();
    ways.sessionTaken(carol);
    expect(ways.sessionRefused(alice, 501)).toBe(alice);
    expect([alice, carol].map((user) => ways.wayTo(user))).toEqual(['Pager', 'Session']);
  });

  it('heals within the hour', () => {
    const { ways, clock } = setUp();
    ways.sessionRefused(alice, 405);
    clock.advance(messageWayMs - 1);
    expect(ways.wayTo(alice)).toBe('Pager');
    clock.advance(1);
    expect(ways.wayTo(alice)).toBe('Session');
  });

  it('is forgotten of those who were heard of the longest ago, when there are too many', () => {
    const { ways } = setUp();
    ways.sessionRefused(alice, 488);
    for (let user = 0; user < maxMessageWays; user += 1) ways.sessionRefused(`sip:u${user}@contoso.example`, 488);
    expect(ways.wayTo(alice)).toBe('Session');
    expect(ways.wayTo('sip:u0@contoso.example')).toBe('Pager');
  });

  it('is not changed by an answer that is about the user or the message: a filter is not got around', () => {
    expect([403, 404, 408, 420, 480, 486, 503, 603, 606].filter(refusesSessions)).toEqual([]);
    expect([400, 403, 404, 408, 413, 480, 488, 503, 606].filter(refusesPages)).toEqual([]);
  });
});
