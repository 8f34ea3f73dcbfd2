/**
 * The definitions as they are kept in a file: completion reads all of it for each key, so what cmdlets have in common is there once,
 * and what only help needs is not there.
 */
import type { CmdletDescription, Definitions, ParameterDescription } from './definitions.ts';

interface PackedCmdlet extends Omit<CmdletDescription, 'parameters' | 'examples' | 'description'> {
  /** Places in the table. */
  readonly parameters: readonly number[];
}

export interface PackedDefinitions {
  readonly parameters: readonly ParameterDescription[];
  readonly cmdlets: readonly PackedCmdlet[];
  readonly topics: Definitions['topics'];
}

export function packDefinitions({ cmdlets, topics }: Definitions): PackedDefinitions {
  const places = new Map<string, number>();
  const table: ParameterDescription[] = [];
  const placeOf = (parameter: ParameterDescription): number => {
    const text = JSON.stringify(parameter);
    const known = places.get(text) ?? table.push(parameter) - 1;
    places.set(text, known);
    return known;
  };
  const packed = cmdlets.map(({ examples: _examples, description: _description, parameters, ...rest }) => ({
    ...rest,
    parameters: parameters.map(placeOf),
  }));
  return { parameters: table, cmdlets: packed, topics };
}

export const unpackDefinitions = ({ parameters: table, cmdlets, topics }: PackedDefinitions): Definitions => ({
  cmdlets: cmdlets.map((cmdlet) => ({
    ...cmdlet,
    examples: [],
    parameters: cmdlet.parameters.flatMap((place) => table[place] ?? []),
  })),
  topics,
});
