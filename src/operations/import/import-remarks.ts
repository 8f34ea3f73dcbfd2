/** What an import must say although it refuses nothing: what has no place here, what was read in a way that could be another, what was lost before. */
import { pascalCase } from '../../config/property-difference.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { maxNamedObjects } from './import-limits.ts';
import type { ImportedObject } from './imported-object.ts';
import type { ImportSection } from './kinds.ts';
import { propertyTables } from './property-tables.ts';

/** Property names of a kind that one sentence repeats. */
const maxProperties = 100;

export class ImportRemarks {
  readonly #dropped = new Map<ImportSection, Set<string>>();
  readonly #bookkept = new Map<ImportSection, Set<string>>();
  readonly #lost = new Map<string, { readonly text: string; readonly objects: string[] }>();
  readonly #numbers = new Map<string, Map<number, string>>();
  #withoutAddress = 0;

  dropped(section: ImportSection, property: string): void {
    add(this.#dropped, section, property);
  }

  bookkept(section: ImportSection, property: string): void {
    add(this.#bookkept, section, property);
  }

  /** @param object - With its place. */
  lostList(property: string, text: string, object: string): void {
    const known = this.#lost.get(property);
    if (known === undefined) this.#lost.set(property, { text, objects: [object] });
    else known.objects.push(object);
  }

  numbered(property: string, number: number, word: string): void {
    const known = this.#numbers.get(property) ?? new Map<number, string>();
    this.#numbers.set(property, known.set(number, word));
  }

  withoutAddress(): undefined {
    this.#withoutAddress += 1;
  }

  sentences(objects: readonly ImportedObject[]): readonly string[] {
    return [
      ...[...this.#lost].map(([property, { text, objects: named }]) => lostSentence(property, text, named)),
      ...[...this.#numbers].map(([property, words]) => numberSentence(property, words)),
      ...[...this.#dropped].map(([section, names]) => droppedSentence(section, [...names])),
      ...[...this.#bookkept].map(([section, names]) => {
        return `${propertyTables[section].words}: not imported, since it is how Lync keeps the object: ${listed([...names])}.`;
      }),
      ...(this.#withoutAddress === 0 ? [] : [`${this.#withoutAddress} accounts without a SIP address are left out.`]),
      ...unsaidSentences(objects),
    ];
  }
}

function add(map: Map<ImportSection, Set<string>>, section: ImportSection, property: string): void {
  const known = map.get(section) ?? new Set();
  if (known.size < maxProperties) map.set(section, known.add(property));
}

const listed = (names: readonly string[]): string => names.join(', ');

function lostSentence(property: string, text: string, objects: readonly string[]): string {
  const named = objects.slice(0, maxNamedObjects).join(', ');
  const more = objects.length > maxNamedObjects ? ` and ${objects.length - maxNamedObjects} more` : '';
  const shown = visibleText(text).slice(0, 80);
  return `${property} of ${named}${more} is not imported: the file has "${shown}" in place of the list. Export-Clixml keeps lists; Export-Csv does not.`;
}

function numberSentence(property: string, words: ReadonlyMap<number, string>): string {
  const read = [...words].toSorted(([a], [b]) => a - b).map(([number, word]) => `${number} as ${word}`);
  return `${property} is a number, read in the order of Lync's documentation: ${listed(read)}. Check it with -WhatIf; Export-Clixml keeps the words.`;
}

/** A secret is not for a file that is sent around. */
function droppedSentence(section: ImportSection, names: readonly string[]): string {
  const { words } = propertyTables[section];
  const secrets = names.filter((name) => /passphrase|password/i.test(name));
  const others = names.filter((name) => !secrets.includes(name));
  const said = others.length === 0 ? '' : `${words}: there is no place here for ${listed(others)}; not imported.`;
  if (secrets.length === 0) return said;
  const how =
    section === 'gateway'
      ? 'xgw set-xmppgatewayconfiguration -DialbackPassphraseFile <path>'
      : 'xgw set-user <address> -PasswordFile <path>';
  const secret = `${words}: ${listed(secrets)} is a secret and not imported; set it with  ${how}`;
  return said === '' ? secret : `${said} ${secret}`;
}

/** What this program has and Lync had not, of the kinds of Lync's objects that the file holds. */
function unsaidSentences(objects: readonly ImportedObject[]): readonly string[] {
  const foreign = objects.filter(({ isForeign }) => isForeign);
  const sections = [...new Set(foreign.map(({ section }) => section))];
  return sections.flatMap((section) => {
    const said = new Set(
      foreign.filter((each) => each.section === section).flatMap(({ fields }) => Object.keys(fields)),
    );
    const unsaid = Object.keys(propertyTables[section].settings).filter((name) => !said.has(name) && name !== 'owner');
    if (unsaid.length === 0) return [];
    const names = listed(unsaid.map(pascalCase));
    return [
      `${propertyTables[section].words}: the file says nothing of ${names}; new objects get the defaults, others keep theirs.`,
    ];
  });
}
