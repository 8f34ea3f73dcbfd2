/**
 * Sentences for a person in the language of that person. English is what stands in the source; the catalogue of another language
 * lies beside the bundles and is read when its first sentence is wanted. A sentence that has no translation stays English.
 */
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

import { chooseLanguage, type Language } from './language.ts';
import type { HostProcess } from './surroundings.ts';

/** @param english - As in the source. */
export type Localize = (english: string) => string;

export const english: Localize = (text) => text;

type Catalogue = Readonly<Record<string, string>>;

/** Decides when the first sentence is wanted: most runs say none. @param given - Of -Language. */
export function localizer(host: HostProcess, given: Language | undefined): Localize {
  let catalogue: Catalogue | undefined;
  return (text) => {
    catalogue ??= catalogueFor(chooseLanguage(given, host, systemLanguage), host.argv[1] ?? '');
    return catalogue[text] ?? text;
  };
}

const systemLanguage = (): string => new Intl.DateTimeFormat().resolvedOptions().locale;
const nothing: Catalogue = Object.create(null) as Catalogue;

/** @param script - `bin/xgw` as it was run: npm installs it as a link. */
const catalogueFor = (language: Language, script: string): Catalogue =>
  language === 'en' ? nothing : readTranslations(language, script);

function readTranslations(language: Language, script: string): Catalogue {
  const file = path.join(path.dirname(realpathSync(script)), '..', 'dist', `${language.toLowerCase()}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Catalogue;
}

/** `{name}` becomes its value; a value is never looked into. */
export const filledIn = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
