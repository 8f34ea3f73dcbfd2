/** A file with ten thousand partners, applied to an empty store: how long it takes, and that it is one revision. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readConfigurationFile } from '../../src/store/config-file.ts';
import { storeFile } from '../../src/store/store-folder.ts';
import { xgwIn } from '../support/xgw.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { median } from './median.ts';
import { partnersAsJson, partnersAsYaml } from './stored-partners.ts';

export interface Import {
  readonly partners: number;
  readonly rounds: number;
}

const usual: Import = { partners: 10_000, rounds: 3 };
const syncMs = 10_000;

interface Synced {
  readonly ms: number;
  readonly revisions: number;
}

/** @throws When not all of it is there afterwards. */
async function synced(file: string, partners: number): Promise<Synced> {
  const home = path.join(mkdtempSync(path.join(path.dirname(file), 'store-')), 'store');
  const begun = performance.now();
  await xgwIn(home).run('sync-configuration', file, '-Confirm:false');
  const ms = performance.now() - begun;
  const { revision, federatedPartners } = readConfigurationFile(storeFile(home)) ?? {
    revision: 0,
    federatedPartners: {},
  };
  const found = Object.keys(federatedPartners).length;
  if (found !== partners) throw new Error(`${found} of ${partners} partners are in the store`);
  return { ms, revisions: revision };
}

export async function importFigures({ partners, rounds }: Import): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'xgw-bench-'));
  const forms = { YAML: partnersAsYaml(partners), JSON: partnersAsJson(partners) };
  try {
    const figures: Figure[] = [];
    for (const [form, text] of Object.entries(forms)) {
      const file = path.join(folder, `partners.${form.toLowerCase()}`);
      writeFileSync(file, text);
      const runs: Synced[] = [];
      for (let round = 0; round < rounds; round += 1) runs.push(await synced(file, partners));
      const name = `${partners} partners of a ${form} file into an empty store`;
      const revisions = Math.max(...runs.map((run) => run.revisions));
      figures.push(
        { name, value: median(runs.map(({ ms }) => ms)), unit: 'ms', atMost: syncMs },
        { name: 'revisions of it', value: revisions, unit: '', atMost: 1 },
      );
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const importOfPartners: Benchmark = {
  name: 'import',
  about: `one sync-configuration of a file with ${usual.partners} partners, from the start to the end of the process, medians of ${usual.rounds}`,
  run: () => importFigures(usual),
};
