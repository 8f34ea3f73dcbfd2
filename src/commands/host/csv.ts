/** Comma-separated values, both ways. [RFC 4180] */

/** Reads records; quoted fields may hold commas, quotes (doubled) and line breaks. Blank lines are skipped. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const fields = text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/g);
  const records: string[][] = [];
  let record: string[] = [];
  for (const [whole, quoted, plain = '', end] of fields) {
    if (whole === '' && record.length === 0) break;
    record.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}

/** One record, without a line break at its end. */
export const printCsv = (fields: readonly string[]): string =>
  fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
