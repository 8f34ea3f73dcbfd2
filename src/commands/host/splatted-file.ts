/** `@file.yaml`: PowerShell's splatting, with a file in place of a variable. */

/** The file that a word names; undefined for what a shell left of a list change, `@{`, `@Add=`, and for every other word. */
export const splattedFile = (word: string): string | undefined =>
  /^@(?!(?:add|remove|replace)=)([^{("'].*)$/is.exec(word)?.[1];
