/** Get-ConfigurationStore: where everything is, how large, who may read it, who is writing: what support asks for first. */
import { configurationStoreObject } from '../operations/configuration-store.ts';
import { defineCmdlet } from './host/cmdlet.ts';

export default defineCmdlet({
  name: 'Get-ConfigurationStore',
  synopsis: 'Shows where the configuration is kept, its revision, its files and who holds its lock.',
  description: 'It works on a damaged store too, and says what is damaged.',
  parameters: {},
  examples: [
    { command: 'get-configurationstore', shows: 'Paths, sizes, modes, revision, lock.' },
    { command: 'get-configurationstore -ExpandProperty Path', shows: 'The folder, bare.' },
  ],
  output: { kind: 'ConfigurationStore', table: ['Path', 'Revision', 'Health', 'LockHolder'] },

  async run(_values, context) {
    context.write(await configurationStoreObject(context.store));
  },
});
