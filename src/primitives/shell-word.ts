/** One word for a POSIX shell: quoted when it holds anything that a shell reads. Addresses of strangers stand in commands to copy. */
export const shellWord = (word: string): string =>
  /^[A-Za-z0-9_@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
