/** Makes the running gateway forget where partners live and that it could not reach them. */
import { callControl } from '../gateway/service/control-channel.ts';
import type { DnsCacheClearing } from './service/gateway-control.ts';
import { runFolder } from './service/service-state.ts';

/** Milliseconds in which a gateway that is well does it. */
const answerMs = 5_000;

/** @param domain - Absent: of all domains. @throws CodedError `ServiceNotRunning` */
export async function clearDnsCache(storeFolder: string, domain: string | undefined): Promise<void> {
  const parameter: DnsCacheClearing = domain === undefined ? {} : { domain };
  await callControl(runFolder(storeFolder), 'clear-dns-cache', { parameter, timeoutMs: answerMs });
}
