/** Measure-Object: how many objects there are in the pipe, and sums of their numbers. */
import { CodedError } from '../primitives/errors.ts';
import { optional, switchType, text } from './host/parameters.ts';
import { defineFilter } from './shell/filter-values.ts';
import { numberOf, propertyOf, textOf } from './shell/values.ts';

export default defineFilter({
  name: 'Measure-Object',
  aliases: ['measure'],
  synopsis: 'Counts objects, and adds up a property.',
  parameters: {
    Property: optional(text, 'The property to add up; absent: the objects themselves.', { position: 0 }),
    Sum: optional(switchType, 'Their sum.'),
    Average: optional(switchType, 'Their average.'),
    Minimum: optional(switchType, 'The least.'),
    Maximum: optional(switchType, 'The greatest.'),
  },
  examples: [
    { command: 'get-xmppfederatedpartner | xgw measure-object', shows: 'How many partners there are.' },
    {
      command: 'get-xmppsession | xgw measure-object StanzasReceived -Sum -Maximum',
      shows: 'What all sessions have received together, and the busiest one.',
    },
  ],
  output: { kind: 'GenericMeasureInfo', table: ['Count', 'Average', 'Sum', 'Maximum', 'Minimum'] },

  async filter(input, { Property, Sum, Average, Minimum, Maximum }, context) {
    const wantsNumbers = [Sum, Average, Minimum, Maximum].includes(true);
    let [count, sum, least, most] = [0, 0, Infinity, -Infinity];
    for await (const item of input) {
      const value = Property === undefined ? item : propertyOf(item, Property);
      if (value === null && Property !== undefined) continue;
      count += 1;
      if (!wantsNumbers) continue;
      const number = numberOf(value);
      if (number === undefined) throw noNumber(value);
      [sum, least, most] = [sum + number, Math.min(least, number), Math.max(most, number)];
    }
    const shown = (isWanted: boolean | undefined, value: number): number | null =>
      isWanted && count > 0 ? value : null;
    context.emit({
      Count: count,
      Average: shown(Average, sum / count),
      Sum: shown(Sum, sum),
      Maximum: shown(Maximum, most),
      Minimum: shown(Minimum, least),
      Property: Property ?? null,
      Kind: 'GenericMeasureInfo',
    });
  },
});

const noNumber = (value: unknown): CodedError =>
  new CodedError('CannotConvertArgument', `"${textOf(value).slice(0, 100)}" is no number.`, {
    fix: 'xgw get-help measure-object -Examples',
  });
