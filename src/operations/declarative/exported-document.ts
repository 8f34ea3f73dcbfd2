/**
 * The configuration as a file that says it: what differs from the defaults, what a file declared, and what security rests on,
 * whatever it is. Passwords, secrets, keys and certificates are in no such file. Read again it changes nothing.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Configuration } from '../../config/configuration.ts';
import { fileApiVersion, fileKind, settingsOf } from '../../config/file-schema.ts';
import { type FileSection, fileSections } from '../../config/file-sections.ts';
import { type Fields, isMapSection, objectsOf, sectionDefaults, single } from './sections.ts';

export interface ExportOrder {
  /** `metadata.name` */
  readonly name: string;
  /** Undefined: all that a file can say. */
  readonly sections: readonly FileSection[] | undefined;
}

/** Nobody should have to know the default to see how far a partner is trusted. */
const alwaysSaid = new Set(['partnerType', 'tlsNegotiation', 'saslNegotiation', 'supportDialbackNegotiation']);

export function exportedDocument(configuration: Configuration, { name, sections }: ExportOrder) {
  const spec = (sections ?? fileSections).map((section) => [section, exportedSection(configuration, section)]);
  return {
    apiVersion: fileApiVersion,
    kind: fileKind,
    metadata: { name, owner: onlyOwner(configuration) ?? `export:${name}` },
    spec: Object.fromEntries(spec) as Readonly<Record<string, unknown>>,
  };
}

function exportedSection(configuration: Configuration, section: FileSection): Fields {
  const objects = Object.entries(objectsOf(configuration, section)).map(
    ([identity, object]) => [identity, exportedObject(section, object)] as const,
  );
  const said = Object.fromEntries(objects);
  return isMapSection(section) ? said : (said[single] ?? {});
}

/** In the order of the schema. What belongs to a file says whose it is. */
export function exportedObject(section: FileSection, object: Fields): Fields {
  const declared = new Set(Array.isArray(object['declared']) ? object['declared'].map(String) : []);
  const isSaid = (name: string): boolean =>
    object[name] !== undefined &&
    (declared.has(name) || alwaysSaid.has(name) || !isDeepStrictEqual(object[name], sectionDefaults[section][name]));
  const names = settingsOf(section).filter(isSaid);
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

/** The one owner of all that is owned. */
function onlyOwner(configuration: Configuration): string | undefined {
  const owners = fileSections.flatMap((section) =>
    Object.values(objectsOf(configuration, section)).flatMap(({ owner }) => (typeof owner === 'string' ? [owner] : [])),
  );
  const [first, ...others] = [...new Set(owners)];
  return others.length === 0 ? first : undefined;
}
