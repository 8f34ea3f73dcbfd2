/** -ParameterFile and `@file.yaml`: the values of parameters from a file, by name. What is typed wins. PowerShell's splatting. */
import { nearNames } from '../../operations/near-names.ts';
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { type BoundValues, bindValue } from './binding.ts';
import type { Parameters } from './cmdlet.ts';
import { findParameter } from './parameter-name.ts';
import { readValuesFile } from './values-file.ts';

/**
 * @param typed - Names of the parameters that the command line has, which are left alone.
 * @throws CodedError `FileNotFound`, `FileNotValid`, `NamedParameterNotFound`, and what each type refuses
 */
export async function readParameterFile(
  file: string,
  parameters: Parameters,
  typed: ReadonlySet<string>,
): Promise<BoundValues> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(await readValuesFile(file))) {
    const found = findParameter(name, false, parameters, true);
    if (!found.ok || found.value.name === 'ParameterFile') throw unknownName(name, file, Object.keys(parameters));
    const { name: bound, parameter } = found.value;
    if (Object.hasOwn(values, bound)) throw twice(name, file);
    if (!typed.has(bound)) values[bound] = fromFile(file, () => bindValue(bound, parameter, value));
  }
  return values;
}

/** A refusal that says where the value came from. */
export function fromFile<T>(file: string, bind: () => T): T {
  try {
    return bind();
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const reason = error.reason === undefined ? `it is in ${file}` : `${error.reason}; it is in ${file}`;
    throw new CodedError(error.id, error.message, { reason, fix: error.fix, target: error.target, cause: error });
  }
}

function unknownName(name: string, file: string, names: readonly string[]): CodedError {
  const near = nearNames(name, names);
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  return new CodedError('NamedParameterNotFound', `${file}: there is no parameter ${name}.${meant}`, {
    reason: 'a file names parameters in full, without a hyphen',
    target: name,
  });
}

const twice = (name: string, file: string): CodedError =>
  new CodedError('ParameterAlreadyBound', `${file}: ${name} is given twice, by its name and by an alias.`, {
    target: name,
  });
