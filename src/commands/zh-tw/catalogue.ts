/**
 * Help, questions and errors in Traditional Chinese, by the English sentence. `english.json` is made from the definitions
 * (npm run docs): a sentence without a translation, and a translation of what is not said any more, do not compile.
 */
import about from './about.json' with { type: 'json' };
import cmdletsAToI from './cmdlets-a-to-i.json' with { type: 'json' };
import cmdletsJToR from './cmdlets-j-to-r.json' with { type: 'json' };
import cmdletsSToZ from './cmdlets-s-to-z.json' with { type: 'json' };
import type english from './english.json';
import events from './events.json' with { type: 'json' };
import failures from './failures.json' with { type: 'json' };
import phrases from './phrases.json' with { type: 'json' };
import wizards from './wizards.json' with { type: 'json' };

const parts = {
  ...phrases,
  ...cmdletsAToI,
  ...cmdletsJToR,
  ...cmdletsSToZ,
  ...about,
  ...failures,
  ...events,
  ...wizards,
};

type English = keyof typeof english;

/** Nothing is left over. */
type Orphan = Exclude<keyof typeof parts, English>;

export const traditionalChinese: Readonly<Record<English, string>> & { readonly [K in Orphan]: never } = parts;
