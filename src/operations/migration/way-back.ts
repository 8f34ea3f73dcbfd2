/** Takes a cut-over back: what was published in DNS as it was before, and the configuration as the base revision had it. */
import type { Configuration } from '../../config/configuration.ts';
import type { KeyStore } from '../../store/key-store.ts';
import type { SetChange } from '../dns/update-message.ts';
import { undoPlan } from '../undo-revision.ts';

/** Undoes each revision after the base, the newest first, as one change. Pure. @throws CodedError of an undo that cannot be */
export function withoutRevisionsAfter(
  folder: string,
  current: Configuration,
  base: number,
  keys: KeyStore,
): Configuration {
  let present = current;
  for (let revision = current.revision; revision > base; revision -= 1)
    present = undoPlan(folder, current, revision, keys).apply(present);
  return present;
}

/** What publish-dnsrecord wrote on its standard output, turned round. Lines that are no objects of it are left out. */
export const changesBack = (stdout: string): readonly SetChange[] =>
  stdout.split('\n').flatMap((line) => {
    const row = parsed(line);
    if (row?.['Kind'] !== 'PublishedDnsRecord' || row['Changed'] !== true) return [];
    const { Zone, Name, Type, Before, After } = row as unknown as PublishedRow;
    return [{ zone: Zone, name: Name, type: Type, before: After, data: Before }];
  });

interface PublishedRow {
  readonly Zone: string;
  readonly Name: string;
  readonly Type: SetChange['type'];
  readonly Before: readonly string[];
  readonly After: readonly string[];
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
