/** -Path of the declarative cmdlets: one file, standard input, or a folder whose files are one document in the order of their names. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

import type { Configuration } from '../../config/configuration.ts';
import {
  type ConfigurationDocument,
  readConfigurationDocument,
} from '../../operations/declarative/configuration-document.ts';
import { documentError } from '../../operations/declarative/document-error.ts';
import type { SourceFile } from '../../operations/declarative/document-head.ts';
import { decodedText } from '../../primitives/decoded-text.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { CmdletContext } from '../host/cmdlet.ts';

/** Files of one folder. */
export const maxConfigurationFiles = 1000;

/** @throws CodedError `FileNotFound`, `FileNotValid` */
export async function readSourceFiles(given: string, context: CmdletContext): Promise<readonly SourceFile[]> {
  const isFolder = given !== '-' && statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
  const files = isFolder ? filesOf(given) : [given];
  const sources: SourceFile[] = [];
  for (const file of files) sources.push({ file, text: decodedText(await context.readInput(file)) });
  return sources;
}

function filesOf(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /^[^.].*\.(?:ya?ml|json)$/i.test(name));
  if (names.length > 0 && names.length <= maxConfigurationFiles)
    return names.toSorted().map((name) => path.join(folder, name));
  throw new CodedError('FileNotValid', `${folder} cannot be read as a configuration.`, {
    reason:
      names.length === 0
        ? 'no file in it ends in .yaml, .yml or .json'
        : `it has more than ${maxConfigurationFiles} files`,
    target: folder,
  });
}

/** @throws CodedError `FileNotValid` with every mistake */
export async function documentOf(sources: readonly SourceFile[], base: Configuration): Promise<ConfigurationDocument> {
  const read = await readConfigurationDocument(sources, base);
  if (read.ok) return read.value;
  throw documentError(read.error, sources);
}
