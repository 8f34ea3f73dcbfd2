/** Certificates on one scale of time: which ends first, and whether what follows begins before. The same text for the same moment. */
import { daysLeft, lastDays } from '../../certificates/remaining-days.ts';
import type { CertificateUsage } from '../../config/configuration.ts';
import { visibleText } from '../../primitives/visible-text.ts';

export interface TimelineEntry {
  readonly thumbprint: string;
  readonly friendlyName: string;
  readonly assignedTo: readonly CertificateUsage[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** When it takes over; undefined: it is not planned. */
  readonly effectiveDate: Date | undefined;
}

export interface Scale {
  readonly from: Date;
  readonly to: Date;
}

/** Characters of a bar: with name and dates it fits a terminal of 100 columns. */
const width = 48;
/** Characters of a name. */
const nameWidth = 20;
const dayMs = 86_400_000;
/** Days of scale, at most: beside an authority of ten years the others would be one character long. */
const longestScaleDays = 800;

/** From the first beginning to the last end, `now` always in it. */
export function scaleOf(entries: readonly TimelineEntry[], now: Date): Scale {
  const reach = (longestScaleDays / 2) * dayMs;
  const starts = entries.map(({ notBefore }) => Math.max(notBefore.getTime(), now.getTime() - reach));
  const ends = entries.map(({ notAfter }) => Math.min(notAfter.getTime(), now.getTime() + reach));
  const from = Math.min(now.getTime(), ...starts);
  return { from: new Date(from), to: new Date(Math.max(now.getTime() + dayMs, ...ends)) };
}

/** `----|======!!`: past, now, to come, the last 30 days; `R` is the moment at which it takes over. */
export function timelineBar(entry: TimelineEntry, { from, to }: Scale, now: Date): string {
  const cell = (to.getTime() - from.getTime()) / width;
  const columnOf = (time: Date): number =>
    Math.min(width - 1, Math.max(0, Math.floor((time.getTime() - from.getTime()) / cell)));
  const [start, end, present] = [columnOf(entry.notBefore), columnOf(entry.notAfter), columnOf(now)];
  const warned = columnOf(new Date(entry.notAfter.getTime() - lastDays * dayMs));
  const takeover = entry.effectiveDate === undefined ? -1 : columnOf(entry.effectiveDate);
  const signAt = (column: number): string => {
    if (column === present) return '|';
    if (column === takeover) return 'R';
    if (column < start || column > end) return ' ';
    if (column < present) return '-';
    return column > warned ? '!' : '=';
  };
  return Array.from({ length: width }, (_, column) => signAt(column)).join('');
}

export const timelineObject = (entry: TimelineEntry, scale: Scale, now: Date) => ({
  Thumbprint: entry.thumbprint,
  FriendlyName: entry.friendlyName,
  AssignedTo: entry.assignedTo,
  NotBefore: entry.notBefore.toISOString(),
  NotAfter: entry.notAfter.toISOString(),
  EffectiveDate: entry.effectiveDate?.toISOString() ?? null,
  DaysRemaining: daysLeft(entry, now),
  Timeline: timelineBar(entry, scale, now),
  Kind: 'CertificateTimeline',
});

/** One line a certificate, those that end first on top. */
export function timelineText(entries: readonly TimelineEntry[], now: Date): string {
  const scale = scaleOf(entries, now);
  const sorted = entries.toSorted((one, other) => one.notAfter.getTime() - other.notAfter.getTime());
  const lines = sorted.map((entry) => {
    const { FriendlyName, DaysRemaining, Timeline } = timelineObject(entry, scale, now);
    const shown = visibleText(FriendlyName);
    const name = shown.length > nameWidth ? `${shown.slice(0, nameWidth - 1)}~` : shown;
    const use = entry.assignedTo.length === 0 ? 'not assigned' : entry.assignedTo.join(', ');
    const left = DaysRemaining < 0 ? 'expired' : `${DaysRemaining} d`;
    return `${name.padEnd(nameWidth)} ${Timeline} ${day(entry.notAfter)} ${left.padStart(7)}  ${use}`;
  });
  const head = `${''.padEnd(nameWidth)} ${day(scale.from)}${day(scale.to).padStart(width - 10)}`;
  return [head, ...lines, '- past  | now  = to come  ! last 30 days  R takes over', ''].join('\n');
}

const day = (time: Date): string => time.toISOString().slice(0, 10);
