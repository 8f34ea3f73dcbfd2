/** `xgw` alone: reads how far the store is, and prints the first page. */
import os from 'node:os';

import { localizer } from './localized-text.ts';
import { overview } from './overview.ts';
import { storeLocation } from './store-location.ts';
import { storeProgress } from './store-progress.ts';
import type { HostProcess } from './surroundings.ts';

/** Ends with `host.exit`. */
export async function firstPage(host: HostProcess, version: string): Promise<void> {
  const account = { env: host.env, platform: host.platform, isRoot: host.getuid?.() === 0, home: os.homedir() };
  const page = overview(version, await storeProgress(storeLocation(undefined, account)), localizer(host, undefined));
  // A pipe may take it later, or not at all.
  host.stdout.on('error', () => host.exit(0));
  host.stdout.write(page, () => host.exit(0));
}
