/** The formats that are imported, and which one a file has when nobody says. */

export const importFormats = ['Yaml', 'Json', 'Clixml', 'Csv'] as const;
export type ImportFormat = (typeof importFormats)[number];

const byEnding: ReadonlyMap<string, ImportFormat> = new Map([
  ['yaml', 'Yaml'],
  ['yml', 'Yaml'],
  ['json', 'Json'],
  ['ndjson', 'Json'],
  ['clixml', 'Clixml'],
  ['xml', 'Clixml'],
  ['csv', 'Csv'],
  ['tsv', 'Csv'],
]);

/** Characters of the beginning that are looked at. */
const headLength = 4096;

/** By what the text begins with; by the end of the file's name where that says nothing. */
export function detectedFormat(text: string, file: string): ImportFormat {
  const head = text.slice(0, headLength).trimStart();
  if (/^(?:#< CLIXML\s*)?</.test(head)) return 'Clixml';
  if (/^[[{]/.test(head)) return 'Json';
  if (/^#TYPE\s/i.test(head)) return 'Csv';
  const named = byEnding.get(/\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase() ?? '');
  if (named === 'Yaml' || named === 'Csv') return named;
  const [first = ''] = head.split(/[\r\n]/);
  return /^"?[\w .]+"?(?:[,;\t]"?[\w .]+"?)+$/.test(first) ? 'Csv' : 'Yaml';
}
