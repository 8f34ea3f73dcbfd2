/**
 * settings.yaml: what a person wants of every cmdlet, as $PSDefaultParameterValues has it in PowerShell.
 *
 *   defaults:
 *     "*:OutputFormat": json
 *     request-certificate:KeySize: 4096
 *
 * A default counts where neither the command line, nor a parameter file, nor the pipe, nor a variable of the environment says
 * anything. Of two that fit, the user's wins over the system's, and within a file the one with fewer wildcards.
 */
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';

import { nearNames } from '../../operations/near-names.ts';
import { isPattern, wildcard } from '../../operations/wildcard.ts';
import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import { isYamlMap, type YamlMap, type YamlValue } from '../../primitives/yaml-document.ts';
import { type BoundValues, bindValue } from './binding.ts';
import type { Cmdlet, Parameters } from './cmdlet.ts';
import { fromFile } from './parameter-file.ts';
import { findParameter } from './parameter-name.ts';
import type { Account } from './store-location.ts';
import { readValuesFile } from './values-file.ts';

export interface DefaultValue {
  readonly file: string;
  /** A cmdlet or alias, or a pattern. */
  readonly cmdlet: string;
  readonly parameter: string;
  readonly value: YamlValue;
}

/** In rising order: a later one wins. */
export type Settings = readonly DefaultValue[];

/** The system's file first, then the user's. [XDG Base Directory Specification, `XDG_CONFIG_HOME`] */
export function settingsLocations({ env, platform, home }: Account): readonly string[] {
  const given = (name: string): string | undefined => env[name] || undefined;
  if (platform === 'win32') {
    const user = given('APPDATA') ?? path.join(home, 'AppData', 'Roaming');
    return [given('ProgramData') ?? 'C:\\ProgramData', user].map((folder) => path.join(folder, 'xgw', 'settings.yaml'));
  }
  // A relative path in the variable is to be ignored, says the specification.
  const named = given('XDG_CONFIG_HOME');
  const user = named !== undefined && path.isAbsolute(named) ? named : path.join(home, '.config');
  return ['/etc', user].map((folder) => path.join(folder, 'xgw', 'settings.yaml'));
}

/** @returns Without a file, none. @throws CodedError `FileNotValid`, also for a file that others may write */
export async function readSettings(locations: readonly string[]): Promise<Settings> {
  const settings: DefaultValue[] = [];
  for (const file of locations) {
    if (isThere(file)) settings.push(...defaultsIn(await readValuesFile(file), file));
  }
  return settings;
}

/** A folder that is none, or that this account may not look into, as services have them, holds no settings of its own. */
function statusOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (['ENOTDIR', 'EACCES', 'ELOOP'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

function isThere(file: string): boolean {
  const status = statusOf(file);
  if (status === undefined) return false;
  // Whoever can write it decides what every cmdlet does, -Confirm:false included.
  if (process.platform === 'win32' || (status.mode & 0o022) === 0) return true;
  throw new CodedError('FileNotValid', `${file} can be written by other users of this machine.`, {
    reason: 'it decides what every cmdlet does',
    fix: `chmod go-w ${file}`,
    target: file,
  });
}

function defaultsIn(content: YamlMap, file: string): Settings {
  const strangers = Object.keys(content).filter((key) => key !== 'defaults');
  const defaults = content['defaults'] ?? {};
  if (strangers.length > 0 || !isYamlMap(defaults)) {
    const what = strangers.length > 0 ? `${strangers.join(', ')} is not known here` : 'defaults is no map';
    throw new CodedError('FileNotValid', `${file}: ${what}.`, {
      reason: 'settings are written as  defaults: {"cmdlet:Parameter": value}',
      target: file,
    });
  }
  const read = Object.entries(defaults).map(([key, value]) => defaultValue(key, value, file));
  return read.toSorted((left, right) => weight(left) - weight(right));
}

function defaultValue(key: string, value: YamlValue, file: string): DefaultValue {
  const [, cmdlet, parameter] = /^([^:]+):-?([A-Za-z][\w-]*)$/.exec(key) ?? [];
  if (cmdlet !== undefined && parameter !== undefined) return { file, cmdlet, parameter, value };
  throw new CodedError('FileNotValid', `${file}: "${key}" is none of the form "cmdlet:Parameter".`, {
    reason: 'the cmdlet may hold wildcards, the parameter is written in full',
    target: key,
  });
}

/** Letters that stand for themselves; a name without wildcards weighs most. */
const weight = ({ cmdlet }: DefaultValue): number =>
  isPattern(cmdlet) ? cmdlet.replaceAll(/[*?[\]]/g, '').length : Number.MAX_SAFE_INTEGER;

/** The variables of the environment that win over a default. */
const variables: Readonly<Record<string, string>> = {
  OutputFormat: 'XGW_OUTPUT',
  Timeout: 'XGW_TIMEOUT',
  ConfigStore: 'XGW_HOME',
  NonInteractive: 'XGW_NONINTERACTIVE',
  NoColor: 'FORCE_COLOR',
};

/** The defaults of one cmdlet. @throws CodedError `NamedParameterNotFound` and what a type refuses, with the file */
export function defaultsFor(
  { name, aliases = [] }: Cmdlet,
  parameters: Parameters,
  settings: Settings,
  env: Account['env'],
): BoundValues {
  const values: Record<string, unknown> = {};
  for (const { file, cmdlet, parameter: named, value } of settings) {
    const fits = wildcard(cmdlet);
    if (![name, ...aliases].some(fits)) continue;
    const found = findParameter(named, false, parameters, true);
    if (!found.ok) {
      // A pattern means those cmdlets that have the parameter.
      if (isPattern(cmdlet)) continue;
      throw unknownName(named, file, { name, parameters });
    }
    const { name: bound, parameter } = found.value;
    if (env[variables[bound] ?? '']) continue;
    values[bound] = fromFile(file, () => bindValue(bound, parameter, value));
  }
  return values;
}

function unknownName(named: string, file: string, of: { readonly name: string; readonly parameters: Parameters }) {
  const near = nearNames(named, Object.keys(of.parameters));
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  return new CodedError('NamedParameterNotFound', `${file}: ${of.name} has no parameter ${named}.${meant}`, {
    fix: `xgw get-help ${of.name.toLowerCase()}`,
    target: named,
  });
}
