/** Out-Null: takes what the pipe brings, and shows nothing of it. */
import { defineFilter } from './shell/filter-values.ts';

export default defineFilter({
  name: 'Out-Null',
  synopsis: 'Shows nothing of what the pipe brings.',
  parameters: {},
  examples: [{ command: 'new-sipdomain contoso.com | xgw out-null', shows: 'A change without its object.' }],

  async filter(input) {
    for await (const _ of input);
  },
});
