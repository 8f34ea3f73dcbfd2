/** What completion knows of the product: the definitions as data, which the build makes with `describe-definitions.ts`. */
import type { CmdletDescription, ParameterDescription } from '../host/cmdlet.ts';

export interface Definitions {
  /** With the common parameters behind the own ones. */
  readonly cmdlets: readonly CmdletDescription[];
  readonly topics: readonly { readonly name: string; readonly synopsis: string }[];
}

const isSame = (left: string, right: string): boolean => left.replaceAll('-', '') === right.replaceAll('-', '');

/** By name or alias, with or without hyphens in the noun. */
export const cmdletNamed = (name: string, { cmdlets }: Definitions): CmdletDescription | undefined =>
  cmdlets.find((cmdlet) =>
    [cmdlet.name, ...(cmdlet.aliases ?? [])].some((each) => isSame(each.toLowerCase(), name.toLowerCase())),
  );

/** The sentence that stands first. */
export const firstSentence = (text: string): string => /^.*?[.:;](?=\s|$)/s.exec(text)?.[0].slice(0, -1) ?? text;

export const isParameter = (text: string): boolean => /^(?:--?|[\u2013-\u2015])[A-Za-z]/.test(text);

export type { CmdletDescription, ParameterDescription };
