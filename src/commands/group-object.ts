/** Group-Object: the objects in the pipe by what they have in common. */
import { mandatory, optional, switchType } from './host/parameters.ts';
import { defineFilter, kept, keyOf, propertyNames } from './shell/filter-values.ts';
import { propertyOf, textOf } from './shell/values.ts';

export default defineFilter({
  name: 'Group-Object',
  aliases: ['group'],
  synopsis: 'Puts objects with the same values together, and counts them.',
  parameters: {
    Property: mandatory(propertyNames, 'By these properties.', { position: 0 }),
    NoElement: optional(switchType, 'Count and name only.'),
  },
  examples: [
    { command: 'get-xmppfederatedpartner | xgw group-object PartnerType -NoElement', shows: 'How many of each type.' },
  ],
  output: { kind: 'GroupInfo', table: ['Count', 'Name', 'Group'] },

  async filter(input, { Property, NoElement }, context) {
    const groups = new Map<string, { readonly name: string; readonly items: unknown[] }>();
    for (const item of await kept(input)) {
      const values = Property.map((name) => propertyOf(item, name));
      const group = groups.get(keyOf(values)) ?? { name: values.map(textOf).join(', '), items: [] };
      group.items.push(item);
      groups.set(keyOf(values), group);
    }
    for (const { name, items } of groups.values()) {
      context.emit({ Count: items.length, Name: name, ...(NoElement ? {} : { Group: items }), Kind: 'GroupInfo' });
    }
  },
});
