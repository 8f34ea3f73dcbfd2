/** Format-Table: the objects in the pipe as a table. */
import { optional, switchType } from './host/parameters.ts';
import { defineFilter, kept, propertyNames } from './shell/filter-values.ts';
import { shownObjects } from './shell/shown-objects.ts';

export default defineFilter({
  name: 'Format-Table',
  aliases: ['ft'],
  synopsis: 'Shows objects as a table.',
  description: 'The table is text, so it stands at the end of a pipe.',
  parameters: {
    Property: optional(propertyNames, 'These columns, in this order; absent: those of the kind.', { position: 0 }),
    AutoSize: optional(switchType, 'Columns are always as wide as they need to be; kept for old lines.'),
  },
  examples: [
    {
      command: 'get-xmppfederatedpartner | xgw format-table Identity,TlsNegotiation,SaslNegotiation',
      shows: 'Other columns than the usual ones.',
    },
  ],

  async filter(input, { Property }, context) {
    const as = { form: 'table', ...(Property ? { columns: Property } : {}) } as const;
    const text = shownObjects(await kept(input), as, context);
    if (text !== '') context.writeText(text);
  },
});
