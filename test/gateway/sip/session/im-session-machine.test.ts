import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { imInviteMs, imSessionIdleMs, maxQueuedInSession } from '../../../../src/gateway/sip/limits.ts';
import {
  type Effect,
  type Event,
  type ImSessionState,
  type Item,
  type Step,
  startAnswered,
  startInviting,
  step,
} from '../../../../src/gateway/sip/session/im-session-machine.ts';

const message = (id: number): Event => ({ type: 'submitted', item: { id, kind: 'message' } });
const typing = (id: number): Event => ({ type: 'submitted', item: { id, kind: 'typing' } });
const leave = (id: number): Event => ({ type: 'submitted', item: { id, kind: 'leave' } });
const invited = (status: number): Event => ({ type: 'invite-answered', answer: { status, reason: 'R' } });
const answered = (status: number): Event => ({ type: 'item-answered', answer: { status, reason: 'R' } });
const bye: Event = { type: 'bye-received' };
const timer: Event = { type: 'timer' };
const close: Event = { type: 'close' };
const heard = (what: 'message' | 'typing'): Event => ({ type: 'heard', what });

const start = { ours: startInviting, theirs: () => startAnswered(false), theirsWithMessage: () => startAnswered(true) };

function told(effect: Effect): string {
  if (effect.do === 'send') return `send ${effect.item.id}`;
  if (effect.do === 'start-timer') return `timer ${effect.ms}`;
  if (effect.do !== 'settle') return effect.do;
  return `${effect.item.id} ${effect.about === 'session' ? 'lost ' : ''}${effect.answer.status}`;
}

/** The state after the events, and what the last one did. */
function play(whose: keyof typeof start, ...events: readonly Event[]): { phase: string; did: string[] } {
  let now: Step = start[whose]();
  for (const event of events) now = step(now.state, event);
  return { phase: now.state.phase, did: now.effects.map(told) };
}

const idle = `timer ${imSessionIdleMs}`;

describe('a session of ours', () => {
  it('begins with an INVITE, and waits 32 s for its answer', () => {
    expect(play('ours')).toEqual({ phase: 'inviting', did: ['invite', `timer ${imInviteMs}`] });
  });

  it('keeps messages until the INVITE is accepted, then sends one at a time, each with its own answer', () => {
    expect(play('ours', message(1), message(2)).did).toEqual([]);
    expect(play('ours', message(1), message(2), invited(200))).toEqual({
      phase: 'established',
      did: [idle, idle, 'send 1'],
    });
    expect(play('ours', message(1), message(2), invited(200), answered(202)).did).toEqual(['1 202', idle, 'send 2']);
    expect(play('ours', message(1), message(2), invited(200), answered(415)).did).toEqual(['1 415', idle, 'send 2']);
  });

  it('that is refused tells every message why', () => {
    const refused = play('ours', message(1), message(2), invited(486));
    expect(refused).toEqual({ phase: 'ended', did: ['stop-timer', '1 486', '2 486'] });
  });

  it('without an answer is cancelled, and every message is a 408; a 2xx that comes late is ended with BYE', () => {
    const late = play('ours', message(1), timer);
    expect(late).toEqual({ phase: 'cancelling', did: ['stop-timer', 'cancel', '1 408'] });
    expect(play('ours', message(1), timer, invited(200))).toEqual({ phase: 'ended', did: ['bye'] });
    expect(play('ours', message(1), timer, invited(487))).toEqual({ phase: 'ended', did: [] });
  });

  it('shows nobody as typing before the first message is there', () => {
    expect(play('ours', message(1), typing(2)).did).toEqual(['2 202']);
  });

  it('takes no more than it can keep', () => {
    const many = Array.from({ length: maxQueuedInSession }, (_, id) => message(id));
    expect(play('ours', ...many, message(999)).did).toEqual(['999 500']);
  });

  it('ends after what was said before, when the contact leaves', () => {
    expect(play('ours', message(1), leave(2), invited(200), answered(200))).toEqual({
      phase: 'ended',
      did: ['stop-timer', '1 200', '2 202', 'bye'],
    });
  });
});

describe('an established session', () => {
  it.each([408, 480])('is dropped with BYE after a %i, and its messages may be tried in another one', (status) => {
    expect(play('theirs', message(1), message(2), answered(status))).toEqual({
      phase: 'ended',
      did: ['stop-timer', '1 lost ' + status, 'bye', '2 lost 480'],
    });
  });

  it('is dropped without BYE after a 481, which says that nobody is there', () => {
    expect(play('theirs', message(1), answered(481)).did).toEqual(['stop-timer', '1 lost 481']);
  });

  it('is of no further use when its target is gone, but the message was refused for good', () => {
    expect(play('theirs', message(1), answered(404))).toEqual({ phase: 'ended', did: ['stop-timer', '1 404', 'bye'] });
  });

  it('stays after any other refusal', () => {
    expect(play('theirs', message(1), answered(606))).toEqual({ phase: 'established', did: ['1 606'] });
  });

  it('tells the contact when the user leaves; what is on its way is still answered, what waits is tried elsewhere', () => {
    expect(play('theirs', message(1), message(2), bye)).toEqual({
      phase: 'ended',
      did: ['stop-timer', 'tell-gone', '2 lost 480'],
    });
    expect(play('theirs', message(1), bye, answered(481)).did).toEqual(['1 lost 481']);
    expect(play('theirs', bye, message(3)).did).toEqual(['3 lost 480']);
  });

  it('ends with BYE when nothing was said for ten minutes, or when it is closed', () => {
    for (const end of [timer, close])
      expect(play('theirs', end)).toEqual({ phase: 'ended', did: ['stop-timer', 'bye'] });
  });

  it('lives on with each message and typing notice of either side', () => {
    expect(play('theirs', heard('message')).did).toEqual([idle]);
    expect(play('theirs', heard('typing')).did).toEqual([idle]);
    expect(play('theirs', typing(1)).did).toEqual([idle, 'send 1']);
  });

  it('sends no further typing notice to a peer that does not know them', () => {
    expect(play('theirs', typing(1), answered(405), typing(2)).did).toEqual(['2 202']);
    expect(play('theirs', typing(1), answered(500), typing(2)).did).toEqual([idle, 'send 2']);
  });
});

describe('the first message inside an INVITE', () => {
  it('is delivered when the session ends before any MESSAGE has come', () => {
    for (const end of [bye, timer, close]) expect(play('theirsWithMessage', end).did).toContain('deliver-first');
    expect(play('theirsWithMessage', heard('typing'), bye).did).toContain('deliver-first');
  });

  it('is not delivered a second time when it came as a MESSAGE', () => {
    expect(play('theirsWithMessage', heard('message'), bye).did).toEqual(['stop-timer', 'tell-gone']);
  });

  it('is not delivered when its sender never had our answer: he knows that it did not arrive', () => {
    expect(play('theirsWithMessage', { type: 'ack-missing' }).did).toEqual(['stop-timer', 'bye']);
  });
});

describe('whatever happens', () => {
  const kinds: readonly Item['kind'][] = ['message', 'typing', 'leave'];
  const happening = fc.oneof(
    fc.constantFrom<Event>(bye, timer, close, { type: 'ack-missing' }, heard('message'), heard('typing')),
    fc
      .constantFrom(200, 202, 404, 408, 415, 480, 481, 486, 503)
      .chain((status) => fc.constantFrom(invited(status), answered(status))),
    fc.constantFrom(...kinds).map((kind): Event => ({ type: 'submitted', item: { id: 0, kind } })),
  );

  /** Answers come for what was sent alone: one for the INVITE, one for each item that is outstanding. */
  const isPossible = (state: ImSessionState, event: Event): boolean => {
    if (event.type === 'invite-answered') return state.phase === 'inviting' || state.phase === 'cancelling';
    if (event.type === 'item-answered') return state.outstanding !== undefined;
    return true;
  };

  it('every item is settled once, at the latest when the session is closed and all answers are there', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(startInviting, () => startAnswered(true)),
        fc.array(happening),
        (begin, events) => {
          let state = begin().state;
          const settled: number[] = [];
          let submitted = 0;
          const feed = (event: Event): void => {
            if (!isPossible(state, event)) return;
            const isItem = event.type === 'submitted';
            if (isItem) submitted += 1;
            const next = step(state, isItem ? { ...event, item: { ...event.item, id: submitted } } : event);
            state = next.state;
            for (const effect of next.effects) if (effect.do === 'settle') settled.push(effect.item.id);
          };
          for (const event of [...events, close, invited(487), answered(200)]) feed(event);
          expect(settled.toSorted((a, b) => a - b)).toEqual(Array.from({ length: submitted }, (_, at) => at + 1));
          expect(state).toMatchObject({ phase: 'ended', waiting: [], outstanding: undefined });
        },
      ),
    );
  });
});
