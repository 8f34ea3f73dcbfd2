/** Makes the running gateway forget where partners live and that it could not reach them. */
import { askGateway } from './service/ask-gateway.ts';
import type { DnsCacheClearing } from './service/gateway-control.ts';

/** @param domain - Absent: of all domains. @throws CodedError `ServiceNotRunning` */
export async function clearDnsCache(storeFolder: string, domain: string | undefined): Promise<void> {
  const parameter: DnsCacheClearing = domain === undefined ? {} : { domain };
  await askGateway(storeFolder, 'clear-dns-cache', { parameter });
}
