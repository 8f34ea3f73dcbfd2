/**
 * Every example of every cmdlet is typed, in this process, on a store that has what it names: 0, or for a test- the answer.
 * Where an example would reach the network or ask a person, what is added to it says so.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { cmdlets } from '../../src/commands/index.ts';
import { freePort } from '../peers/free-port.ts';
import { startDnsServer } from '../support/dns-server.ts';
import type { Ran } from '../support/host-process.ts';
import { exampleSites, inThisStore, listening, type SiteName, type Sites, succeeding, typed } from './example-site.ts';

interface Way {
  /** `running`: the one with a gateway; the others are copied. Default: `filled`. */
  readonly on?: SiteName | 'running';
  /** What is typed behind it. */
  readonly adding?: string;
  readonly exit?: number;
  /** What is done before it. */
  readonly first?: (folder: string) => Promise<void>;
}

/** The first that fits the example counts. */
const ways: readonly (readonly [example: RegExp, way: Way])[] = [
  [/^new-sipdomain contoso\.com/, { on: 'empty' }],
  [/^initialize-gateway/, { on: 'empty' }],
  [/^new-contact /, { on: 'running' }],
  [/^new-/, { on: 'begun' }],
  // No gateway runs there.
  [/\| xgw test-federatedpartner/, { on: 'routed', exit: 21 }],
  [/^(?:get|set|remove)-siproute/, { on: 'routed' }],
  // It asks, and nobody is there: terminal.test.ts answers.
  [/^start-certificatewizard/, { exit: 4 }],
  [/^request-certificate -CA acme:/, { on: 'begun', adding: '-WhatIf', first: dnsHook }],
  [/^request-certificate -New/, { on: 'begun' }],
  [/^request-certificate -Clear|^remove-certificaterequest 1/, { adding: '-Confirm:false' }],
  [/^import-certificate corporate-root/, { adding: '-Confirm:false' }],
  [/^remove-certificate \w+$/, { on: 'single', adding: '-Confirm:false' }],
  [/^set-certificate|^remove-certificate .*-Previous/, { on: 'imported' }],
  [/^remove-certificate/, { on: 'imported', adding: '-Confirm:false' }],
  [/^update-certificate \w/, { adding: '-WhatIf', first: renewable }],
  [/^export-certificate|^test-certificateconfiguration/, { on: 'single' }],
  [/^start-service -Foreground/, { adding: '-WhatIf' }],
  [/^(?:start|stop|restart)-service/, { first: ownPorts }],
  [/^get-servicestatus -Watch$/, { on: 'running', adding: '-Count 1' }],
  // No stream is open.
  [/^wait-service -Condition PartnerConnected/, { on: 'running', adding: '-Timeout 0', exit: 10 }],
  [/^(?:wait|update)-service/, { on: 'running' }],
  // No stream is open: the certificate of a partner is looked at in test/scenarios.
  [/^get-xmpppeercertificate fabrikam.com/, { on: 'running', exit: 3 }],
  [/^(?:get|set|remove)-contact|^get-presencesub|^get-xmpp(?:session|peer)|^clear-|^disconnect-/, { on: 'running' }],
  [/^test-(?:xmppim|presence|federationroute|federatedpartner)/, { on: 'running' }],
  // No device is registered: scenarios/sipe-at-home has some.
  [/^remove-sipregistration .*-Contact/, { on: 'running', exit: 3 }],
  [/^(?:get|remove)-sipregistration|^get-imsession/, { on: 'running' }],
  // Nothing waits: scenarios/partner-away.
  [/^(?:get|remove)-queuedmessage/, { on: 'running' }],
  // Nobody answers updates there: scenarios/publish-dns.
  [/^publish-dnsrecord/, { adding: '-WhatIf', first: tsigKey }],
  [/^clear-trace/, { adding: '-Confirm:false' }],
  // It is one that has ended.
  [/^stop-trace ticket/, { on: 'running', exit: 3 }],
  [/^(?:start|stop)-trace/, { on: 'running' }],
  [
    /^show-plan/,
    { first: (folder) => succeeding(folder, 'sync-configuration gateway.yaml -WhatIf -OutPlan plan.json') },
  ],
  [/^compare-configuration.*-Runtime/, { on: 'running' }],
  [/^compare-configuration.*-DetailedExitCode/, { exit: 20 }],
  [/\| xgw export-csv/, { on: 'filled', adding: '-Force' }],
  [/^restore-configuration/, { first: backedUp }],
  // There is no session: shell/console.test.ts has one.
  [/^(?:start|stop)-transcript/, { exit: 2 }],
  // Where it goes: shells.test.ts.
  [/^register-completion/, { adding: '-WhatIf' }],
];

const wayOf = (command: string): Way => ways.find(([example]) => example.test(command))?.[1] ?? {};

let root: string;
let sites: Sites;
let running: string;

const here = process.cwd();
/** Milliseconds: one process runs all examples, beside other suites. */
jest.setTimeout(120_000);

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'xgw-examples-'));
  sites = await exampleSites(root);
  running = path.join(root, 'running');
  cpSync(sites.filled, running, { recursive: true });
  await ownPorts(running);
  await succeeding(running, 'start-service');
});
afterAll(async () => {
  await typed(running, 'stop-service -Force');
  // The files after this one run in the same process, and need a folder that exists.
  process.chdir(here);
  rmSync(root, { recursive: true, force: true });
});

describe('xgw', () => {
  it.each(cmdlets.flatMap(({ examples }) => examples.map(({ command }) => command)))('%s', async (command) => {
    const way = wayOf(command);
    const { code, stderr } = await run(command, way);
    // A test- has answered when it says no.
    const isAnswer = command.startsWith('test-') && code === 21;
    expect([isAnswer ? 0 : code, stderr]).toEqual([way.exit ?? 0, isAnswer || way.exit ? expect.anything() : noError]);
  });
});

describe('with -PassThru', () => {
  const changing = cmdlets.filter(
    ({ name, impact, output }) => impact && output && /^(?:New|Set|Remove|Grant|Suspend|Resume)-/.test(name),
  );
  const lines = changing.flatMap(({ examples }) => {
    const plain = examples.filter(({ command }) => !command.includes('|') && wayOf(command).exit === undefined);
    return plain
      .slice(0, 1)
      .map(({ command }) => (command.includes('-WhatIf') ? [] : `${command} -PassThru`))
      .flat();
  });

  it.each(lines)('%s says whether something was changed', async (command) => {
    const { code, stdout } = await run(command, wayOf(command));
    const objects = stdout.split('\n').filter((line) => line.startsWith('{'));
    expect(code).toBe(0);
    for (const object of objects) expect(JSON.parse(object)).toMatchObject({ Changed: expect.any(Boolean) });
    // What was not there to be removed leaves nothing to pass on.
    if (!command.startsWith('remove-')) expect(objects).not.toEqual([]);
  });
});

async function run(command: string, { on = 'filled', adding = '', first }: Way): Promise<Ran> {
  const folder = on === 'running' ? running : copyOf(on);
  await first?.(folder);
  const line = command.includes(adding) ? command : `${command} ${adding}`;
  const ran = await typed(folder, await withResolvers(inThisStore(line, folder), folder));
  if (/^(?:start|restart)-service/.test(command)) await typed(folder, 'stop-service -Force');
  return ran;
}

const noError = expect.not.stringMatching(/^ {2}Id: /m);

let copies = 0;

function copyOf(site: SiteName): string {
  const folder = path.join(root, `example-${(copies += 1)}`);
  cpSync(sites[site], folder, { recursive: true });
  return folder;
}

async function ownPorts(folder: string): Promise<void> {
  await succeeding(folder, listening(await freePort(), await freePort()));
}

/** A resolver of the test in place of those of the example, and of the machine's. */
async function withResolvers(line: string, folder: string): Promise<string> {
  if (!/^(?:test|publish)-dnsrecord/.test(line)) return line;
  const server = await startDnsServer();
  if (line.startsWith('publish')) {
    server.soa('contoso.com');
    return line.replace('192.0.2.53', server.address);
  }
  server.xmppServer('contoso.com', 5269);
  server.xmppServer('fabrikam.com', 5269);
  await succeeding(folder, `set-xmppgatewayconfiguration -DnsServers ${server.address}`);
  return line.replace('192.0.2.53,198.51.100.53:5353', server.address);
}

async function tsigKey(folder: string): Promise<void> {
  const secret = Buffer.alloc(32, 1).toString('base64');
  writeFileSync(path.join(folder, 'ns.key'), `hmac-sha256:xgw:${secret}`, { mode: 0o600 });
}

async function backedUp(folder: string): Promise<void> {
  await succeeding(folder, 'backup-configuration backups -PasswordFile password.txt');
}

/** The program that the example names, beside the store. */
async function dnsHook(folder: string): Promise<void> {
  writeFileSync(path.join(folder, 'root.pem'), readFileSync(path.join(sites.filled, 'corporate-root.cer')));
}

/** As an authority that renews over the network has issued it. */
async function renewable(folder: string): Promise<void> {
  const file = path.join(folder, 'store', 'store.json');
  const store = JSON.parse(readFileSync(file, 'utf8'));
  for (const record of Object.values<{ renewal?: unknown }>(store.certificates))
    record.renewal = { authority: 'est:https://127.0.0.1:9' };
  writeFileSync(file, JSON.stringify(store));
}
