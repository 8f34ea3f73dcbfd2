/** ForEach-Object: something done with each object in the pipe. */
import { mandatory } from './host/parameters.ts';
import { blockOrProperty, defineFilter } from './shell/filter-values.ts';
import { enumerated, propertyOf } from './shell/values.ts';

export default defineFilter({
  name: 'ForEach-Object',
  aliases: ['foreach', '%'],
  synopsis: 'Runs a script block for each object, or takes one property of each.',
  description: 'In the management shell the block may run cmdlets; between processes it has values only.',
  parameters: {
    Process: mandatory(blockOrProperty, 'A script block with the object as $_, or the name of a property.', {
      position: 0,
      aliases: ['MemberName'],
    }),
  },
  examples: [
    { command: 'get-user | xgw foreach-object Identity', shows: 'One property, bare.' },
    {
      command: `get-xmppfederatedpartner | xgw foreach-object '{ "$($_.Identity) is $($_.PartnerType)" }'`,
      shows: 'A line of text for each.',
    },
  ],

  async filter(input, { Process }, context) {
    for await (const item of input) {
      if (typeof Process !== 'string') await Process.run(item, (value) => context.emit(value));
      else for (const value of enumerated(propertyOf(item, Process))) context.emit(value);
    }
  },
});
