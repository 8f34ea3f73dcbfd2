/** Which parameters of Request-Certificate go with which of its four sets: one that would be ignored is refused. */
import { CodedError } from '../../primitives/errors.ts';

export type RequestSet = 'New' | 'List' | 'Retrieve' | 'Clear';

const setsOf: Readonly<Record<string, readonly RequestSet[]>> = {
  RequestId: ['List', 'Retrieve', 'Clear'],
  // An object from the pipeline brings it along; without it the other two go by the number.
  PublicKeySha256: ['List', 'Retrieve', 'Clear'],
  Path: ['Retrieve'],
  Report: ['New', 'List', 'Retrieve', 'Clear'],
};

/** @param given - By name; those that are undefined were not given. @throws CodedError `ParameterConflict` */
export function requestSetOf(given: Readonly<Record<string, unknown>>): RequestSet {
  const { New, List, Retrieve, Clear, ...others } = given;
  const chosen = Object.entries({ New, List, Retrieve, Clear }).flatMap(([set, value]) =>
    value === true ? [set] : [],
  );
  if (chosen.length > 1)
    throw new CodedError('ParameterConflict', '-New, -List, -Retrieve and -Clear exclude each other.', {
      fix: 'xgw get-help request-certificate',
    });
  const set = (chosen[0] ?? 'New') as RequestSet;
  for (const [name, value] of Object.entries(others)) {
    const sets = setsOf[name] ?? ['New'];
    if (value !== undefined && !sets.includes(set)) throw foreign(name, set, sets);
  }
  return set;
}

const foreign = (name: string, set: RequestSet, sets: readonly RequestSet[]): CodedError =>
  new CodedError('ParameterConflict', `-${name} does not go with -${set}.`, {
    reason: `it goes with ${sets.map((each) => `-${each}`).join(', ')}`,
    fix: `xgw get-help request-certificate -Parameter ${name}`,
    target: name,
  });
