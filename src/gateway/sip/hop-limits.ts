/** How patient the gateway is with a next hop, and what it keeps of DNS about it: every number with its unit and reason. */

/** Milliseconds after which a new hop is asked for the first time, jitter on top. A start or a change settles first. */
export const hopFirstProbeMs = 1_000;
/** Milliseconds without an answer of a hop that is up, after which it is asked. Source: own choice; proxies ask each other every 10 to 60 s. */
export const hopKeepAliveMs = 60_000;
/** Milliseconds that a hop which failed is left alone: at first, and at most after it doubled with each failure; jitter on top. */
export const hopFirstBackoffMs = 5_000;
export const hopMaxBackoffMs = 60_000;
/** Milliseconds at most that a Retry-After is believed: a slip of the hop's must not take it away for a day. */
export const hopMaxRetryAfterMs = 300_000;

/** Servers of one next hop that DNS may name. A pool of the largest kind has a dozen. */
export const maxLocatedServers = 20;
/** NAPTR records of one name that are followed: one for each transport would do. */
export const maxNaptrRecords = 10;
/** Milliseconds that an answer of DNS is used, whose TTL `node:dns` does not tell; and that an absence or a failure is. */
export const locatedMs = 60_000;
export const unlocatedMs = 10_000;
