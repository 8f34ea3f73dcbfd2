/** What search-trace finds, and what measure-trace counts. */
import { describe, expect, it } from '@jest/globals';

import { failuresOf, figuresOf } from '../../../src/operations/trace/trace-figures.ts';
import { searchSteps, type TraceQuestion } from '../../../src/operations/trace/trace-search.ts';
import type { TraceStep } from '../../../src/primitives/trace-step.ts';
import { arriving, refused, step } from './sample-steps.ts';

const all = [...arriving, ...refused];
const orders = (question: TraceQuestion): readonly number[] => searchSteps(all, question).map(({ order }) => order);

describe('a search', () => {
  it.each<[title: string, question: TraceQuestion, found: readonly number[]]>([
    ['a part of an address, in any case', { uri: 'DORA@' }, [22]],
    ['a Call-ID', { callId: '7f2c@edge' }, [6, 7]],
    ['a message', { correlationId: '01JD8W3K7B' }, [21, 22, 23]],
    ['an address without its port', { ip: '192.0.2.10' }, [1]],
    ['an address with its port', { ip: '192.0.2.10:5269' }, [1]],
    ['a part of the gateway', { component: 'policy' }, [3, 22]],
    ['a level and what is more severe', { level: 'warn' }, [22, 24]],
    ['all of what was asked', { component: 'sip', level: 'warn' }, [24]],
    ['any of what was asked', { ip: '192.0.2.10', level: 'warn', matchAny: true }, [1, 22, 24]],
    [
      'a time, both ends of it',
      { from: new Date('2026-11-22T09:41:07.071Z'), to: new Date('2026-11-22T09:41:12.000Z') },
      [7, 8, 9, 20, 21],
    ],
    ['a time with any of the rest', { level: 'warn', matchAny: true, to: new Date('2026-11-22T09:41:12.001Z') }, [22]],
  ])('finds %s', (_title, question, found) => {
    expect(orders(question)).toEqual(found);
  });

  it('finds an IPv6 peer without its brackets and port', () => {
    const steps = [
      step(1, 0, {
        kind: 'Wire',
        component: 'sip',
        subject: 'Im',
        level: 'trace',
        summary: '',
        peerAddress: '[2001:db8::1]:5060',
      }),
    ];
    expect(searchSteps(steps, { ip: '2001:db8::1' })).toEqual(steps);
  });
});

describe('the figures', () => {
  const delivered = (latencyMs: number): TraceStep =>
    step(1, 0, {
      kind: 'Event',
      component: 'sip',
      subject: 'Im',
      level: 'debug',
      summary: '',
      facts: { event: 'MessageDelivered', partner: 'fabrikam.com', direction: 'XmppToSip', latencyMs },
    });

  it('are quantiles and a histogram by partner and direction', () => {
    const steps = Array.from({ length: 100 }, (_, index) => delivered(index + 1));
    expect(figuresOf(steps)).toEqual([
      {
        partner: 'fabrikam.com',
        direction: 'XmppToSip',
        delivered: 100,
        p50Ms: 50,
        p95Ms: 95,
        p99Ms: 99,
        maxMs: 100,
        histogram: [1, 2, 5, 10, 20, 50, 100].map((upToMs, index) => ({
          upToMs,
          count: [1, 1, 3, 5, 10, 30, 50][index],
        })),
      },
    ]);
    expect(figuresOf([])).toEqual([]);
  });

  it('count what was refused, by event', () => {
    expect(failuresOf([...all, ...refused])).toEqual([
      { event: 'MessageRefused', partner: '', count: 2, last: refused[2]?.summary },
    ]);
  });
});
