/** The questions of RFC 3263 to DNS, and the resolver of the platform, which answers them. */
import type { NaptrRecord, SrvRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';

import { systemErrorCode } from '../../primitives/errors.ts';

/** Failures carry the codes of `node:dns`. */
export interface SipDns {
  resolveNaptr(name: string): Promise<readonly NaptrRecord[]>;
  resolveSrv(name: string): Promise<readonly SrvRecord[]>;
}

/** Milliseconds for one question, and how often it is asked. */
const queryTimeoutMs = 5_000;
const queryTries = 2;

/** @param servers - `address` or `address:port`; none: those of the system. */
export function sipDns(servers: readonly string[]): SipDns {
  const resolver = new Resolver({ timeout: queryTimeoutMs, tries: queryTries });
  if (servers.length > 0) resolver.setServers(servers);
  return {
    resolveNaptr: (name) => resolver.resolveNaptr(name),
    resolveSrv: (name) => resolver.resolveSrv(name),
  };
}

/** No such name or record, rather than no answer. */
export const isAbsent = (error: unknown): boolean => ['ENOTFOUND', 'ENODATA'].includes(systemErrorCode(error) ?? '');
