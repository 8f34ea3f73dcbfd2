/** Select-Object: some of the objects in the pipe, or some of their properties. */
import { wildcard } from '../operations/wildcard.ts';
import type { Values } from './host/cmdlet.ts';
import { optional, switchType, text, wholeNumber } from './host/parameters.ts';
import { defineFilter, keyOf, maxKept, propertyNames } from './shell/filter-values.ts';
import { enumerated, isObject, propertyOf } from './shell/values.ts';

const count = wholeNumber(0, maxKept);

const parameters = {
  Property: optional(propertyNames, 'These properties, in this order; * ? and [] select several.', { position: 0 }),
  ExcludeProperty: optional(propertyNames, 'Not these properties.'),
  ExpandProperty: optional(text, 'The values of this property, bare.'),
  First: optional(count, 'So many from the beginning.'),
  Last: optional(count, 'So many from the end.'),
  Skip: optional(count, 'Not so many at the beginning.'),
  Unique: optional(switchType, 'Each only once.'),
};

type Given = Values<typeof parameters>;

export default defineFilter({
  name: 'Select-Object',
  aliases: ['select'],
  synopsis: 'Takes some of the objects, or some of their properties.',
  parameters,
  examples: [
    { command: 'get-xmppfederatedpartner | xgw select-object Identity,PartnerType', shows: 'Two properties.' },
    { command: 'get-user | xgw select-object -First 10', shows: 'The first ten.' },
  ],

  async filter(input, values, context) {
    const seen = new Set<string>();
    for await (const item of counted(input, values)) {
      for (const value of shaped(item, values)) {
        const key = values.Unique ? keyOf([isObject(value) ? JSON.stringify(value) : value]) : '';
        if (!values.Unique || !seen.has(key)) context.emit(value);
        seen.add(key);
      }
    }
  },
});

/** Ends as soon as it has enough, so that what comes before it can end too. */
async function* counted(input: AsyncIterable<unknown>, { First, Last, Skip = 0 }: Given): AsyncGenerator {
  let [skipped, taken] = [0, 0];
  const last: unknown[] = [];
  if (First === 0) return;
  for await (const item of input) {
    if (skipped < Skip) skipped += 1;
    else if (Last !== undefined) {
      last.push(item);
      if (last.length > 2 * Last + 100) last.splice(0, last.length - Last);
    } else {
      yield item;
      taken += 1;
      if (taken === First) return;
    }
  }
  if (Last !== undefined && Last > 0) yield* last.slice(-Last);
}

function shaped(item: unknown, { Property, ExcludeProperty, ExpandProperty }: Given): readonly unknown[] {
  if (ExpandProperty !== undefined) return enumerated(propertyOf(item, ExpandProperty));
  if (!isObject(item) || (!Property && !ExcludeProperty)) return [item];
  const names = Object.keys(item);
  const fits = (name: string, patterns: readonly string[]): boolean => patterns.some((each) => wildcard(each)(name));
  const wanted = (Property ?? ['*']).flatMap((pattern) => {
    const found = names.filter((name) => wildcard(pattern)(name));
    // A property that is not there is shown as empty; what a wildcard does not find is not there.
    return found.length > 0 || /[*?[]/.test(pattern) ? found : [pattern];
  });
  const left = [...new Set(wanted)].filter((name) => !fits(name, ExcludeProperty ?? []));
  return [Object.fromEntries(left.map((name) => [name, propertyOf(item, name)]))];
}
