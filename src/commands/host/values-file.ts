/** A file of names and values that a person wrote, YAML or JSON: read whole and within a limit, its mistakes named by line and column. */
import { createReadStream } from 'node:fs';

import { decodedText } from '../../primitives/decoded-text.ts';
import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import { isYamlMap, readYaml, type YamlFault, type YamlMap } from '../../primitives/yaml-document.ts';

/** Bytes. Nobody writes a tenth of it. Source: own choice. */
const maxBytes = 1024 * 1024;

/** @returns The map that the file is; of an empty file an empty one. @throws CodedError `FileNotFound`, `FileNotValid` */
export async function readValuesFile(file: string): Promise<YamlMap> {
  const text = decodedText(await readUpTo(file, maxBytes));
  const read = await readYaml(text);
  if (!read.ok) throw faultError(file, text, read.error);
  if (read.value === null) return {};
  if (isYamlMap(read.value)) return read.value;
  throw new CodedError('FileNotValid', `${file} is no list of names and values.`, {
    reason: 'each line is written as  Name: value',
    target: file,
  });
}

/** @throws CodedError `FileNotFound`, `FileNotValid` for more bytes than that: what never ends is not read to its end */
export async function readUpTo(file: string, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > most) break;
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const reason = code === 'ENOENT' ? 'there is no such file' : code;
    throw new CodedError('FileNotFound', `${file} cannot be read.`, { reason, target: file, cause: error });
  }
  if (length > most) throw new CodedError('FileNotValid', `${file} has more than ${most} bytes.`, { target: file });
  return Buffer.concat(chunks);
}

function faultError(file: string, text: string, { sentence, line, column }: YamlFault): CodedError {
  const wrong = text.split(/\r\n|\n|\r/)[line - 1] ?? '';
  const excerpt = wrong.length > 120 ? [] : [`  | ${wrong}`, `  | ${' '.repeat(column - 1)}^`];
  return new CodedError('FileNotValid', `${file}:${line}:${column}: ${sentence}.`, { excerpt, target: file });
}
