/**
 * What must be edited in a file so that it says what the store says, and nothing else of it changes: comments, order, spelling and
 * what is left to the defaults stay. Only the sections that the file speaks of, and only objects that no other file owns. Pure.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Configuration } from '../../config/configuration.ts';
import { type FileSection, fileSections } from '../../config/file-sections.ts';
import type { YamlEdit } from '../../primitives/yaml-edit.ts';
import type { ConfigurationDocument } from './configuration-document.ts';
import { existingObject, withFields } from './desired-configuration.ts';
import { exportedObject } from './exported-document.ts';
import { desiredObjects, type Fields, isBuiltIn, isMapSection, objectsOf, sectionDefaults } from './sections.ts';

export function documentEdits(document: ConfigurationDocument, configuration: Configuration): readonly YamlEdit[] {
  return fileSections.flatMap((section) => {
    const said = desiredObjects(document.desired, section);
    if (said === undefined) return [];
    const stored = objectsOf(configuration, section);
    const gone = Object.keys(said).filter((identity) => existingObject(stored, identity) === undefined);
    const known = Object.keys(said).flatMap((identity) => {
      const object = existingObject(stored, identity);
      return object === undefined
        ? []
        : objectEdits(document, section, identity, { said: said[identity] ?? {}, object });
    });
    return [
      ...gone.map((identity) => edit(document, [section, identity], undefined)),
      ...known,
      ...newObjects(document, section, said, stored),
    ];
  });
}

function newObjects(
  document: ConfigurationDocument,
  section: FileSection,
  said: Readonly<Record<string, Fields>>,
  stored: Readonly<Record<string, Fields>>,
): readonly YamlEdit[] {
  const names = new Set(Object.keys(said).map((name) => name.toLowerCase()));
  return Object.entries(stored)
    .filter(([identity, { owner }]) => {
      return !names.has(identity.toLowerCase()) && (owner === undefined || owner === document.owner);
    })
    .map(([identity, object]) => [identity, withoutOwner(exportedObject(section, object))] as const)
    .filter(([identity, fields]) => !isBuiltIn(section, identity) || Object.keys(fields).length > 0)
    .map(([identity, fields]) => edit(document, [section, identity], fields));
}

/** Whose an object is follows from the file that it is in. */
function withoutOwner(object: Fields): Fields {
  const { owner: _, ...fields } = object;
  return fields;
}

function objectEdits(
  document: ConfigurationDocument,
  section: FileSection,
  identity: string,
  { said, object }: { readonly said: Fields; readonly object: Fields },
): readonly YamlEdit[] {
  const base = isMapSection(section) ? [section, identity] : [section];
  const { owner: _, ...spoken } = said;
  const meant = withFields(section, { ...sectionDefaults[section] }, spoken);
  const wanted = withoutOwner(exportedObject(section, object));
  const changed = Object.keys(spoken).filter((name) => !isDeepStrictEqual(meant[name], object[name]));
  const added = Object.keys(wanted).filter(
    (name) => !Object.hasOwn(spoken, name) && !isDeepStrictEqual(meant[name], object[name]),
  );
  return [...changed, ...added].map((name) => edit(document, [...base, name], object[name]));
}

const edit = ({ places }: ConfigurationDocument, path: readonly string[], value: unknown): YamlEdit => ({
  path: ['spec', ...places.writtenPath(path)],
  value,
});
