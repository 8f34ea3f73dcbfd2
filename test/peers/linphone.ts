/**
 * linphonec 5.1, a real SIP client without a screen: registers, sends and shows messages, publishes and watches presence.
 * Driven by lines on its standard input; what it shows is its output.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { peers, programPath } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort } from './free-port.ts';
import { type RunningProcess, startProcess } from './running-process.ts';

export interface LinphoneOptions {
  /** Its registrar and outbound proxy. */
  readonly server: { readonly host: string; readonly port: number };
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** PEM of the roots it trusts in a TLS server, whose name must be that of `server.host`. */
  readonly roots?: string;
  readonly user: string;
  readonly domain: string;
  readonly password: string;
}

export interface Linphone extends Pick<RunningProcess, 'output' | 'waitFor' | 'type'> {
  /** Watches the presence of this address, such as `sip:juliet@xmpp.example`. */
  add(name: string, address: string): void;
  send(to: string, text: string): void;
  /** De-registers and ends. */
  stop(): Promise<void>;
  /** Ends without a word. */
  kill(): Promise<void>;
}

/** Resolves when it is registered. */
export async function startLinphone(options: LinphoneOptions): Promise<Linphone> {
  const running = await launch(options);
  // It says so only when it is asked.
  const told = (what: RegExp): Promise<unknown> => {
    const asking = setInterval(() => running.type('status register'), askEveryMs);
    return running.waitFor(what).finally(() => clearInterval(asking));
  };
  await told(/registered, identity/);
  return {
    output: () => running.output(),
    waitFor: (pattern, ms) => running.waitFor(pattern, ms),
    type: (line) => running.type(line),
    add: (name, address) => running.type(`friend add "${name}" ${address}`),
    send: (to, text) => running.type(`chat ${to} ${text}`),
    kill: () => running.kill(),
    async stop() {
      // Over UDP no connection ends with it: who only quits stays registered until the time is over.
      running.type('unregister');
      await told(/registered=0/);
      running.type('quit');
      if (!(await running.endsWithin(quitTimeout))) await running.stop();
    },
  };
}

/** For a TLS server that it does not believe: resolves with what it says about that, and ends it. */
export async function refusalByLinphone(options: LinphoneOptions): Promise<string> {
  const running = await launch(options);
  const [, reason = ''] = await running.waitFor(/SSL handshake failed : ([^\n]*)/);
  await running.kill();
  return reason;
}

async function launch(options: LinphoneOptions): Promise<RunningProcess> {
  const home = temporaryFolder();
  for (const folder of ['.local/share/linphone', '.config/linphone'])
    mkdirSync(path.join(home, folder), { recursive: true });
  const configuration = path.join(home, 'rc');
  writeFileSync(path.join(home, 'roots.pem'), options.roots ?? '');
  const ports = [await freePort(), await freePort()];
  writeFileSync(configuration, configurationOf(options, home, ports), { mode: 0o600 });
  const program = programPath(peers.linphone.program) ?? 'linphonec';
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: undefined, XDG_DATA_HOME: undefined };
  return startProcess(program, ['-c', configuration], home, { input: true, env });
}

/** Milliseconds between two questions. */
const askEveryMs = 200;
/** Milliseconds to de-register and end. */
const quitTimeout = 20_000;

function configurationOf(
  { user, domain, password, transport, server }: LinphoneOptions,
  home: string,
  ports: readonly number[],
): string {
  const proxy = `<sip:${server.host}:${server.port};transport=${transport}>`;
  const [udp, tcp] = ports;
  return `[sip]
sip_port=${transport === 'udp' ? udp : -1}
sip_tcp_port=${transport === 'tcp' ? tcp : -1}
sip_tls_port=${transport === 'tls' ? tcp : -1}
verify_server_certs=1
verify_server_cn=1
root_ca=${home}/roots.pem
guess_hostname=0
contact="${user}" <sip:${user}@127.0.0.1>
default_proxy=0
register_only_when_network_is_up=0
auto_net_state_mon=0
use_ipv6=0
publish_presence=1

[net]
mtu=1300

[sound]
playback_dev_id=

[video]
enabled=0

[proxy_0]
reg_proxy=${proxy}
reg_route=${proxy}
reg_identity=sip:${user}@${domain}
reg_expires=600
reg_sendregister=1
publish=1
publish_expires=600

[auth_info_0]
username=${user}
passwd=${password}
realm=${domain}
domain=${domain}
`;
}
