/** The last failures of cmdlets that change something, as the audit log of this store tells them. PowerShell's $Error, between processes. */
import { visibleText } from '../../primitives/visible-text.ts';
import type { AuditLine } from '../../store/audit-line.ts';
import { auditLinesBackwards } from '../../store/audit-reader.ts';

export interface ErrorQuery {
  /** Of one run; any case. */
  readonly correlationId?: string | undefined;
  /** As many at most. */
  readonly newest: number;
}

/** The newest first. @throws CodedError `StoreDenied` */
export function* recentErrors(storeFolder: string, { correlationId, newest }: ErrorQuery): Generator<AuditLine> {
  let left = newest;
  for (const line of auditLinesBackwards(storeFolder)) {
    if (left === 0) return;
    const isMeant =
      correlationId === undefined || textOf(line, 'correlationId').toLowerCase() === correlationId.toLowerCase();
    if (textOf(line, 'error') === '' || !isMeant) continue;
    left -= 1;
    yield line;
  }
}

const textOf = ({ facts }: AuditLine, name: string): string => {
  const value = facts[name];
  return typeof value === 'string' ? visibleText(value) : '';
};

/** The object that cmdlets emit. `Bug` is what no failure was foreseen for. */
export function errorObject(line: AuditLine) {
  const text = (name: string): string | null => textOf(line, name) || null;
  const { fix } = line.facts;
  return {
    Time: line.time,
    Cmdlet: text('cmdlet'),
    Id: text('error'),
    ExitCode: line.facts['exitCode'] ?? null,
    Target: text('target'),
    Message: text('message'),
    Reason: text('reason'),
    Fix: Array.isArray(fix) ? fix.map((each) => visibleText(String(each))) : [],
    Command: text('command'),
    User: text('user'),
    CorrelationId: text('correlationId'),
  };
}
