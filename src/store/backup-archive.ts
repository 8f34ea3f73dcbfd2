/** What a backup holds, as bytes: the configuration, the files of the key folder, and the records of the run-time state. */
import { gunzipSync, gzipSync } from 'node:zlib';

import { type Configuration, formatVersion } from '../config/configuration.ts';
import { withMissingSettings } from '../config/missing-settings.ts';
import { parseConfiguration, printProblem } from '../config/parse-configuration.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';

export interface BackupContents {
  readonly configuration: Configuration;
  /** By name; undefined: they were left out, as there was no password. */
  readonly keyFiles: Readonly<Record<string, string>> | undefined;
  /** As the state's file has them; undefined: there was no state. */
  readonly records: Readonly<Record<string, string>> | undefined;
}

/** Bytes of a backup, and of what it holds. */
export const maxBackupBytes = 256 * 1024 * 1024;
export const maxBackupContentBytes = 512 * 1024 * 1024;

export const printBackup = (contents: BackupContents): Buffer => gzipSync(JSON.stringify(contents));

/** Refuses with what is wrong, one clause. The bytes are proven to be those of a seal, and that proves nothing of who made it. */
export function parseBackup(bytes: Buffer): Result<BackupContents, string> {
  let json: unknown;
  try {
    json = JSON.parse(gunzipSync(bytes, { maxOutputLength: maxBackupContentBytes }).toString('utf8'));
  } catch {
    return refuse('it holds no compressed JSON, or too much of it');
  }
  if (typeof json !== 'object' || json === null) return refuse('it holds no object');
  const { configuration, keyFiles, records } = json as Record<string, unknown>;
  const read = configurationIn(configuration);
  if (!read.ok) return read;
  if (keyFiles !== undefined && !isTexts(keyFiles, isKeyFileName))
    return refuse('its key files are not what they must be');
  if (records !== undefined && !isTexts(records, (name) => name.length <= 4096))
    return refuse('its state is not what it must be');
  return ok({ configuration: read.value, keyFiles, records });
}

function configurationIn(json: unknown): Result<Configuration, string> {
  const version = (json as { formatVersion?: unknown } | undefined)?.formatVersion;
  if (typeof version === 'number' && version > formatVersion) return refuse('a newer version of this program wrote it');
  const parsed = parseConfiguration(withMissingSettings(json));
  return parsed.ok
    ? parsed
    : refuse(`its configuration is not valid: ${parsed.error.slice(0, 3).map(printProblem).join('; ')}`);
}

/** Names of files of the key folder, and of no other. */
export const isKeyFileName = (name: string): boolean => /^[0-9A-Za-z][0-9A-Za-z._-]{0,199}$/.test(name);

const isTexts = (given: unknown, isName: (name: string) => boolean): given is Record<string, string> =>
  typeof given === 'object' &&
  given !== null &&
  !Array.isArray(given) &&
  Object.entries(given).every(([name, text]) => isName(name) && typeof text === 'string');
