/** How many branches a request may have at once, on all its ways together [RFC 5393 §5.3]: what one fork takes, the next has not. */
import type { Headers } from './headers.ts';

/** What a request that says nothing may have, and what none may exceed. Source: RFC 5393 §5.3.3. */
export const maxBreadth = 60;

const header = 'Max-Breadth';

/** 1 to 60; what cannot be read counts as absent. */
export function breadthOf(headers: Headers): number {
  const said = headers.get(header) ?? '';
  return /^[1-9]\d{0,9}$/.test(said) ? Math.min(Number(said), maxBreadth) : maxBreadth;
}

/** The headers of one branch of `branches`; `index` counts from 0, and the first one gets what is left over. */
export function withShare(headers: Headers, branches: number, index: number): Headers {
  const breadth = breadthOf(headers);
  const share = Math.floor(breadth / branches) + (index === 0 ? breadth % branches : 0);
  return headers.with(header, String(share));
}
