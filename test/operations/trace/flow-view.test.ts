/** The message view by its keys: what is selected, opened, compared, filtered, and what is drawn of it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  actOn,
  type FlowAct,
  type FlowView,
  filtered,
  flowViewLines,
  startFlowView,
} from '../../../src/operations/trace/flow-view.ts';
import { lineDifference } from '../../../src/operations/trace/line-difference.ts';
import { messageFlow } from '../../../src/operations/trace/message-flow.ts';
import { arriving } from './sample-steps.ts';

const size = { columns: 110, rows: 20 };
const start = startFlowView(messageFlow('01JD8W3K7A', arriving));
const after = (...acts: readonly FlowAct[]): FlowView => acts.reduce(actOn, start);
const pointed = (view: FlowView): string => flowViewLines(view, size).find((line) => line.startsWith('>')) ?? '';

describe('the message view', () => {
  it('begins with the first step, and says which keys there are', () => {
    const lines = flowViewLines(start, size);
    expect(lines[0]).toMatch(/^01JD8W3K7A {2}IM/);
    expect(pointed(start)).toContain('<message> id=a7');
    expect(lines.at(-1)).toMatch(/^up\/down select {2}Enter message {2}space mark/);
  });

  it('selects by the keys, and stays within the steps', () => {
    expect(pointed(after('down', 'down'))).toContain('partner Federated');
    expect(pointed(after('up'))).toContain('<message> id=a7');
    expect(pointed(after('end'))).toContain('200 OK');
    expect(pointed(after('end', 'down', 'home'))).toContain('<message> id=a7');
    expect(pointed(after('pagedown'))).toContain('200 OK');
  });

  it('opens the message as it was on the wire, and closes it again', () => {
    const opened = after('open');
    expect(flowViewLines(opened, size).slice(0, 3)).toEqual([
      '2026-11-22T09:41:07.000Z  In  192.0.2.10:5269  TLSv1.3',
      '',
      '<message/>',
    ]);
    expect(flowViewLines(actOn(opened, 'back'), size)).toEqual(flowViewLines(start, size));
  });

  it('compares two that are marked', () => {
    const lines = flowViewLines(after('mark', 'down', 'mark'), size);
    expect(lines).toContain('- <message/>');
    expect(flowViewLines(after('mark', 'down'), size).some((line) => line.startsWith('* '))).toBe(true);
    expect(after('mark', 'mark').marked).toBeUndefined();
  });

  it('shows times from the beginning, from the step before, and of the day', () => {
    expect(pointed(after('end'))).toContain('+0.071');
    expect(pointed(after('end', 'time'))).toContain('+0.067');
    expect(pointed(after('end', 'time', 'time'))).toContain('09:41:07');
    expect(after('time', 'time', 'time').timeMode).toBe(start.timeMode);
  });

  it('shows the steps that fit a filter, in any case', () => {
    const view = filtered(start, 'message', false);
    expect(view.steps.map(({ step }) => step.summary)).toEqual([
      '<message> chat id=a7',
      '<message> chat id=a7',
      'MESSAGE cseq 1',
    ]);
    expect(flowViewLines(filtered(start, 'no such', true), size).at(-1)).toBe('/no such');
    expect(actOn(filtered(start, 'no such', false), 'open')).toMatchObject({ page: 'raw' });
  });

  it('fits the screen whatever is pressed', () => {
    const acts = fc.constantFrom<FlowAct>(
      'up',
      'down',
      'pageup',
      'pagedown',
      'home',
      'end',
      'open',
      'back',
      'mark',
      'time',
      'filter',
    );
    const sizes = fc.record({ columns: fc.integer({ min: 10, max: 150 }), rows: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 20 }), sizes, (pressed, screen) => {
        const lines = flowViewLines(pressed.reduce(actOn, start), screen);
        expect(lines.length).toBeLessThanOrEqual(Math.max(screen.rows, 2));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(screen.columns);
      }),
      { seed: 20261123 },
    );
  });
});

describe('the difference of two messages', () => {
  it('is what one has and the other has not', () => {
    expect(lineDifference('a\nb\nc', 'a\nx\nc\nd')).toEqual(['  a', '- b', '+ x', '  c', '+ d']);
    expect(lineDifference('same', 'same')).toEqual(['  same']);
  });

  it('makes each from the other, for any two texts', () => {
    const texts = fc
      .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })
      .map((lines) => lines.join('\n'));
    const without = (lines: readonly string[], sign: string): string =>
      lines
        .filter((line) => !line.startsWith(sign))
        .map((line) => line.slice(2))
        .join('\n');
    fc.assert(
      fc.property(texts, texts, (first, second) => {
        const lines = lineDifference(first, second);
        expect([without(lines, '+ '), without(lines, '- ')]).toEqual([first, second]);
      }),
      { seed: 20261123 },
    );
  });
});
