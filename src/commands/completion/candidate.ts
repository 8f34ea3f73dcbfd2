/** One way to go on from what is typed. */
export interface Candidate {
  /** The whole word, as the cmdlet shall get it. */
  readonly text: string;
  /** What it is, in a few words; empty when nothing is to be said. */
  readonly about: string;
  /** Another spelling whose beginning may have been typed: `alice@contoso.com` for `sip:alice@contoso.com`. */
  readonly also?: string;
}

/** What may stand where the cursor is. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** A file is wanted, and the shell knows files: the part of the word in front of the path. */
  readonly fileAfter?: string;
}

/** Case, and the hyphens within words, do not count. */
export const bare = (word: string): string => word.toLowerCase().replaceAll(/(?!^)[-_]/g, '');

/** Those that begin as typed, in the spelling that was begun. */
export function fitting(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
  const wanted = bare(typed);
  return candidates.flatMap((candidate) => {
    const { text, also } = candidate;
    const begun = [text, also].find((name) => name !== undefined && bare(name).startsWith(wanted));
    return begun === undefined ? [] : [{ text: begun, about: candidate.about }];
  });
}
