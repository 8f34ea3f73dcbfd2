/** Which parameter a typed name means: exact name, exact alias, unique prefix; `--no-x` negates. Case, `-` and `_` do not count. */

import { nearNames } from '../../operations/near-names.ts';
import type { FailureId } from '../../primitives/failures.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import type { Parameter, Parameters } from './cmdlet.ts';

export interface FoundParameter {
  readonly name: string;
  readonly parameter: Parameter<unknown>;
  readonly negated: boolean;
}

export interface NameFault {
  readonly id: FailureId;
  readonly message: string;
  readonly reason?: string;
  /** Names to write in place of the typed one. */
  readonly instead: readonly string[];
}

/** These store into variables of a session, and there is none between processes. */
const sessionVariables = new Map([
  ['errorvariable', 'ErrorVariable'],
  ['ev', 'ErrorVariable'],
  ['warningvariable', 'WarningVariable'],
  ['wv', 'WarningVariable'],
  ['informationvariable', 'InformationVariable'],
  ['iv', 'InformationVariable'],
  ['outvariable', 'OutVariable'],
  ['ov', 'OutVariable'],
  ['outbuffer', 'OutBuffer'],
  ['ob', 'OutBuffer'],
  ['pipelinevariable', 'PipelineVariable'],
  ['pv', 'PipelineVariable'],
]);

/** @param isLong - Written with two hyphens, so that `--no-x` may negate. */
export function findParameter(
  typed: string,
  isLong: boolean,
  parameters: Parameters,
  strict: boolean,
): Result<FoundParameter, NameFault> {
  const direct = byName(typed, parameters, strict);
  if (direct.ok) return ok({ ...direct.value, negated: false });
  const [, positive] = (isLong && /^no-?(.+)$/i.exec(typed)) || [];
  if (positive === undefined) return direct;
  const negated = byName(positive, parameters, strict);
  const isTwoState = negated.ok && ['switch', 'bool'].includes(negated.value.parameter.type.kind);
  return isTwoState ? ok({ ...negated.value, negated: true }) : direct;
}

type Named = Omit<FoundParameter, 'negated'>;

function byName(typed: string, parameters: Parameters, strict: boolean): Result<Named, NameFault> {
  const key = bare(typed);
  const all = Object.entries(parameters).map(([name, parameter]) => ({ name, parameter }));
  const aliases = ({ parameter }: Named): readonly string[] => (parameter.aliases ?? []).map(bare);
  const exact = all.find(({ name }) => bare(name) === key) ?? all.find((each) => aliases(each).includes(key));
  if (exact) return ok(exact);
  const session = sessionVariables.get(key);
  if (session !== undefined) return refuse(forSessionsOnly(session));
  const fitting = all.filter((each) => [bare(each.name), ...aliases(each)].some((name) => name.startsWith(key)));
  const [only] = fitting;
  if (!only) return refuse(unknown(typed, Object.keys(parameters)));
  const names = fitting.map(({ name }) => name);
  if (names.length > 1) {
    const message = `-${typed} may be ${names.map((name) => `-${name}`).join(' or ')}.`;
    return refuse({ id: 'AmbiguousParameter', message, instead: [] });
  }
  if (!strict) return ok(only);
  const message = `-${typed} is an abbreviation of -${only.name}, and XGW_STRICT is set.`;
  return refuse({ id: 'AbbreviationNotAllowed', message, instead: names });
}

function unknown(typed: string, names: readonly string[]): NameFault {
  const instead = nearNames(bare(typed), names);
  const meant = instead.length === 0 ? '' : ` Did you mean ${instead.map((name) => `-${name}`).join(' or ')}?`;
  return { id: 'NamedParameterNotFound', message: `there is no parameter -${typed}.${meant}`, instead };
}

const forSessionsOnly = (name: string): NameFault => ({
  id: 'NotSupportedOutsideShell',
  message: `-${name} stores into a session variable, and there is no session between processes.`,
  reason: 'the management shell has them: xgw shell. Or redirect the output: -OutputFormat json > file',
  instead: [],
});

const bare = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');
