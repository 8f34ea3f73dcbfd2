/** A file of names and values that a person wrote, YAML or JSON: read whole and within a limit, its mistakes named by line and column. */
import { createReadStream } from 'node:fs';

import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import { isYamlMap, readYaml, type YamlFault, type YamlMap } from '../../primitives/yaml-document.ts';
import { decodedText } from './decoded-text.ts';

/** Bytes. Nobody writes a tenth of it. Source: own choice. */
const maxBytes = 1024 * 1024;

/** @returns The map that the file is; of an empty file an empty one. @throws CodedError `FileNotFound`, `FileNotValid` */
export async function readValuesFile(file: string): Promise<YamlMap> {
  const text = decodedText(await bytesOf(file));
  const read = await readYaml(text);
  if (!read.ok) throw faultError(file, text, read.error);
  if (read.value === null) return {};
  if (isYamlMap(read.value)) return read.value;
  throw new CodedError('FileNotValid', `${file} is no list of names and values.`, {
    reason: 'each line is written as  Name: value',
    target: file,
  });
}

async function bytesOf(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) break;
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const reason = code === 'ENOENT' ? 'there is no such file' : code;
    throw new CodedError('FileNotFound', `${file} cannot be read.`, { reason, target: file, cause: error });
  }
  if (length > maxBytes)
    throw new CodedError('FileNotValid', `${file} has more than ${maxBytes} bytes.`, { target: file });
  return Buffer.concat(chunks);
}

function faultError(file: string, text: string, { sentence, line, column }: YamlFault): CodedError {
  const wrong = text.split(/\r\n|\n|\r/)[line - 1] ?? '';
  const excerpt = wrong.length > 120 ? [] : [`  | ${wrong}`, `  | ${' '.repeat(column - 1)}^`];
  return new CodedError('FileNotValid', `${file}:${line}:${column}: ${sentence}.`, { excerpt, target: file });
}
