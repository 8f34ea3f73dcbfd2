/** A running trace: what it writes when, and every way in which it ends. */
import { describe, expect, it } from '@jest/globals';

import { TraceRecorder, traceFlushMs } from '../../../src/operations/trace/trace-recorder.ts';
import { TraceRing } from '../../../src/operations/trace/trace-ring.ts';
import { scenarioKeeps, traceScenarios } from '../../../src/operations/trace/trace-scenario.ts';
import type { TraceNote } from '../../../src/primitives/trace-step.ts';
import type { TraceEnd } from '../../../src/store/trace-files.ts';
import { movableClock } from '../../support/movable-clock.ts';

const im: TraceNote = { kind: 'Wire', component: 'sip', subject: 'Im', level: 'trace', summary: 'MESSAGE' };
const presence: TraceNote = { ...im, subject: 'Presence', summary: 'NOTIFY' };

function recording(more: { readonly maxBytes?: number; readonly fails?: string } = {}) {
  const clock = movableClock();
  const ring = new TraceRing({ steps: 100, characters: 1_000_000 });
  const [written, ends]: [string[], TraceEnd[]] = [[], []];
  const file = {
    path: 'trace/x.ndjson',
    append(lines: string) {
      if (more.fails !== undefined && !lines.includes('"ended"'))
        throw Object.assign(new Error('full'), { code: more.fails });
      written.push(lines);
    },
    close: () => void written.push('closed'),
  };
  const order = {
    name: 'x',
    scenario: 'Im',
    started: '',
    withBodies: false,
    durationMs: 60_000,
    maxBytes: more.maxBytes ?? 1_000_000,
  } as const;
  const recorder = new TraceRecorder(order, file, clock, (end) => void ends.push(end));
  const take = (note: TraceNote): void => recorder.take(ring.add(note, clock.wallTime()));
  return { clock, recorder, written, ends, take };
}

describe('a trace', () => {
  it('writes the steps of its scenario within a second, together', () => {
    const { clock, written, take } = recording();
    for (const note of [im, presence, im]) take(note);
    expect(written).toEqual([]);
    clock.advance(traceFlushMs);
    expect(written).toHaveLength(1);
    expect(
      written[0]
        ?.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { order: 1, summary: 'MESSAGE' },
      { order: 3, summary: 'MESSAGE' },
    ]);
  });

  it('ends when its time is over, with everything written and its last line', () => {
    const { clock, written, ends, take } = recording();
    clock.advance(59_900);
    take(im);
    clock.advance(100);
    expect(ends).toMatchObject([{ reason: 'its time is over', steps: 1 }]);
    expect(written.map((lines) => lines.slice(0, 9))).toEqual(['{"order":', '{"ended":', 'closed']);
    take(im);
    clock.advance(10_000);
    expect(written).toHaveLength(3);
  });

  it('ends when its file is full', () => {
    const { ends, take } = recording({ maxBytes: 300 });
    for (let index = 0; index < 10; index += 1) take(im);
    expect(ends).toMatchObject([{ reason: 'its file is full' }]);
  });

  it('ends when it is stopped, once', () => {
    const { recorder, ends, take } = recording();
    take(im);
    recorder.end('it was stopped');
    recorder.end('it was stopped');
    expect(ends).toMatchObject([{ reason: 'it was stopped', steps: 1 }]);
  });

  it('ends, and takes nothing down with it, when the disk takes no more', () => {
    const { clock, ends, take } = recording({ fails: 'ENOSPC' });
    take(im);
    clock.advance(traceFlushMs);
    expect(ends).toMatchObject([{ reason: 'its file cannot be written (ENOSPC)' }]);
    take(im);
    clock.advance(traceFlushMs);
    expect(ends).toHaveLength(1);
  });
});

describe('a scenario', () => {
  const stream: TraceNote = {
    ...im,
    kind: 'Event',
    component: 'xmpp',
    subject: 'Stream',
    summary: 'authenticated by TLS Dialback',
  };
  const encrypted: TraceNote = { ...stream, summary: 'encrypted with TLSv1.3' };
  const policy: TraceNote = { ...im, kind: 'Event', component: 'policy', subject: 'Other', summary: 'allowed' };
  const stanza: TraceNote = { ...im, component: 'xmpp' };
  const notes = { im, presence, stream, encrypted, policy, stanza };

  it.each([
    ['AlwaysOn', 'im presence stream encrypted policy stanza'],
    ['XmppFederation', 'stream encrypted policy stanza'],
    ['SipTrunk', 'im presence'],
    ['Dialback', 'stream'],
    ['Tls', 'stream encrypted'],
    ['Presence', 'presence'],
    ['Im', 'im policy stanza'],
  ] as const)('%s keeps %s', (scenario, kept) => {
    const names = Object.entries(notes).filter(([, note]) => scenarioKeeps(scenario, note));
    expect(names.map(([name]) => name).join(' ')).toBe(kept);
    expect(traceScenarios).toContain(scenario);
  });
});
