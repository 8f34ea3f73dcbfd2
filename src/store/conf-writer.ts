/** Writes the text of a configuration with `conf`: to a temporary file, synced, renamed, mode 0600. The only file that knows conf. */
import path from 'node:path';

/** @param file Path of a `.json` file that is absent or holds anything; its owner is kept. */
export async function writeWithConf(file: string, text: string): Promise<void> {
  const { default: Conf } = await import('conf');
  const conf = new Conf<Record<string, unknown>>({
    cwd: path.dirname(file),
    configName: path.basename(file, '.json'),
    configFileMode: 0o600,
    clearInvalidConfig: false,
    // What stands there is replaced whole, and ten thousand partners take their time: conf need not know them.
    deserialize: () => ({}),
    serialize: () => text,
  });
  // Inside a snap, conf would overwrite the file in place.
  const snap = process.env['SNAP'];
  delete process.env['SNAP'];
  try {
    conf.store = {};
  } finally {
    if (snap !== undefined) process.env['SNAP'] = snap;
  }
}
