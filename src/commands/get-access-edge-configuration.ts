/** Get-AccessEdgeConfiguration: whether users may talk to other organisations at all. */
import { accessEdgeObject } from '../operations/access-edge.ts';
import { configurationOf } from '../operations/loaded-configuration.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, switchType } from './host/parameters.ts';

export const accessEdgeOutput = {
  kind: 'AccessEdgeConfiguration',
  table: ['Identity', 'AllowFederatedUsers'],
} as const;

export default defineCmdlet({
  name: 'Get-AccessEdgeConfiguration',
  aliases: ['Get-CsAccessEdgeConfiguration'],
  synopsis: 'Shows whether users may talk to other organisations at all.',
  parameters: {
    LocalStore: optional(switchType, 'What the running gateway has loaded, in place of what the store says.'),
  },
  examples: [{ command: 'get-accessedgeconfiguration', shows: 'The switch for all federation.' }],
  output: accessEdgeOutput,

  async run({ LocalStore }, context) {
    context.write(accessEdgeObject((await configurationOf(context.store, LocalStore)).accessEdge));
  },
});
