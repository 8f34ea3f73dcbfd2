/** A report of what a cmdlet did, as a page, as Markdown or as data. Everything in it is escaped: names come from certificates. */
import { cellText } from './cell-text.ts';
import type { OutputObject } from './cmdlet.ts';

export interface ReportDocument {
  readonly cmdlet: string;
  /** What was typed, or what would have to be. */
  readonly commandLine: string | undefined;
  readonly generated: Date;
  readonly sentences: readonly string[];
  readonly objects: readonly OutputObject[];
}

export type ReportFormat = 'html' | 'md' | 'json';

export function printReport(report: ReportDocument, format: ReportFormat): string {
  if (format === 'json') return `${JSON.stringify(jsonReport(report), null, 2)}\n`;
  return format === 'html' ? htmlReport(report) : markdownReport(report);
}

const jsonReport = ({ cmdlet, commandLine, generated, sentences, objects }: ReportDocument) => ({
  Kind: 'Report',
  Cmdlet: cmdlet,
  CommandLine: commandLine ?? null,
  Generated: generated.toISOString(),
  Messages: sentences,
  Objects: objects,
});

/** Objects of one shape are a table; single ones, whose properties are many, stand upright. */
const isUpright = ({ objects }: ReportDocument): boolean => objects.length === 1;

const columnsOf = ({ objects }: ReportDocument): readonly string[] =>
  Object.keys(objects[0] ?? {}).filter((name) => name !== 'Kind');

function rowsOf(report: ReportDocument): readonly (readonly string[])[] {
  const columns = columnsOf(report);
  const [only = {}] = report.objects;
  if (isUpright(report)) return columns.map((name) => [name, cellText(only[name])]);
  return report.objects.map((object) => columns.map((name) => cellText(object[name])));
}

const headOf = (report: ReportDocument): readonly string[] =>
  isUpright(report) ? ['Property', 'Value'] : columnsOf(report);

function htmlReport(report: ReportDocument): string {
  const row = (cells: readonly string[], tag: 'td' | 'th'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const title = escapeHtml(`${report.cmdlet}, ${report.generated.toISOString()}`);
  const line = report.commandLine === undefined ? '' : `<pre>${escapeHtml(report.commandLine)}</pre>\n`;
  const list = report.sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('\n');
  const table = [row(headOf(report), 'th'), ...rowsOf(report).map((cells) => row(cells, 'td'))].join('\n');
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title>
<style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid;padding:.3em;text-align:left;vertical-align:top}</style></head>
<body>
<h1>${title}</h1>
${line}<ul>${list}</ul>
<table>
${table}
</table>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

function markdownReport(report: ReportDocument): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const head = headOf(report);
  return [
    `# ${report.cmdlet}, ${report.generated.toISOString()}`,
    '',
    ...(report.commandLine === undefined ? [] : ['```sh', report.commandLine.replaceAll('```', ''), '```', '']),
    ...report.sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`),
    ...(report.sentences.length === 0 ? [] : ['']),
    row(head),
    `| ${head.map(() => '---').join(' | ')} |`,
    ...rowsOf(report).map(row),
    '',
  ].join('\n');
}

const escapeMarkdown = (text: string): string =>
  text.replaceAll(/[\\`*_[\]<>|]/g, String.raw`\$&`).replaceAll('\n', ' ');
