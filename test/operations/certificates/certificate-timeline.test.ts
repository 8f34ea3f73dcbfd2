/** Certificates on one scale of time, to the letter: past, now, what is to come, the end that is near, and what takes over. */
import { describe, expect, it } from '@jest/globals';

import {
  scaleOf,
  type TimelineEntry,
  timelineBar,
  timelineText,
} from '../../../src/operations/certificates/certificate-timeline.ts';

const now = new Date('2026-06-01T00:00:00Z');
const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

const entry = (friendlyName: string, from: number, to: number, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  thumbprint: 'AA',
  friendlyName,
  assignedTo: ['ExternalEdge'],
  notBefore: inDays(from),
  notAfter: inDays(to),
  effectiveDate: undefined,
  ...more,
});

describe('the timeline of certificates', () => {
  it('is drawn to the letter, those that end first on top', () => {
    const next = entry('next', 20, 140, { assignedTo: [], effectiveDate: inDays(40) });
    expect(timelineText([next, entry('edge', -100, 60)], now).split('\n')).toEqual([
      '                     2026-02-21                            2026-10-19',
      `edge                 --------------------|======!!!!!!${' '.repeat(15)} 2026-07-31    60 d  ExternalEdge`,
      expect.any(String),
      '- past  | now  = to come  ! last 30 days  R takes over',
      '',
    ]);
  });

  it('marks where the next one takes over', () => {
    const next = entry('next', 20, 140, { effectiveDate: inDays(40) });
    const bar = timelineBar(next, scaleOf([entry('edge', -100, 60), next], now), now);
    expect(bar).toMatch(/^ {20}\| {3}=+R=+!+$/);
    expect(bar).toHaveLength(48);
  });

  it('says expired, and stays readable beside an authority of ten years', () => {
    expect(timelineText([entry('old', -90, -1)], now)).toContain('expired');
    const { from, to } = scaleOf([entry('root', -1800, 1800)], now);
    expect((to.getTime() - from.getTime()) / 86_400_000).toBe(800);
  });

  it('shows control characters of a name from a file instead of obeying them', () => {
    const text = timelineText([entry('\u001b[2J', -1, 60)], now);
    expect(text).not.toContain('\u001b');
    expect(text).toContain('\\u{1b}[2J');
  });
});
