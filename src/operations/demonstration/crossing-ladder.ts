/** One ladder for both gateways: what each traced between itself and its user or partner, merged by time, from SIP user to SIP user. */
import type { TraceStep } from '../../primitives/trace-step.ts';
import { drawLadder, type LadderStep } from '../trace/ladder.ts';

const lanes = ['alice (SIP)', 'contoso.example', 'fabrikam.example', 'bob (SIP)'].map((name) => ({ name }));
const spacing = 30;

/** @param left - The trace of contoso.example. @param right - The trace of fabrikam.example. */
export function crossingLadder(left: readonly TraceStep[], right: readonly TraceStep[]): string {
  const arrows = [
    ...arrowsOf(left, { user: 0, gateway: 1, partner: 2 }),
    ...arrowsOf(right, { user: 3, gateway: 2, partner: 1 }),
  ];
  const ordered = arrows.toSorted((one, other) => one.at - other.at);
  const start = ordered[0]?.at ?? 0;
  const steps = ordered.map(({ at, ...arrow }): LadderStep => ({ kind: 'arrow', atMs: at - start, ...arrow }));
  return drawLadder({ lanes, spacing, steps });
}

interface Places {
  readonly user: number;
  readonly gateway: number;
  readonly partner: number;
}

/** Steps between the gateway and its user, and what arrived from its partner; what left for it is in the partner's trace. */
function arrowsOf(steps: readonly TraceStep[], { user, gateway, partner }: Places) {
  return steps.flatMap(({ kind, component, time, direction, summary }) => {
    if (kind !== 'Handover') return [];
    const outbound = direction === 'Out';
    if (component === 'xmpp' && outbound) return [];
    const other = component === 'sip' ? user : partner;
    const [from, to] = outbound ? [gateway, other] : [other, gateway];
    return [{ at: Date.parse(time), from, to, label: summary }];
  });
}
