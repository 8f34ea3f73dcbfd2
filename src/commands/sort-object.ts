/** Sort-Object: the objects in the pipe in order. */
import { optional, switchType } from './host/parameters.ts';
import { defineFilter, kept, keyOf, propertyNames } from './shell/filter-values.ts';
import { compare } from './shell/operators.ts';
import { isObject, propertyOf, textOf } from './shell/values.ts';

export default defineFilter({
  name: 'Sort-Object',
  aliases: ['sort'],
  synopsis: 'Puts objects in order.',
  description: 'Text sorts without regard to case, numbers by size. Equal objects keep their order.',
  parameters: {
    Property: optional(propertyNames, 'By these properties, the first one first; absent: by name.', { position: 0 }),
    Descending: optional(switchType, 'The greatest first.'),
    Unique: optional(switchType, 'One of those that are equal.'),
  },
  examples: [
    { command: 'get-xmppfederatedpartner | xgw sort-object PartnerType,Identity', shows: 'By type, then by name.' },
  ],

  async filter(input, { Property, Descending, Unique }, context) {
    const sign = Descending ? -1 : 1;
    const items = (await kept(input)).map((item) => ({ item, keys: keysOf(item, Property) }));
    items.sort((left, right) => sign * compareKeys(left.keys, right.keys));
    const seen = new Set<string>();
    for (const { item, keys } of items) {
      const key = Unique ? keyOf(keys) : '';
      if (!Unique || !seen.has(key)) context.emit(item);
      seen.add(key);
    }
  },
});

function keysOf(item: unknown, properties: readonly string[] | undefined): readonly unknown[] {
  if (properties) return properties.map((name) => propertyOf(item, name));
  return [isObject(item) ? (propertyOf(item, 'Identity') ?? propertyOf(item, 'Name') ?? textOf(item)) : item];
}

function compareKeys(left: readonly unknown[], right: readonly unknown[]): number {
  for (const [index, key] of left.entries()) {
    const order = compare(key, right[index]);
    if (order !== 0) return order;
  }
  return 0;
}
