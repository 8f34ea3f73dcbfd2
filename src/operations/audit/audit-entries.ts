/** The lines of the audit log as cmdlets show and search them. */
import { visibleText } from '../../primitives/visible-text.ts';
import type { AuditLine } from '../../store/audit-line.ts';
import { auditLinesBackwards } from '../../store/audit-reader.ts';
import { wildcard } from '../wildcard.ts';

export interface AuditQuery {
  /** What was changed; `*`, `?` and `[]` select several. */
  readonly identity?: string | undefined;
  /** Who, at the machine or behind sudo. */
  readonly user?: string | undefined;
  readonly cmdlet?: string | undefined;
  readonly since?: Date | undefined;
  /** The newest so many. */
  readonly first: number;
}

/** The newest first. @throws CodedError `StoreDenied` */
export function* findAuditEntries(storeFolder: string, query: AuditQuery): Generator<AuditLine> {
  let left = query.first;
  const fits = matcher(query);
  for (const line of auditLinesBackwards(storeFolder)) {
    if (left === 0) return;
    if (!fits(line)) continue;
    left -= 1;
    yield line;
  }
}

function matcher({ identity, user, cmdlet, since }: AuditQuery): (line: AuditLine) => boolean {
  const isMeant = identity === undefined ? undefined : wildcard(identity);
  const isUser = user === undefined ? undefined : wildcard(user);
  const isCmdlet = cmdlet === undefined ? undefined : wildcard(cmdlet);
  const from = since?.toISOString();
  return (line) =>
    (from === undefined || line.time >= from) &&
    (isMeant === undefined || identitiesOf(line).some(isMeant)) &&
    (isUser === undefined || ['user', 'loginUser'].some((name) => isUser(textOf(line, name)))) &&
    (isCmdlet === undefined || isCmdlet(textOf(line, 'cmdlet')));
}

/** The object that a cmdlet named, and those that changed. */
function identitiesOf({ facts }: AuditLine): readonly string[] {
  const { target, changes } = facts;
  const changed = Array.isArray(changes) ? changes.map((change) => (change as { identity?: unknown })?.identity) : [];
  const targets = typeof target === 'string' ? [target, ...target.split(', ')] : [];
  return [...new Set([...targets, ...changed].filter((each) => typeof each === 'string'))];
}

const textOf = ({ facts }: AuditLine, name: string): string => {
  const value = facts[name];
  return typeof value === 'string' ? value : '';
};

/** The object that cmdlets emit. */
export function auditObject(entry: AuditLine) {
  const { line, event, time, prev, facts } = entry;
  const text = (name: string): string | null =>
    typeof facts[name] === 'string' ? visibleText(textOf(entry, name)) : null;
  return {
    Line: line,
    Time: time,
    User: text('user'),
    LoginUser: text('loginUser'),
    Host: text('host'),
    Tty: text('tty'),
    Cmdlet: text('cmdlet'),
    Target: text('target'),
    Event: event,
    Changed: facts['changed'] ?? null,
    ExitCode: facts['exitCode'] ?? null,
    Error: facts['error'] ?? null,
    RevisionBefore: facts['revisionBefore'] ?? null,
    RevisionAfter: facts['revisionAfter'] ?? null,
    Changes: Array.isArray(facts['changes']) ? facts['changes'].map(changeWords) : [],
    Parameters: facts['parameters'] ?? {},
    Command: text('command'),
    Message: text('message'),
    CorrelationId: text('correlationId'),
    Prev: prev,
  };
}

/** `fabrikam.com: TlsNegotiation Required -> Optional` */
function changeWords(change: unknown): string {
  const { action, kind, identity, property, before, after } = change as Record<string, unknown>;
  const name = valueWords(identity);
  if (property === null) return `${valueWords(kind)} ${name} removed`;
  const field = `${name}: ${valueWords(property)}`;
  if (action === 'Add') return `${field} + ${valueWords(after)}`;
  if (action === 'Remove') return `${field} - ${valueWords(before)}`;
  return `${field} ${valueWords(before)} -> ${valueWords(after)}`;
}

const valueWords = (given: unknown): string =>
  visibleText(typeof given === 'string' ? given : JSON.stringify(given ?? null));
