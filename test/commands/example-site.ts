/** The place where examples run: a store with the names that they use, and the files. Made once, copied for each. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cmdlet } from '../../src/commands/host/cmdlet.ts';
import { wordsOf } from '../../src/commands/host/command-line.ts';
import { cmdlets } from '../../src/commands/index.ts';
import { printClixml } from '../../src/primitives/clixml-text.ts';
import { createTraceFile } from '../../src/store/trace-files.ts';
import { arriving } from '../operations/trace/sample-steps.ts';
import { type Ran, runCmdlet } from '../support/host-process.ts';

/** The thumbprint that examples write. */
const exampleThumbprint = '5A3F8E1B9C0D4A7766554433221100FFEEDD19C2';

/** @param folder - Gets `store`, and is where the line is typed. @param line - What follows `xgw`, pipes among it. */
export async function typed(folder: string, line: string): Promise<Ran> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await runStages(folder, line);
  } finally {
    process.chdir(before);
  }
}

async function runStages(folder: string, line: string): Promise<Ran> {
  const [, redirected = '/dev/null'] = /<\s?(\w\S*)/.exec(line) ?? [];
  let ran: Ran = { code: 0, stdout: '', stderr: '' };
  for (const [index, [name = '', ...tokens]] of stagesOf(line).entries()) {
    if (ran.code !== 0) break;
    if (index > 0) writeFileSync('.piped', ran.stdout);
    const given = { cmdlets, env: environment(folder), file: index > 0 ? '.piped' : redirected };
    ran = await runCmdlet(cmdletNamed(name), tokens, given);
  }
  return ran;
}

const environment = (folder: string) => ({
  XGW_HOME: path.join(folder, 'store'),
  HOME: folder,
  XGW_STDIN_TIMEOUT: '1',
});

/** The xgw commands of a pipe; other programs are none of ours. */
export function stagesOf(command: string): readonly (readonly string[])[] {
  // A script block holds pipes of its own.
  const stages = `xgw ${command.trim()}`.split(/\s\|\s(?=xgw )|\s\|\s(?=\w+$)|\s&&\s/);
  return stages
    .map((stage) => wordsOf(stage.replaceAll(/\s[12]?[<>]+\s?\S+/g, '')))
    .filter(([program]) => program === 'xgw')
    .map(([, ...words]) => words);
}

function cmdletNamed(typedName: string): Cmdlet {
  const isNamed = ({ name, aliases = [] }: Cmdlet): boolean =>
    [name, ...aliases].some((each) => each.toLowerCase() === typedName.toLowerCase());
  const cmdlet = cmdlets.find(isNamed);
  if (!cmdlet) throw new Error(`There is no cmdlet ${typedName}.`);
  return cmdlet;
}

/** One after the other; each begins with what is in the one before. */
const steps = {
  empty: [],
  single: [
    'initialize-gateway contoso.com',
    listening(5269, 5060),
    'set-xmppgatewayconfiguration -DnsServers 127.0.0.1:9',
  ],
  begun: ['new-sipdomain emea.contoso.com', 'new-sipdomain lab.contoso.com'],
  filled: [
    'new-xmppfederatedpartner fabrikam.com -AdditionalDomains old.fabrikam.com',
    'new-xmppfederatedpartner adatum.org',
    'new-externalaccesspolicy FedPic',
    'new-user sip:alice@contoso.com -PasswordFile alice.password',
    'request-certificate -New -Type ExternalEdge -Output edge.csr -AllSipDomain',
  ],
  imported: [
    'import-certificate edge.cer -Chain intermediate.cer -Type ExternalEdge',
    'import-certificate edge.pfx -PasswordFile password.txt',
    'set-certificate -Path edge.cer -Type InternalEdge',
  ],
  routed: ['set-xmppgatewayconfiguration -SipTlsPort 5061', 'new-siproute contoso.com -NextHop fe01.contoso.com:5061'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type SiteName = keyof typeof steps;
export type Sites = Readonly<Record<SiteName, string>>;

/** Folders to copy. `single` has a gateway and one domain, `begun` more domains, `filled` all objects and a pending request. */
export async function exampleSites(folder: string): Promise<Sites> {
  const sites = new Map<string, string>();
  let before: string | undefined;
  for (const [name, lines] of Object.entries(steps)) {
    const site = path.join(folder, name);
    if (before === undefined) makeFiles(site);
    else cpSync(before, site, { recursive: true });
    for (const line of lines) await succeeding(site, line);
    if (name === 'filled') makeCertificates(site);
    if (name === 'filled') makeTrace(path.join(site, 'store'));
    sites.set(name, site);
    before = site;
  }
  return Object.fromEntries(sites) as Sites;
}

export function listening(xmppPort: number, sipPort: number): string {
  const addresses = '-XmppListenAddress 127.0.0.1 -SipListenAddress 127.0.0.1 -XmppDirectTlsPort 0 -SipTlsPort 0';
  return `set-xmppgatewayconfiguration ${addresses} -XmppPort ${xmppPort} -SipPort ${sipPort}`;
}

export async function succeeding(folder: string, line: string): Promise<void> {
  const { code, stderr } = await typed(folder, line);
  if (code !== 0) throw new Error(`xgw ${line}: exit code ${code}\n${stderr}`);
}

const gatewayFile = `apiVersion: xgw/v1
kind: GatewayConfiguration
metadata: { name: edge01, owner: git:infra/edge }
spec:
  federatedPartners:
    litware.com: { partnerType: Federated }
`;

function makeFiles(site: string): void {
  mkdirSync(site);
  for (const name of ['password.txt', 'alice.password', 'new.password', 'p']) {
    writeFileSync(path.join(site, name), 'correct horse battery\n', { mode: 0o600 });
  }
  writeFileSync(path.join(site, 'gateway.yaml'), gatewayFile);
  writeFileSync(path.join(site, 'partners.ps1'), 'New-CsXmppAllowedPartner litware.com -PartnerType Federated\n');
  writeFileSync(path.join(site, 'partners.xgw'), 'get-xmppfederatedpartner\n');
  writeFileSync(path.join(site, 'users.csv'), 'SipAddress,DisplayName\ncarol@contoso.com,Carol\n');
  writeFileSync(path.join(site, 'partners.csv'), 'Identity,PartnerType\nlitware.com,Federated\n');
  writeFileSync(
    path.join(site, 'partners.xml'),
    printClixml([{ Identity: 'proseware.com', PartnerType: 'Federated' }]),
  );
}

/** One message, whose CorrelationId is that of the examples. */
function makeTrace(store: string): void {
  const header = { name: 'ticket-4711', scenario: 'Im', started: '2026-11-22T09:41:00.000Z', withBodies: false };
  const file = createTraceFile(store, header);
  file.append(arriving.map((step) => `${JSON.stringify(step)}\n`).join(''));
  file.close();
}

/** An authority, an intermediate, the certificate of the pending request in every form, and a key of its own in a PFX. */
function makeCertificates(folder: string): void {
  const openssl = (line: string): void => void execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  openssl(
    `req -x509 ${key} -keyout root.key -out corporate-root.cer -days 3650 -subj /CN=Corporate -addext basicConstraints=critical,CA:TRUE`,
  );
  openssl(`req -new ${key} -keyout ca.key -out ca.csr -subj /CN=Issuing -addext basicConstraints=critical,CA:TRUE`);
  const signed = '-days 400 -copy_extensions copyall';
  openssl(`x509 -req -in ca.csr -CA corporate-root.cer -CAkey root.key ${signed} -out intermediate.cer`);
  openssl(`x509 -req -in edge.csr -CA intermediate.cer -CAkey ca.key ${signed} -out edge.cer`);
  openssl('crl2pkcs7 -nocrl -certfile edge.cer -certfile intermediate.cer -out edge.p7b');
  openssl(
    `req -new ${key} -keyout own.key -out own.csr -subj /CN=edge.contoso.com -addext subjectAltName=DNS:contoso.com`,
  );
  openssl(`x509 -req -in own.csr -CA intermediate.cer -CAkey ca.key ${signed} -out own.cer`);
  openssl(
    'pkcs12 -export -in own.cer -inkey own.key -certfile intermediate.cer -passout file:password.txt -out edge.pfx',
  );
  const all = ['own.cer', 'intermediate.cer', 'own.key'].map((name) => readFileSync(path.join(folder, name), 'utf8'));
  writeFileSync(path.join(folder, 'fullchain-and-key.pem'), all.join(''));
}

/** The example with the thumbprint of a certificate that this store has. */
export function inThisStore(command: string, folder: string): string {
  if (!command.includes(exampleThumbprint)) return command;
  const store = JSON.parse(readFileSync(path.join(folder, 'store', 'store.json'), 'utf8'));
  const [thumbprint = ''] = Object.keys(store.certificates ?? {});
  return command.replaceAll(exampleThumbprint, thumbprint);
}
