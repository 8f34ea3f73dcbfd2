/** One ladder for both gateways: the steps of each event log, merged by time, from SIP user to SIP user. */
import type { LoggedEvent } from '../../store/event-log-reader.ts';
import { drawLadder, type LadderStep } from './ladder.ts';

const columns = ['alice (SIP)', 'contoso.example', 'fabrikam.example', 'bob (SIP)'] as const;

/** @param left - The log of contoso.example. @param right - The log of fabrikam.example. */
export function crossingLadder(left: readonly LoggedEvent[], right: readonly LoggedEvent[]): string {
  const arrows = [
    ...arrowsOf(left, { user: 0, gateway: 1, partner: 2 }),
    ...arrowsOf(right, { user: 3, gateway: 2, partner: 1 }),
  ];
  const ordered = arrows.toSorted((one, other) => one.at - other.at);
  const start = ordered[0]?.at ?? 0;
  return drawLadder(
    columns,
    ordered.map(({ at, ...arrow }): LadderStep => ({ atMs: at - start, ...arrow })),
  );
}

interface Places {
  readonly user: number;
  readonly gateway: number;
  readonly partner: number;
}

/** Steps between the gateway and its user, and what arrived from its partner; what left for it is in the partner's log. */
function arrowsOf(events: readonly LoggedEvent[], { user, gateway, partner }: Places) {
  return events.flatMap(({ id, component, time, facts }) => {
    if (id !== 'Flow') return [];
    const outbound = facts?.['from'] === 'gateway';
    if (component === 'xmpp' && outbound) return [];
    const other = component === 'sip' ? user : partner;
    const [from, to] = outbound ? [gateway, other] : [other, gateway];
    return [{ at: Date.parse(time), from, to, label: typeof facts?.['label'] === 'string' ? facts['label'] : '' }];
  });
}
