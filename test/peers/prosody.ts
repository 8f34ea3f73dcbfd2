/** Prosody, a real XMPP server, on loopback in a temporary folder: one domain, its users, its own idea of security. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { peers, programPath } from '../support/needs-peer.ts';
import type { TestCertificate } from '../support/pki.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort, portBound } from './free-port.ts';
import { type RunningProcess, startProcess } from './running-process.ts';

export interface ProsodyOptions {
  readonly domain: string;
  /** Port of the DNS server on 127.0.0.1 that it asks; nothing else is asked. */
  readonly dnsPort: number;
  /** Absent: Prosody speaks no TLS. */
  readonly certificate?: TestCertificate;
  /** PEM of the roots that it trusts. */
  readonly roots?: string;
  /** Whether it refuses streams that are not encrypted. Default: true where it has a certificate. */
  readonly requireEncryption?: boolean;
  /** Whether it refuses peers whose certificate is not valid, dialback or not. Default: false. */
  readonly requireValidCertificate?: boolean;
  /** Whether it breaks off TLS over a certificate that OpenSSL does not take from a client, as servers do that never changed its rules. */
  readonly breaksOffOverCertificates?: boolean;
  /** Passwords by user name. */
  readonly users?: Readonly<Record<string, string>>;
  /** Beside those that every test needs. */
  readonly modulesEnabled?: readonly string[];
  readonly modulesDisabled?: readonly string[];
  /** Further lines of its configuration, for all hosts. */
  readonly settings?: readonly string[];
}

export interface Prosody {
  readonly domain: string;
  readonly s2sPort: number;
  readonly directTlsPort: number;
  /** Without encryption, for users. */
  readonly c2sPort: number;
  /** Its debug log. */
  readonly process: RunningProcess;
  /** The same again, with its ports and what it has stored, once its process has ended. */
  startAgain?(): Promise<Prosody>;
}

/** Starts it; both ports are bound when this resolves. It ends with the test. */
export async function startProsody(options: ProsodyOptions): Promise<Prosody> {
  const folder = temporaryFolder();
  const ports = { s2s: await freePort(), directTls: await freePort(), c2s: await freePort() };
  writeAccounts(folder, options);
  const { certificate, roots } = options;
  if (certificate !== undefined) {
    writeFileSync(path.join(folder, 'key.pem'), certificate.key, { mode: 0o600 });
    writeFileSync(path.join(folder, 'cert.pem'), certificate.chain);
  }
  writeFileSync(path.join(folder, 'roots.pem'), roots ?? '');
  writeFileSync(path.join(folder, 'prosody.cfg.lua'), configuration(folder, options, ports));
  return startIn(folder, options.domain, ports);
}

async function startIn(folder: string, domain: string, ports: Ports): Promise<Prosody> {
  const file = path.join(folder, 'prosody.cfg.lua');
  const process = startProcess(programPath(peers.prosody.program) ?? 'prosody', ['--config', file], folder);
  await Promise.all([portBound('tcp', ports.s2s), portBound('tcp', ports.c2s)]);
  const { s2s: s2sPort, directTls: directTlsPort, c2s: c2sPort } = ports;
  const startAgain = (): Promise<Prosody> => startIn(folder, domain, ports);
  return { domain, s2sPort, directTlsPort, c2sPort, process, startAgain };
}

interface Ports {
  readonly s2s: number;
  readonly directTls: number;
  readonly c2s: number;
}

const modules = ['roster', 'saslauth', 'dialback', 'disco', 'ping', 'offline', 'presence', 'message', 'iq'];

function configuration(folder: string, options: ProsodyOptions, ports: Ports): string {
  const {
    domain,
    dnsPort,
    certificate,
    requireValidCertificate = false,
    modulesEnabled = [],
    modulesDisabled = [],
    settings = [],
  } = options;
  const { requireEncryption = certificate !== undefined } = options;
  const enabled = [...modules, ...modulesEnabled, ...(certificate === undefined ? [] : ['tls'])].filter(
    (name) => !modulesDisabled.includes(name),
  );
  const ssl =
    certificate === undefined
      ? ''
      : `ssl = { key = "${folder}/key.pem"; certificate = "${folder}/cert.pem"; cafile = "${folder}/roots.pem" }`;
  const verification = options.breaksOffOverCertificates
    ? 's2s_ssl = { verify = { "peer" }; verifyext = { lsec_continue = false; lsec_ignore_purpose = false } }'
    : '';
  const disabled = [...modulesDisabled, ...(certificate === undefined ? ['tls'] : [])];
  return `
run_as_root = true
daemonize = false
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
log = { debug = "*console" }
use_ipv6 = false
unbound = { resolvconf = false; hoststxt = false; forward = { "127.0.0.1@${dnsPort}" }; options = { ["do-not-query-localhost:"] = "no" } }
interfaces = { "127.0.0.1" }
local_interfaces = { "127.0.0.1" }
c2s_ports = { ${ports.c2s} }
s2s_ports = { ${ports.s2s} }
s2s_direct_tls_ports = { ${certificate === undefined ? '' : ports.directTls} }
authentication = "internal_plain"
storage = "internal"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
s2s_require_encryption = ${requireEncryption}
s2s_secure_auth = ${requireValidCertificate}
s2s_timeout = 15
modules_enabled = { ${enabled.map((name) => `"${name}"`).join(', ')} }
modules_disabled = { ${disabled.map((name) => `"${name}"`).join(', ')} }
${ssl}
${verification}
${settings.join('\n')}
VirtualHost "${domain}"
`;
}

/** As its internal_plain storage keeps them: a Lua table a user. */
function writeAccounts(folder: string, { domain, users = {} }: ProsodyOptions): void {
  const encoded = domain.replaceAll(/[^a-z0-9]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  const accounts = path.join(folder, 'data', encoded, 'accounts');
  mkdirSync(accounts, { recursive: true });
  for (const [user, password] of Object.entries(users))
    writeFileSync(path.join(accounts, `${user}.dat`), `return { ["password"] = ${JSON.stringify(password)}; };\n`);
}
