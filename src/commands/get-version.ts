/** Get-Version: which xgw this is, and what it runs on. */
import os from 'node:os';

import { formatVersion } from '../config/configuration.ts';
import { product } from '../primitives/product.ts';
import { defineCmdlet } from './host/cmdlet.ts';

export default defineCmdlet({
  name: 'Get-Version',
  synopsis: 'Shows the version of xgw, of Node.js and of the system.',
  description: 'StoreFormat is the format of the configuration that this version writes; it reads that and older ones.',
  parameters: {},
  examples: [{ command: 'get-version', shows: 'What to name in a report.' }],
  output: { kind: 'VersionInfo', table: ['Version', 'StoreFormat', 'NodeVersion', 'Platform'] },

  async run(_values, context) {
    context.write({
      Version: product.version,
      StoreFormat: formatVersion,
      NodeVersion: process.versions.node,
      Platform: `${os.type()} ${os.release()} ${os.arch()}`,
    });
  },
});
