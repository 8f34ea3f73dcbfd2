/** The ring that is always on: what it keeps, what it forgets, and how its steps are shown. */
import { describe, expect, it } from '@jest/globals';

import { shownStep, TraceRing } from '../../../src/operations/trace/trace-ring.ts';
import type { TraceNote } from '../../../src/primitives/trace-step.ts';

const note = (summary: string, more: Partial<TraceNote> = {}): TraceNote => ({
  kind: 'Wire',
  component: 'sip',
  subject: 'Im',
  level: 'trace',
  summary,
  ...more,
});
const now = new Date('2026-11-22T09:41:07.123Z');
const summaries = (ring: TraceRing): readonly string[] => ring.steps().map((step) => step.note.summary);

describe('the ring', () => {
  it('keeps the newest steps, oldest first, and counts all of them', () => {
    const ring = new TraceRing({ steps: 3, characters: 1_000_000 });
    for (const summary of ['a', 'b', 'c', 'd', 'e']) ring.add(note(summary), now);
    expect(ring.steps().map(({ order, note: { summary } }) => [order, summary])).toEqual([
      [3, 'c'],
      [4, 'd'],
      [5, 'e'],
    ]);
  });

  it('lets go of old steps when the new ones are long, and keeps the newest whatever it holds', () => {
    const ring = new TraceRing({ steps: 100, characters: 10_000 });
    for (const summary of ['a', 'b', 'c']) ring.add(note(summary, { size: 4_000 }), now);
    expect(summaries(ring)).toEqual(['b', 'c']);
    ring.add(note('huge', { size: 1_000_000 }), now);
    expect(summaries(ring)).toEqual(['huge']);
    ring.add(note('small'), now);
    expect(summaries(ring)).toEqual(['small']);
  });

  it('makes no text of a message before somebody asks', () => {
    const ring = new TraceRing({ steps: 3, characters: 10_000 });
    let asked = 0;
    const step = ring.add(note('a', { raw: () => `asked ${++asked}` }), now);
    ring.steps();
    expect(asked).toBe(0);
    expect(shownStep(step).raw).toBe('asked 1');
  });
});

describe('a step that is shown', () => {
  it('has no control character of a stranger, but the lines of its message', () => {
    const evil = 'x\u001b[2J\u202ey\r\nz';
    const step = {
      order: 1,
      timeMs: now.getTime(),
      note: note(evil, { peer: evil, from: evil, facts: { reason: evil }, raw: () => `a${evil}` }),
    };
    const shown = shownStep(step);
    expect(shown).toMatchObject({ time: '2026-11-22T09:41:07.123Z', raw: 'ax\\u{1b}[2J\\u{202e}y\nz' });
    expect(JSON.stringify({ ...shown, raw: undefined })).not.toMatch(/\\u001b|\u202e|\\r|\\n/);
  });
});
