/** The hops from one of our domains to a partner's and back to our users, and what a test found at each. */
import type { Configuration } from '../../config/configuration.ts';
import type { DomainName } from '../../primitives/domain-name.ts';

export const hopNames = [
  'Configuration',
  'Policy',
  'Certificate',
  'Service',
  'DNS',
  'TCP',
  'Stream',
  'PeerCertificate',
  'Authentication',
  'Ping',
  'Inbound',
  'NextHop',
  'User',
] as const;
export type HopName = (typeof hopNames)[number];

export interface HopOutcome {
  readonly result: 'Success' | 'Warning' | 'Failure' | 'Skipped';
  /** What was looked at: a domain, a host, a policy. */
  readonly target: string;
  readonly detail: string;
  readonly latencyMs?: number | undefined;
  readonly cause?: string;
  /** A complete command. */
  readonly fix?: string;
}

/** The route under test. */
export interface Route {
  readonly storeFolder: string;
  readonly configuration: Configuration;
  /** Ours, from which the test speaks. */
  readonly local: DomainName;
  readonly domain: DomainName;
  /** `sip:user@domain`; absent: the users in general. */
  readonly user: string | undefined;
  readonly now: Date;
  /** Milliseconds for the dial, and again for the ping. */
  readonly timeoutMs: number;
}

/** Some hops in a row that are looked at together. What it does not tell of was not reached. */
export interface RoutePart {
  readonly names: readonly HopName[];
  look(route: Route): Promise<readonly HopOutcome[]> | readonly HopOutcome[];
}

type Found = Pick<HopOutcome, 'target' | 'detail' | 'latencyMs'>;
interface Trouble {
  readonly cause: string;
  readonly fix: string;
}

export const success = (found: Found): HopOutcome => ({ result: 'Success', ...found });
export const warning = (found: Found, trouble: Trouble): HopOutcome => ({ result: 'Warning', ...found, ...trouble });
export const failure = (found: Found, trouble: Trouble): HopOutcome => ({ result: 'Failure', ...found, ...trouble });
export const skipped = (detail: string, target = ''): HopOutcome => ({ result: 'Skipped', target, detail });
