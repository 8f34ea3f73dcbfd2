/**
 * Reads `store.json` or a kept revision: whole and valid, or an error that names the file and the field. Never writes:
 * settings that the file of an earlier version does not have stand in it after the next change.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { type Configuration, formatVersion } from '../config/configuration.ts';
import { withMissingSettings } from '../config/missing-settings.ts';
import { configurationRules, parseConfiguration, printProblem } from '../config/parse-configuration.ts';
import { CodedError, systemErrorCode } from '../primitives/errors.ts';
import { visibleText } from '../primitives/visible-text.ts';
import { isMarkedChecked } from './checked-text.ts';
import { storeDenied } from './store-denied.ts';
import { revisionsFolder, storeFile } from './store-folder.ts';

/** Bytes. Ten times what 100,000 partners need. */
const maxFileBytes = 256 * 1024 * 1024;
/** Problems that an error message names; parse-configuration bounds the list itself. */
const maxNamed = 5;

/** What a file said when it was read. */
export interface Reading {
  readonly bytes: Buffer;
  readonly configuration: Configuration;
}

/**
 * @returns The configuration, or undefined when there is no such file.
 * @throws CodedError `ConfigurationDamaged`, `ConfigurationTooNew`, `StoreDenied`
 */
export const readConfigurationFile = (file: string): Configuration | undefined => readAgain(file)?.configuration;

/** @param last - Returned again where the same bytes stand: parsing them is what takes time. @throws As `readConfigurationFile`. */
export function readAgain(file: string, last?: Reading): Reading | undefined {
  const bytes = readBytes(file);
  if (bytes === undefined) return undefined;
  if (last?.bytes.equals(bytes) === true) return last;
  return { bytes, configuration: configurationIn(file, bytes) };
}

function configurationIn(file: string, bytes: Buffer): Configuration {
  const json = parseJson(file, bytes.toString('utf8'));
  const version = versionOf(json);
  if (version > formatVersion) {
    throw new CodedError('ConfigurationTooNew', `${file} was written by a newer version of xgw.`, {
      reason: `its format is ${version}, and this version knows ${formatVersion}`,
      fix: 'xgw get-version',
      target: file,
    });
  }
  // By the same rules no setting was missing either.
  if (isStore(file) && isMarkedChecked(path.dirname(file), bytes, configurationRules)) return json as Configuration;
  const parsed = parseConfiguration(withMissingSettings(json));
  if (parsed.ok) return parsed.value;
  const named = parsed.error.slice(0, maxNamed).map(printProblem);
  const more = parsed.error.length > maxNamed ? [`and ${parsed.error.length - maxNamed} more problems`] : [];
  throw damaged(file, [...named, ...more].join('; '));
}

const isStore = (file: string): boolean => file === storeFile(path.dirname(file));

function readBytes(file: string): Buffer | undefined {
  try {
    if (statSync(file).size > maxFileBytes) throw damaged(file, `it is larger than ${maxFileBytes} bytes`);
    return readFileSync(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw storeDenied(file, error);
  }
}

function parseJson(file: string, text: string): unknown {
  if (text.trim() === '') throw damaged(file, 'it is empty');
  if (text.startsWith('\uFEFF')) throw damaged(file, 'it begins with a byte order mark, which an editor has put there');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(file, visibleText(error instanceof Error ? error.message : String(error)), error);
  }
}

function versionOf(json: unknown): number {
  if (typeof json !== 'object' || json === null || !('formatVersion' in json)) return 0;
  return typeof json.formatVersion === 'number' ? json.formatVersion : 0;
}

function damaged(file: string, reason: string, cause?: unknown): CodedError {
  const kept = newestRevisionFile(path.dirname(file));
  return new CodedError('ConfigurationDamaged', `${file} is damaged; it was not changed.`, {
    reason,
    fix: isStore(file) && kept !== undefined ? `cp '${kept}' '${file}'` : 'xgw get-configurationstore',
    target: file,
    cause,
  });
}

/** Undefined when there is none. */
function newestRevisionFile(folder: string): string | undefined {
  const revisions = revisionsFolder(folder);
  if (!existsSync(revisions)) return undefined;
  const newest = readdirSync(revisions).toSorted().at(-1);
  return newest === undefined ? undefined : path.join(revisions, newest);
}
