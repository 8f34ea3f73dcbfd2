/** The cmdlets that the language can name: by name and alias, in any case, hyphens beyond the first not counted. */
import { nearNames } from '../../operations/near-names.ts';
import type { Cmdlet } from '../host/cmdlet.ts';

export interface CommandTable {
  find(name: string): Cmdlet | undefined;
  /** Names that may have been meant. */
  near(name: string): readonly string[];
  /** Names of cmdlets, as they are written. */
  readonly names: readonly string[];
  /** Aliases too. */
  readonly words: readonly string[];
}

const bare = (name: string): string => {
  const [verb = '', ...noun] = name.toLowerCase().split('-');
  return noun.length === 0 ? verb : `${verb}-${noun.join('')}`;
};

export function commandTable(cmdlets: readonly Cmdlet[]): CommandTable {
  const words = cmdlets.flatMap((cmdlet) => [cmdlet.name, ...(cmdlet.aliases ?? [])].map((name) => ({ name, cmdlet })));
  const byName = new Map(words.map(({ name, cmdlet }) => [bare(name), cmdlet]));
  const all = words.map(({ name }) => name);
  return {
    find: (name) => byName.get(bare(name)),
    near: (name) => nearNames(name, all),
    names: cmdlets.map(({ name }) => name),
    words: all,
  };
}
