/** A gateway of a test: a store in a temporary folder, set up by cmdlets, listening on free loopback ports, stopped at the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach } from '@jest/globals';

import { freePort } from '../peers/free-port.ts';
import { type Xgw, xgwIn } from './xgw.ts';

export interface GatewaySite extends Xgw {
  readonly xmppPort: number;
  readonly sipPort: number;
}

const sites: Xgw[] = [];

/**
 * @param domain - Its SIP domain; certificate of its own test CA, policies open.
 * @param parent - Where its folder is made.
 */
export async function gatewaySite(domain: string, parent = tmpdir()): Promise<GatewaySite> {
  const xgw = xgwIn(path.join(mkdtempSync(path.join(parent, 'xgw-site-')), 'store'));
  sites.push(xgw);
  const [xmppPort, sipPort] = [await freePort(), await freePort()];
  await xgw.run('initialize-gateway', domain);
  await xgw.run('set-xmppgatewayconfiguration', ...listening(xmppPort, sipPort), '-AllowLoopbackPeers', 'true');
  return { ...xgw, xmppPort, sipPort };
}

const listening = (xmppPort: number, sipPort: number): string[] => [
  ...['-XmppListenAddress', '127.0.0.1', '-XmppPort', String(xmppPort), '-XmppDirectTlsPort', '0'],
  ...['-SipListenAddress', '127.0.0.1', '-SipPort', String(sipPort), '-SipTlsPort', '0'],
];

afterEach(async () => {
  await Promise.all(
    sites.splice(0).map(async (site) => {
      await site.type('stop-service', '-Force');
      rmSync(path.dirname(site.home), { recursive: true, force: true });
    }),
  );
});
