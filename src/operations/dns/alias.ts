/** Whether a name is an alias: the target of an SRV record must not be one, and servers differ in whether they follow it [RFC 2782]. */
import { Resolver } from 'node:dns/promises';

export interface AliasQuestion {
  /** `address` or `address:port`; none: those of the system. */
  readonly servers: readonly string[];
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/** @returns What the name is an alias of; undefined also where nobody answers, which other questions tell. */
export async function aliasOf(name: string, { servers, timeoutMs }: AliasQuestion): Promise<string | undefined> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  const [target] = await resolver.resolveCname(name).catch(() => []);
  return target;
}

/** One clause. */
export const aliasProblem = (name: string, target: string): string =>
  `${name} is an alias of ${target}, which the target of an SRV record must not be: not every server follows it`;
