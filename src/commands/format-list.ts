/** Format-List: the objects in the pipe, a property a line. */
import { optional } from './host/parameters.ts';
import { defineFilter, kept, propertyNames } from './shell/filter-values.ts';
import { shownObjects } from './shell/shown-objects.ts';

export default defineFilter({
  name: 'Format-List',
  aliases: ['fl'],
  synopsis: 'Shows objects with a line for each property.',
  description: 'The list is text, so it stands at the end of a pipe.',
  parameters: {
    Property: optional(propertyNames, 'These properties, in this order; absent or *: all.', { position: 0 }),
  },
  examples: [{ command: 'get-xmppfederatedpartner fabrikam.com | xgw format-list', shows: 'Everything about one.' }],

  async filter(input, { Property }, context) {
    const as = { form: 'list', ...(Property && !Property.includes('*') ? { columns: Property } : {}) } as const;
    const text = shownObjects(await kept(input), as, context);
    if (text !== '') context.writeText(text);
  },
});
