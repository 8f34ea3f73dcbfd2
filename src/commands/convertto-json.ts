/** ConvertTo-Json: the objects in the pipe as one JSON text. */
import { optional, switchType, wholeNumber } from './host/parameters.ts';
import { jsonText } from './host/text-formats.ts';
import { defineFilter, kept } from './shell/filter-values.ts';

export default defineFilter({
  name: 'ConvertTo-Json',
  synopsis: 'Makes one JSON text of objects.',
  description: 'One object is an object, several are an array, as in PowerShell. Nothing is cut off at a depth.',
  parameters: {
    Compress: optional(switchType, 'Without line breaks.'),
    AsArray: optional(switchType, 'One object is an array, too.'),
    Depth: optional(wholeNumber(0, 100), 'Everything is always written out; kept for old lines.'),
  },
  examples: [{ command: 'get-xmppfederatedpartner | xgw convertto-json', shows: 'An array, for other programs.' }],

  async filter(input, { Compress, AsArray }, context) {
    const items = await kept(input);
    const value = items.length === 1 && !AsArray ? items[0] : items;
    context.writeText(jsonText(value, false, Compress ? undefined : 2));
  },
});
