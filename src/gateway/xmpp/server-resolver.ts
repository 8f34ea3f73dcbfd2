/** From a domain to the addresses of its XMPP server, RFC 6120 §3.2 and RFC 2782. */
import type { SrvRecord } from 'node:dns';

/** The questions asked of DNS. Failures carry the codes of `node:dns`. */
export interface DnsPort {
  resolveSrv(name: string): Promise<readonly SrvRecord[]>;
  resolve4(name: string): Promise<readonly string[]>;
  resolve6(name: string): Promise<readonly string[]>;
}
