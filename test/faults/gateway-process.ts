/** The gateway of the rounds: set up once by cmdlets; each round has a copy of that store, and a process that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import type { TestAuthority } from '../support/pki.ts';
import { cleanEnvironment } from '../support/xgw.ts';
import { domain, gatewayDomain } from './xmpp-peer.ts';

export interface GatewayOrder {
  readonly authority: TestAuthority;
  /** `127.0.0.1:port` */
  readonly dns: string;
  /** Port of the next hop, by UDP and TCP. */
  readonly hopPort: number;
}

/** A store for each transport of the next hop. */
export type Templates = Readonly<Record<'udp' | 'tcp', string>> & Pick<GatewaySite, 'xmppPort' | 'sipPort'>;

/** Seconds of the gateway for which a message waits for a partner: three of the longest waits between attempts. */
const queuedMessageLifetime = 180;

export async function gatewayTemplates({ authority, dns, hopPort }: GatewayOrder): Promise<Templates> {
  const site = await gatewaySite(gatewayDomain);
  const folder = path.dirname(site.home);
  const file = (name: string, content: string): string => {
    const place = path.join(folder, name);
    writeFileSync(place, content, { mode: 0o600 });
    return place;
  };
  const own = authority.issue({ names: [gatewayDomain, `sip.${gatewayDomain}`] });
  await site.run('import-certificate', file('edge.pem', own.key + own.chain), '-Type', 'ExternalEdge');
  await site.run(
    'new-xmppfederatedpartner',
    domain,
    '-PartnerType',
    'Federated',
    '-SupportDialbackNegotiation',
    'false',
  );
  const trust = ['-TrustedRootsPath', file('roots.pem', authority.rootPem), '-UseSystemRoots', 'false'];
  const reached = ['-DnsServers', dns, '-TrustedSipPeers', '127.0.0.1', '-SipMode', 'NextHop'];
  const bounds = ['-MaximumStanzasPerSecond', '0', '-MaximumBytesPerSecond', '0', '-StreamInactivityTimeout', '60'];
  const queue = ['-QueuedMessageLifetime', String(queuedMessageLifetime), '-SipSessionMode', 'Pager'];
  const hop = (transport: string): string[] => ['-SipNextHop', `127.0.0.1:${hopPort};transport=${transport}`];
  await site.run('set-xmppgatewayconfiguration', ...trust, ...reached, ...bounds, ...queue, ...hop('udp'));
  const copy = path.join(folder, 'with-udp');
  cpSync(site.home, copy, { recursive: true });
  await site.run('set-xmppgatewayconfiguration', ...hop('tcp'));
  const { xmppPort, sipPort } = site;
  return { udp: copy, tcp: site.home, xmppPort, sipPort };
}

export interface GatewayProcess {
  /** Resolves when it is ready. @throws With what it said when it is not. */
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  isRunning(): boolean;
  /** What it wrote to its standard error, all processes of the round together. */
  said(): string;
  /** Reports of bugs that it left. */
  bugs(): readonly string[];
  readonly home: string;
}

export interface GatewayProcessOptions {
  readonly template: string;
  /** Does not exist yet. */
  readonly home: string;
  readonly speed: number;
  /** It ended, and nobody had asked it to. */
  onEnded(code: number | null, signal: NodeJS.Signals | null): void;
}

const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');
const fastClock = path.resolve(import.meta.dirname, '..', '..', 'test', 'faults', 'fast-clock.cjs');

export function gatewayProcess({ template, home, speed, onEnded }: GatewayProcessOptions): GatewayProcess {
  mkdirSync(path.dirname(home), { recursive: true });
  cpSync(template, home, { recursive: true });
  const epoch = String(Date.now());
  const speedUp = { NODE_OPTIONS: `--require ${fastClock}`, XGW_FAULTS_SPEED: String(speed), XGW_FAULTS_EPOCH: epoch };
  let child: ChildProcess | undefined;
  let said = '';
  return {
    home,
    isRunning: () => child !== undefined,
    said: () => said,
    bugs: () => (existsSync(path.join(home, 'log')) ? readdirSync(path.join(home, 'log')) : []).filter(isBugReport),
    async start() {
      const env = cleanEnvironment({ XGW_HOME: home, ...(speed === 1 ? {} : speedUp) });
      const words = [program, 'start-service', '-Foreground'];
      const started = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
      child = started;
      started.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      started.once('exit', (code, signal) => {
        if (child !== started) return;
        child = undefined;
        onEnded(code, signal);
      });
      await untilReady(started, () => said);
      if (started.connected) started.disconnect();
    },
    async kill() {
      const killed = child;
      child = undefined;
      if (killed === undefined) return;
      const ended = once(killed, 'exit');
      killed.kill('SIGKILL');
      await ended;
    },
  };
}

const isBugReport = (file: string): boolean => file.startsWith('bug-');

/** It tells its starter [start-service.ts]. */
function untilReady(started: ChildProcess, said: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    started.on('message', (message: object) => {
      if ('ready' in message) resolve();
      else reject(new Error(`the gateway did not start: ${JSON.stringify(message)}`));
    });
    started.once('exit', () => reject(new Error(`the gateway ended while it started: ${said()}`)));
  });
}
