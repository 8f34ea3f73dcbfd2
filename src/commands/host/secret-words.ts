/** What may be a secret in a command line: it is neither remembered nor shown again, although it should never have been typed. */

/** Of a file with a secret in it, or of standard input, the name is none. */
const isNoFile = '(?![a-z]*(?:file|stdin))';
const secretWord = new RegExp(`(?:pass(?:word|phrase|wd)|secret|token|hmackey|credential)${isNoFile}`, 'i');

export const mayHoldSecret = (line: string): boolean => secretWord.test(line);

/** The name of a secret, abbreviated or misspelt too, and what stands behind it. */
const givenSecret = new RegExp(
  [
    String.raw`(?<=^|\s)(?<name>-{1,2}[a-z-]*(?:pas(?!sthru)|pwd|secret|token|hmackey|credential)${isNoFile}[a-z-]*(?:[:=]\s*|\s+))`,
    String.raw`(?!-)(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"]\S*)`,
  ].join(''),
  'gi',
);

/** The line with `[secret]` in place of what is given for a secret. */
export const withoutSecrets = (line: string): string => line.replaceAll(givenSecret, '$<name>[secret]');
