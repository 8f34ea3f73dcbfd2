/** What a command line leaves open, from a parameter file and from settings.yaml. What was typed wins over both. */
import type { BoundValues } from './binding.ts';
import type { Cmdlet } from './cmdlet.ts';
import { commonParametersOf } from './common-parameters.ts';
import type { Invocation } from './invocation.ts';
import { readParameterFile } from './parameter-file.ts';
import { defaultsFor, type Settings } from './settings-file.ts';
import type { Environment } from './surroundings.ts';

/** @param isShell - In the management shell cmdlets have some parameters more. @throws CodedError */
export async function withParameterFile(invocation: Invocation, cmdlet: Cmdlet, isShell = false): Promise<Invocation> {
  const { values, common } = invocation;
  if (common.ParameterFile === undefined) return invocation;
  const commonNames = commonParametersOf(cmdlet, isShell);
  const typed = new Set([...Object.keys(values), ...Object.keys(common)]);
  const read = await readParameterFile(common.ParameterFile, { ...cmdlet.parameters, ...commonNames }, typed);
  const [own, shared] = divided(read, commonNames);
  return { ...invocation, values: { ...own, ...values }, common: { ...shared, ...common } };
}

export interface Defaulted extends Invocation {
  /** Of the cmdlet's own parameters: they yield to what the pipe brings. */
  readonly defaults: BoundValues;
}

/** @throws CodedError */
export function withSettings(invocation: Invocation, cmdlet: Cmdlet, settings: Settings, env: Environment): Defaulted {
  if (settings.length === 0) return { ...invocation, defaults: {} };
  const commonNames = commonParametersOf(cmdlet);
  const found = defaultsFor(cmdlet, { ...cmdlet.parameters, ...commonNames }, settings, env);
  const [defaults, shared] = divided(found, commonNames);
  return { ...invocation, defaults, common: { ...shared, ...invocation.common } };
}

function divided(values: BoundValues, commonNames: object): readonly [own: BoundValues, shared: BoundValues] {
  const part = (isCommon: boolean): BoundValues =>
    Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(commonNames, name) === isCommon));
  return [part(false), part(true)];
}
