/** How long a certificate lasts, in days as people count them. */

const dayMs = 86_400_000;

/** Days before the end from which on everything says that it is time to renew. Source: public authorities remind then. */
export const lastDays = 30;

/** Rounded down: 0 on the last day, negative after the end. */
export const daysLeft = ({ notAfter }: { readonly notAfter: Date }, now: Date): number =>
  Math.floor((notAfter.getTime() - now.getTime()) / dayMs);

/** `has expired`, `expires within a day`, `expires in 12 days`. */
export function expiryClause(days: number): string {
  if (days < 0) return 'has expired';
  if (days === 0) return 'expires within a day';
  return `expires in ${days} ${days === 1 ? 'day' : 'days'}`;
}
