/** Writes a configuration with `conf`: serialised, to a temporary file, synced, renamed, mode 0600. The only file that knows conf. */
import path from 'node:path';

import type { Configuration } from '../config/configuration.ts';

/** The text that `writeWithConf` writes for this configuration. */
export const serialised = (configuration: Configuration): string => JSON.stringify(configuration, undefined, '\t');

/** @param file Path of a `.json` file that is absent or holds a valid configuration. */
export async function writeWithConf(file: string, configuration: Configuration): Promise<void> {
  const { default: Conf } = await import('conf');
  const conf = new Conf<Record<string, unknown>>({
    cwd: path.dirname(file),
    configName: path.basename(file, '.json'),
    configFileMode: 0o600,
    // A domain is a name with dots, not a path.
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
  });
  // Inside a snap, conf would overwrite the file in place.
  const snap = process.env['SNAP'];
  delete process.env['SNAP'];
  try {
    conf.store = { ...configuration };
  } finally {
    if (snap !== undefined) process.env['SNAP'] = snap;
  }
}
