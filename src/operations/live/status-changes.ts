/** What is different between two looks, as lines for somebody who reads them one after the other. */
import { visibleText } from '../../primitives/visible-text.ts';
import type { PartnerStatus, ServiceStatus } from './service-status.ts';

/** @param before - Absent: the first look, which tells how everything is. @returns Nothing when nothing changed. */
export function changeLines(before: ServiceStatus | undefined, after: ServiceStatus, now: Date): readonly string[] {
  const time = now.toTimeString().slice(0, 8);
  const service =
    before?.status === after.status ? [] : [`${time} ${after.name} ${arrow(before?.status, after.status)}`];
  const revision =
    before === undefined || before.loadedRevision === after.loadedRevision || after.loadedRevision === undefined
      ? []
      : [`${time} ${after.name} revision ${arrow(before.loadedRevision, after.loadedRevision)}`];
  const known = new Map(before?.partners.map((partner) => [partner.partner, partner]));
  const partners = after.partners.flatMap((partner) => partnerLine(known.get(partner.partner), partner, time));
  return [...service, ...revision, ...partners];
}

function partnerLine(before: PartnerStatus | undefined, after: PartnerStatus, time: string): readonly string[] {
  if (before?.state === after.state && before.sessions === after.sessions) return [];
  const change =
    before?.state === after.state
      ? `${after.state}, sessions ${arrow(before.sessions, after.sessions)}`
      : arrow(before?.state, after.state);
  const reason =
    after.state === 'Failed' && after.lastProblem !== undefined ? `: ${visibleText(after.lastProblem.message)}` : '';
  return [`${time} ${after.partner} ${change}${reason}`];
}

const arrow = (before: string | number | undefined, after: string | number): string =>
  before === undefined ? String(after) : `${before} -> ${after}`;
