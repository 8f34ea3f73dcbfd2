/** The words of a command line: which of them name a parameter, PowerShell's way or GNU's way, and which are values. */

export interface Item {
  readonly at: number;
  readonly token: string;
  /** Set when the token names a parameter: the name, and what follows `:` or `=`. */
  readonly name?: string;
  readonly separator?: string;
  readonly inline?: string;
}

/** Word processors and web pages turn the hyphen into a dash; PowerShell takes those too. */
const parameterToken = /^(?:--?|[\u2013\u2014\u2015])([A-Za-z][A-Za-z0-9_-]*)(?:([:=])(.*))?$/s;

export function readItems(tokens: readonly string[]): Item[] {
  const end = tokens.indexOf('--');
  return tokens.flatMap((token, at) => {
    if (at === end) return [];
    if (token === '-?' && (end < 0 || at < end)) return [{ at, token, name: 'Help' }];
    const [, name, separator, inline] = (end < 0 || at < end ? parameterToken.exec(token) : undefined) ?? [];
    if (name === undefined) return [{ at, token }];
    return [{ at, token, name, ...(separator === undefined ? {} : { separator, inline: inline ?? '' }) }];
  });
}
