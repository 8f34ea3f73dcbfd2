/**
 * The objects of a file that Export-Clixml, Export-Csv or ConvertTo-Json wrote, or that a person wrote as YAML: pure, bounded, and
 * a fault with its place for what is no such file. A document of this program's own form is handed on as it is.
 */
import { ClixmlFault, clixmlReader } from '../../primitives/clixml.ts';
import { readCsv } from '../../primitives/csv.ts';
import { decodedText } from '../../primitives/decoded-text.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { readYaml } from '../../primitives/yaml-document.ts';
import { type ForeignObject, type ForeignValue, type ImportFault, isRecord } from './foreign-object.ts';
import { detectedFormat, type ImportFormat } from './import-format.ts';
import { maxImportBytes, maxImportedObjects } from './import-limits.ts';

/** `document`: text with `apiVersion`, as export-configuration writes it. */
export type ForeignFile =
  | { readonly form: 'objects'; readonly objects: readonly ForeignObject[] }
  | { readonly form: 'document'; readonly text: string };

/** What Export-CsConfiguration writes. */
const isZip = ([first, second, third, fourth]: Uint8Array): boolean =>
  first === 0x50 && second === 0x4b && third === 3 && fourth === 4;
const zipSentence =
  'the zip of Export-CsConfiguration is not read; export with Get-CsXmppAllowedPartner | Export-Clixml partners.xml';

type Objects = Result<readonly ForeignObject[], ImportFault>;

/** @param format - Undefined: as it looks. */
export async function readForeignFile(
  bytes: Uint8Array,
  file: string,
  format?: ImportFormat,
): Promise<Result<ForeignFile, ImportFault>> {
  if (bytes.length > maxImportBytes) return refuse({ sentence: `the file has more than ${maxImportBytes} bytes` });
  if (isZip(bytes)) return refuse({ sentence: zipSentence });
  const text = decodedText(bytes);
  if (text.trim() === '') return refuse({ sentence: 'the file is empty' });
  const is = format ?? detectedFormat(text, file);
  if ((is === 'Yaml' || is === 'Json') && /^\s*\{?\s*"?apiVersion"?\s*:/m.test(text))
    return ok({ form: 'document', text });
  const objects = await readers[is](text);
  if (!objects.ok) return objects;
  if (objects.value.length > maxImportedObjects) {
    return refuse({ sentence: `the file has more than ${maxImportedObjects} objects` });
  }
  return ok({ form: 'objects', objects: objects.value });
}

const readers: Readonly<Record<ImportFormat, (text: string) => Objects | Promise<Objects>>> = {
  Clixml: clixmlObjects,
  Csv: csvObjects,
  Json: jsonObjects,
  Yaml: yamlObjects,
};

function clixmlObjects(text: string): Objects {
  const reader = clixmlReader();
  try {
    const found = reader.push(text.replace(/^\s*(?:#< CLIXML\s*)?/, ''));
    reader.end();
    // A collection that was given as one argument, and not through the pipe, is one object.
    const all = found.flatMap(({ types, value, line }) =>
      Array.isArray(value)
        ? value.map((each: ForeignValue) => ({ types: [], value: each, line }))
        : [{ types, value, line }],
    );
    return listed(all, ({ value, types, line }) => ({ value, types, place: `line ${line}` }));
  } catch (error) {
    if (!(error instanceof ClixmlFault)) throw error;
    return refuse({ sentence: `it is not CLIXML: ${error.message}` });
  }
}

interface Found {
  readonly value: ForeignValue;
  readonly types: readonly string[];
  readonly place: string;
}

/** What has no properties is no object. */
function listed<T>(values: readonly T[], found: (value: T, index: number) => Found): Objects {
  const objects: ForeignObject[] = [];
  for (const [index, each] of values.entries()) {
    const { value, types, place } = found(each, index);
    if (!isRecord(value)) return refuse({ sentence: `${place} has no properties` });
    objects.push({ types, properties: value, place });
  }
  return ok(objects);
}

/** With or without the line `#TYPE` of Windows PowerShell; with commas, or what the language of the machine has in their place. */
function csvObjects(text: string): Objects {
  const [, typeLine = '', typeName = ''] = /^(\s*#TYPE[ \t]+([^\r\n]*)(?:\r\n|\n|\r|$))/i.exec(text) ?? [];
  const rest = text.slice(typeLine.length);
  const linesBefore = typeLine === '' ? 0 : typeLine.split(/\r\n|\n|\r/).length - 1;
  const read = readCsv(rest, delimiterOf(rest));
  if (!read.ok)
    return refuse({ sentence: `it is not CSV: ${read.error.sentence}`, line: read.error.line + linesBefore });
  const [header, ...rows] = read.value;
  const names = (header?.fields ?? []).map((name) => name.trim());
  const types = typeName === '' ? [] : [typeName.trim().replace(/^"|"$/g, '')];
  return ok(
    rows.map(({ fields, line }) => ({
      types,
      place: `line ${line + linesBefore}`,
      // A cell without text says nothing.
      properties: Object.fromEntries(
        names.map((name, column) => [name, fields[column] ?? ''] as const).filter(([name, cell]) => name && cell),
      ),
    })),
  );
}

function delimiterOf(text: string): string {
  const [header = ''] = text.slice(0, 65_536).split(/[\r\n]/, 1);
  return [',', ';', '\t'].find((each) => header.includes(each)) ?? ',';
}

/** One object, an array, an object a line, or the `{value, Count}` that Windows PowerShell 5.1 makes of some arrays. */
function jsonObjects(text: string): Objects {
  const parsed = parseJson(text);
  const lines = parsed.ok ? parsed : jsonLines(text);
  if (!lines.ok) return refuse((parsed.ok ? lines : parsed).error);
  const value: unknown = lines.value;
  const list = isRecord(value) && Array.isArray(value['value']) ? value['value'] : value;
  return listed((Array.isArray(list) ? list : [list]) as readonly ForeignValue[], numbered);
}

const numbered = (value: ForeignValue, index: number): Found => ({ value, types: [], place: `object ${index + 1}` });

function parseJson(text: string): Result<unknown, ImportFault> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refuse({ sentence: `it is not JSON: ${visibleText(message).slice(0, 200)}` });
  }
}

function jsonLines(text: string): Result<unknown, ImportFault> {
  const values: unknown[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue;
    const parsed = parseJson(line);
    if (!parsed.ok) return refuse({ ...parsed.error, line: index + 1 });
    values.push(parsed.value);
  }
  return ok(values);
}

async function yamlObjects(text: string): Promise<Objects> {
  const read = await readYaml(text);
  if (!read.ok) return refuse({ ...read.error, sentence: `it is not YAML that is read here: ${read.error.sentence}` });
  return listed((Array.isArray(read.value) ? read.value : [read.value]) as readonly ForeignValue[], numbered);
}
