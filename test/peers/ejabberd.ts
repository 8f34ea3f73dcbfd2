/**
 * ejabberd, a real XMPP server, on loopback in a temporary folder: one domain, its users, its own idea of security.
 * It runs as the calling user, without its service, its node name and Erlang's port mapper.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { peers, programPath } from '../support/needs-peer.ts';
import type { TestCertificate } from '../support/pki.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort } from './free-port.ts';
import { type RunningProcess, startProcess } from './running-process.ts';

export interface EjabberdOptions {
  readonly domain: string;
  /** Port of the DNS server on 127.0.0.1 that it asks for SRV records; addresses it takes from the system, so targets must be `localhost`. */
  readonly dnsPort: number;
  readonly certificate: TestCertificate;
  /** PEM of the roots that it trusts. */
  readonly roots: string;
  /** Default: required. */
  readonly startTls?: 'required' | 'optional';
  /** Default: true. */
  readonly dialback?: boolean;
  /** Passwords by user name. */
  readonly users?: Readonly<Record<string, string>>;
}

export interface Ejabberd {
  readonly domain: string;
  readonly s2sPort: number;
  readonly directTlsPort: number;
  /** Without encryption, for users. */
  readonly c2sPort: number;
  /** Its debug log. */
  readonly process: RunningProcess;
}

interface Ports {
  readonly s2s: number;
  readonly directTls: number;
  readonly c2s: number;
}

/** Starts it; it accepts streams and knows its users when this resolves. It ends with the test. */
export async function startEjabberd(options: EjabberdOptions): Promise<Ejabberd> {
  const folder = temporaryFolder();
  const ports = { s2s: await freePort(), directTls: await freePort(), c2s: await freePort() };
  const { certificate, roots, domain } = options;
  writeFileSync(path.join(folder, 'certificate.pem'), `${certificate.key}${certificate.chain}`, { mode: 0o600 });
  writeFileSync(path.join(folder, 'roots.pem'), roots);
  writeFileSync(path.join(folder, 'ejabberd.yml'), configuration(folder, options, ports));
  // A file that exists and names nobody: otherwise the name servers of the machine would be asked.
  writeFileSync(path.join(folder, 'resolv.conf'), '');
  const environment = {
    HOME: folder,
    ERL_LIBS: librariesOf(programPath(peers.ejabberd.program) ?? ''),
    EJABBERD_CONFIG_PATH: path.join(folder, 'ejabberd.yml'),
    EJABBERD_LOG_PATH: path.join(folder, 'ejabberd.log'),
    ERL_CRASH_DUMP_BYTES: '0',
  };
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const erlang = ['-noinput', '-mnesia', 'dir', `"${folder}/spool"`, '-eval', script(folder, options)];
  const process = startProcess('env', [...settings, 'erl', ...erlang], folder);
  await process.waitFor(/^ejabberd is ready$/m, 120_000);
  return { domain, s2sPort: ports.s2s, directTlsPort: ports.directTls, c2sPort: ports.c2s, process };
}

/** What Erlang does after its own start: a name server with a port of its own, ejabberd, users. */
function script(folder: string, { dnsPort, domain, users = {} }: EjabberdOptions): string {
  const registrations = Object.entries(users).map(
    ([user, password]) => `ok = ejabberd_auth:try_register(<<"${user}">>, <<"${domain}">>, <<"${password}">>)`,
  );
  return [
    `ok = inet_db:set_resolv_conf("${folder}/resolv.conf")`,
    // Not looked at again: after five seconds Erlang would read it anew, and forget the name server below.
    'ok = inet_db:set_resolv_conf("")',
    `ok = inet_db:add_ns({127,0,0,1}, ${dnsPort})`,
    'ok = inet_db:set_cache_size(0)',
    '{ok, _} = ejabberd:start()',
    ...registrations,
    'io:format("ejabberd is ready~n")',
  ]
    .join(', ')
    .concat('.');
}

/** Debian says in its control script where the libraries are. */
function librariesOf(controlScript: string): string {
  return /^ERL_LIBS='?([^'\n]+)/m.exec(readFileSync(controlScript, 'utf8'))?.[1] ?? '';
}

function configuration(folder: string, options: EjabberdOptions, ports: Ports): string {
  const { domain, startTls = 'required', dialback = true } = options;
  return `
loglevel: debug
log_rotate_count: 0
hosts: ["${domain}"]
certfiles: ["${folder}/certificate.pem"]
ca_file: "${folder}/roots.pem"
s2s_use_starttls: ${startTls}
s2s_timeout: 15
s2s_dns_timeout: 5
s2s_max_retry_delay: 1
outgoing_s2s_families: [ipv4]
auth_password_format: plain
listen:
  - { port: ${ports.c2s}, ip: "127.0.0.1", module: ejabberd_c2s, starttls: true, starttls_required: false }
  - { port: ${ports.s2s}, ip: "127.0.0.1", module: ejabberd_s2s_in }
  - { port: ${ports.directTls}, ip: "127.0.0.1", module: ejabberd_s2s_in, tls: true }
access_rules: { s2s: { allow: all } }
modules:
  mod_roster: {}
  mod_disco: {}
  mod_offline: {}
${dialback ? '  mod_s2s_dialback: {}\n' : ''}`;
}
