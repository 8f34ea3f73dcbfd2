/** The dashboard as lines of text: the same status, size and wishes make the same picture. */
import { visibleText } from '../../primitives/visible-text.ts';
import { messagesPerMinute, type PartnerStatus, type ServiceStatus } from './service-status.ts';
import { sparkline } from './sparkline.ts';

export interface DashboardView {
  readonly columns: number;
  readonly rows: number;
  readonly now: Date;
  readonly isAscii: boolean;
  readonly isPaused: boolean;
  /** Warnings and the whole text of problems below the table. */
  readonly hasDetails: boolean;
  /** Columns of a terminal that a text takes. */
  widthOf(text: string): number;
}

const heads = ['Partner', 'Type', 'State', 'Ses', 'IM/min', 'last 20 min', 'p95 ms', 'Last problem'] as const;
/** The narrowest that a column may be; what the last one needs is what is left. */
const widths = [15, 16, 9, 3, 6, 20, 6] as const;

/** At most `rows` lines, none wider than `columns`. */
export function dashboardLines(status: ServiceStatus, view: DashboardView): readonly string[] {
  const table = status.partners.map((partner) => cells(partner, view));
  const nameWidth = Math.max(widths[0], ...status.partners.map(({ partner }) => view.widthOf(partner)));
  const row = (texts: readonly string[]): string =>
    texts
      .map((text, index) =>
        padded(text, index === 0 ? Math.min(nameWidth, view.columns - 40) : (widths[index] ?? 0), view, index),
      )
      .join(' ');
  const details = view.hasDetails ? detailLines(status) : [];
  const room = Math.max(view.rows - 2 - details.length, 1);
  const shown = table.slice(0, table.length > room ? room - 1 : room).map(row);
  const more =
    table.length > shown.length ? [`... ${table.length - shown.length} partners more; -Partner selects`] : [];
  const lines = [headline(status, view), row(heads), ...shown, ...more, ...details];
  return lines.slice(0, view.rows).map((line) => cut(line, view));
}

function headline(status: ServiceStatus, { now, isPaused }: DashboardView): string {
  const { name, startTime, loadedRevision, storeRevision, sessions, certificateDays } = status;
  const parts = [
    `${name} ${status.status}`,
    startTime === undefined ? undefined : `up ${spanOf(now.getTime() - Date.parse(startTime))}`,
    loadedRevision === undefined
      ? `store rev ${storeRevision}`
      : `rev ${loadedRevision} ${loadedRevision === storeRevision ? '=' : '<>'} store ${storeRevision}`,
    `sessions ${sessions}`,
    certificateDays === undefined ? undefined : `cert ${certificateDays} days`,
    status.warnings.length === 0 ? undefined : `warnings ${status.warnings.length}`,
    isPaused ? 'PAUSED' : undefined,
  ];
  return `${parts.filter((part) => part !== undefined).join('  ')}    q quit  space pause  d details`;
}

function cells(partner: PartnerStatus, { isAscii }: DashboardView): readonly string[] {
  const { lastProblem, perMinute, p95Ms } = partner;
  return [
    partner.partner,
    partner.partnerType,
    partner.state,
    String(partner.sessions),
    String(messagesPerMinute(partner)),
    sparkline(perMinute, isAscii),
    p95Ms === undefined ? '-' : String(p95Ms),
    lastProblem === undefined
      ? '-'
      : `${new Date(lastProblem.time).toTimeString().slice(0, 5)} ${visibleText(lastProblem.message)}`,
  ];
}

/** Numbers stand at the right. */
function padded(text: string, width: number, { widthOf }: DashboardView, column: number): string {
  const space = ' '.repeat(Math.max(width - widthOf(text), 0));
  return [3, 4, 6].includes(column) ? space + text : text + space;
}

const detailLines = ({ warnings, partners }: ServiceStatus): readonly string[] => [
  '',
  ...warnings.map((warning) => `! ${visibleText(warning)}`),
  ...partners.flatMap(({ partner, lastProblem }) =>
    lastProblem === undefined ? [] : [`${partner}  ${lastProblem.time}  ${visibleText(lastProblem.message)}`],
  ),
];

function cut(line: string, { columns, widthOf }: DashboardView): string {
  let text = '';
  let width = 0;
  for (const character of line.trimEnd()) {
    width += widthOf(character);
    if (width > columns) break;
    text += character;
  }
  return text;
}

/** `3d 04:12`, `04:12`. */
function spanOf(ms: number): string {
  const minutes = Math.max(Math.floor(ms / 60_000), 0);
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(minutes / 1440);
  return `${days === 0 ? '' : `${days}d `}${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}
