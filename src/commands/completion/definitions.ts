/** What completion knows of the product: the definitions as data, made by the build. */
import { aboutTopics } from '../host/about-topics.ts';
import {
  type Cmdlet,
  type CmdletDescription,
  describeCmdlet,
  describeParameters,
  type ParameterDescription,
} from '../host/cmdlet.ts';
import { allParametersOf } from '../host/common-parameters.ts';

export interface Definitions {
  /** With the common parameters behind the own ones. */
  readonly cmdlets: readonly CmdletDescription[];
  readonly topics: readonly { readonly name: string; readonly synopsis: string }[];
}

export const definitionsOf = (cmdlets: readonly Cmdlet[]): Definitions => ({
  cmdlets: cmdlets.map((cmdlet) => ({ ...describeCmdlet(cmdlet), parameters: describeParameters(allParametersOf(cmdlet)) })),
  topics: aboutTopics.map(({ name, synopsis }) => ({ name, synopsis })),
});

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
