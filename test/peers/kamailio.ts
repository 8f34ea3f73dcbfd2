/**
 * Kamailio, a real SIP proxy, on loopback in a temporary folder: registrar, proxy and presence agent of one domain, whose
 * users need no password. Requests for any other domain go to the gateway; requests for its own go to the registered contacts.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { peers, programPath } from '../support/needs-peer.ts';
import type { TestCertificate } from '../support/pki.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort, portBound } from './free-port.ts';
import { type RunningProcess, startProcess } from './running-process.ts';

export interface KamailioOptions {
  readonly domain: string;
  /** Its users: everybody else is 404. */
  readonly users: readonly string[];
  /** Where requests for other domains go. */
  readonly gateway: { readonly host: string; readonly port: number; readonly transport: 'udp' | 'tcp' | 'tls' };
  /** Absent: it speaks no TLS. */
  readonly certificate?: TestCertificate;
  /** PEM of the roots that it trusts. It demands a certificate of servers, and of clients too. */
  readonly roots?: string;
  /** What `get-siproute -OutputFormat kamailio` printed: it is included by docs/sip/kamailio.cfg, which runs in place of ours. */
  readonly recipe?: string;
  /** Users of its own whose requests it sends to the gateway, as a mistaken route would. */
  readonly returned?: readonly string[];
  /** Default: free ones. */
  readonly ports?: Ports;
  /** As which of Microsoft's servers it looks to pidgin-sipe, which speaks their dialect then. Default: OCS2007. */
  readonly dialect?: 'LCS2005' | 'OCS2007';
}

export interface Kamailio {
  /** UDP and TCP. */
  readonly port: number;
  readonly tlsPort: number;
  /** Each request it routes is a line of its log: `ROUTE MESSAGE sip:... from sip:... via tcp:127.0.0.1`; of an INVITE its medium too: `OFFER m=message ...`. */
  readonly process: RunningProcess;
}

/** Starts it; every port is bound when this resolves. It ends with the test. */
export async function startKamailio(options: KamailioOptions): Promise<Kamailio> {
  const folder = temporaryFolder();
  const { certificate, roots = '', recipe } = options;
  const { port, tlsPort } = options.ports ?? { port: await freePort(), tlsPort: await freePort() };
  const write = (name: string, content: string): void =>
    writeFileSync(path.join(folder, name), content, { mode: 0o600 });
  if (certificate !== undefined) {
    write('key.pem', certificate.key);
    write('cert.pem', certificate.chain);
    write('roots.pem', roots);
    write('tls.cfg', tlsConfigurationIn(recipe, folder) ?? tlsConfiguration(folder));
  }
  if (recipe !== undefined) write('xgw.cfg', recipe);
  mkdirSync(path.join(folder, 'tables'));
  for (const table of tables) copyFileSync(path.join(emptyTables, table), path.join(folder, 'tables', table));
  write('kamailio.cfg', configuration(folder, options, { port, tlsPort }));
  const process = startProcess(programPath(peers.kamailio.program) ?? 'kamailio', argumentsIn(folder), folder);
  const streams = [port, ...(certificate === undefined ? [] : [tlsPort])];
  await Promise.all([portBound('udp', port), ...streams.map((stream) => portBound('tcp', stream))]);
  return { port, tlsPort, process };
}

/** `-DD -E`: in the foreground, log on standard error. Megabytes of shared and private memory: a test needs few. */
const argumentsIn = (folder: string): string[] => [
  '-DD',
  '-E',
  '-f',
  path.join(folder, 'kamailio.cfg'),
  '-Y',
  folder,
  '-m',
  '32',
  '-M',
  '4',
];

function tlsConfiguration(folder: string): string {
  const profile = (name: string): string => `
[${name}:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
private_key = ${folder}/key.pem
certificate = ${folder}/cert.pem
ca_list = ${folder}/roots.pem
`;
  return profile('server') + profile('client');
}

/** The recipe for TLS has it as a remark, for the place where Debian keeps such files. */
function tlsConfigurationIn(recipe: string | undefined, folder: string): string | undefined {
  const [, text] = /^# ---- tls\.cfg ----\n([^]*?)^# ---- end/m.exec(recipe ?? '') ?? [];
  const inFolder = text?.replaceAll('/etc/kamailio/tls/xgw-roots.pem', `${folder}/roots.pem`);
  return inFolder?.replaceAll(/^# ?/gm, '').replaceAll('/etc/kamailio/tls', folder);
}

interface Ports {
  readonly port: number;
  readonly tlsPort: number;
}

const modules = [
  ...['tm', 'tmx', 'sl', 'pv', 'rr', 'maxfwd', 'usrloc', 'registrar', 'siputils', 'textops', 'xlog', 'nathelper'],
  ...['db_text', 'presence', 'presence_xml'],
];

/** Where Debian keeps the empty tables of its text database; the presence agent wants these. */
const emptyTables = '/usr/share/kamailio/dbtext/kamailio';
const tables = ['version', 'presentity', 'active_watchers', 'watchers', 'xcap'];

/** The one of the documentation, on loopback and with few processes. */
function documented(folder: string, domain: string, { port, tlsPort }: Ports): string {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../docs/sip/kamailio.cfg'), 'utf8');
  return text
    .replace('#!KAMAILIO', '#!KAMAILIO\nchildren=1\ntcp_children=1\nauto_aliases=no\ndns=no\nrev_dns=no')
    .replaceAll('192.0.2.20:5060', `127.0.0.1:${port}`)
    .replaceAll('192.0.2.20:5061', `127.0.0.1:${tlsPort}`)
    .replaceAll('192.0.2.0/24', '127.0.0.0/8')
    .replaceAll('"contoso.com"', `"${domain}"`)
    .replaceAll('/etc/kamailio/tls.cfg', `${folder}/tls.cfg`);
}

function configuration(folder: string, options: KamailioOptions, { port, tlsPort }: Ports): string {
  const { domain, users, certificate, recipe, dialect = 'OCS2007', returned = [] } = options;
  if (recipe !== undefined) return documented(folder, domain, { port, tlsPort });
  const tls =
    certificate === undefined
      ? { settings: 'disable_tcp=no', modules: '' }
      : {
          settings: `enable_tls=yes\nlisten=tls:127.0.0.1:${tlsPort}`,
          modules: `loadmodule "tls.so"\nmodparam("tls", "config", "${folder}/tls.cfg")`,
        };
  const known = users.map((user) => `$rU == "${user}"`).join(' || ');
  return `#!KAMAILIO
debug=2
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
${tls.settings}
${modules.map((name) => `loadmodule "${name}.so"`).join('\n')}
${tls.modules}
modparam("usrloc", "db_mode", 0)
modparam("registrar", "received_avp", "$avp(RECEIVED)")
modparam("nathelper", "received_avp", "$avp(RECEIVED)")
modparam("tm", "fr_timer", 8000)
modparam("presence", "db_url", "text://${folder}/tables")
modparam("presence_xml", "db_url", "text://${folder}/tables")
modparam("presence", "server_address", "sip:127.0.0.1:${port};transport=tcp")
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 2)
modparam("presence", "send_fast_notify", 1)
modparam("presence", "min_expires", 5)
modparam("presence_xml", "force_active", 1)

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (!is_method("ACK") && t_precheck_trans()) { t_check_trans(); exit; }
  t_check_trans();
  force_rport();
  xlog("L_NOTICE", "ROUTE $rm $ru from $fu via $proto:$si\\n");
  if (is_method("INVITE")) xlog("L_NOTICE", "OFFER $(rb{line.sw,m=})\\n");
  if (is_method("CANCEL")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  # Microsoft's clients leave it to the first server to say where they are.
  if ($hdr(Contact) =~ "proxy=replace" && !is_method("REGISTER")) fix_nated_contact();
  t_on_reply("CONTACT");
  if (has_totag() && loose_route()) {
    if (!t_relay()) sl_reply_error();
    exit;
  }
  if (is_method("REGISTER")) {
    # pidgin-sipe reads the header alone, and speaks as Lync does when it is told so; its connection is the way back.
    if ($hdr(Contact) =~ "proxy=replace") {
      fix_nated_register();
      append_to_reply("Expires: 600\\r\\n${dialect === 'OCS2007' ? 'Supported: msrtc-event-categories\\r\\n' : ''}");
    }
    if (!save("location")) sl_reply_error();
    exit;
  }
  if ($rd != "${domain}") {
    if (is_method("INVITE|SUBSCRIBE")) record_route();
    ${toGateway(options)}
    exit;
  }
  ${returned.map((user) => `if ($rU == "${user}") { ${toGateway(options)} exit; }`).join('\n  ')}
  if (!(${known})) { sl_send_reply("404", "Not Found"); exit; }
  if (is_method("PUBLISH|SUBSCRIBE")) {
    if (!t_newtran()) { sl_reply_error(); exit; }
    if (is_method("PUBLISH")) handle_publish(); else handle_subscribe();
    t_release();
    exit;
  }
  if ($rm == "SERVICE") { sl_send_reply("501", "Not Implemented"); exit; }
  if (!lookup("location")) { sl_send_reply("480", "Temporarily Unavailable"); exit; }
  if (is_method("INVITE")) record_route();
  if (!t_relay()) sl_reply_error();
}

onreply_route[CONTACT] {
  if ($hdr(Contact) =~ "proxy=replace") fix_nated_contact();
}
`;
}

const toGateway = ({ gateway: { host, port, transport } }: KamailioOptions): string =>
  `$du = "sip:${host}:${port};transport=${transport}"; if (!t_relay()) sl_reply_error();`;
