/**
 * The main job, shown: two gateways set up by cmdlets alone, two SIP users, and what crosses between them over
 * server-to-server TLS. Touches a temporary folder and loopback ports, and leaves neither behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { isComposingType, parseIsComposing, printIsComposing } from '../../gateway/sip/bodies/is-composing.ts';
import { CodedError } from '../../primitives/errors.ts';
import { randomIds } from '../../primitives/ids.ts';
import { stepsNow } from '../trace/trace-control.ts';
import { crossingLadder } from './crossing-ladder.ts';
import { type DemonstrationSite, demonstrationSite } from './demonstration-site.ts';
import { type Arrived, openSipUser, type SipUser } from './sip-user.ts';

export interface DemonstrationPlan {
  /** The command that runs this program: node and its script. */
  readonly program: readonly string[];
  /** Told each line of the story. */
  show(line: string): void;
}

export interface DemonstrationStep {
  readonly Step: string;
  readonly Result: 'Success' | 'Failure';
  readonly LatencyMs: number;
  readonly Detail: string;
  readonly [property: string]: unknown;
}

/** Milliseconds that anything in the demonstration may take; it takes tens. */
const patienceMs = 10_000;

/** @returns One object a step. @throws CodedError `TestFailed` naming the first step that did not work. */
export async function demonstrate(plan: DemonstrationPlan): Promise<readonly DemonstrationStep[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'xgw-demonstration-'));
  const sites: DemonstrationSite[] = [];
  const users: SipUser[] = [];
  try {
    for (const domain of ['contoso.example', 'fabrikam.example']) {
      sites.push(await demonstrationSite({ domain, folder, ...plan }));
    }
    const [contoso, fabrikam] = sites as [DemonstrationSite, DemonstrationSite];
    await setUp(contoso, fabrikam, plan);
    const alice = await signIn(contoso, 'alice');
    const bob = await signIn(fabrikam, 'bob');
    users.push(alice, bob);
    const steps = await converse(alice, bob, plan);
    plan.show('');
    plan.show('The way of the messages, from the traces of both gateways:');
    plan.show('');
    const traces = [await traceOf(contoso), await traceOf(fabrikam)] as const;
    for (const line of crossingLadder(...traces).split('\n')) plan.show(line);
    return steps;
  } finally {
    await Promise.all(users.map((user) => user.close()));
    for (const site of sites) await site.type('stop-service', '-Force').catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

const storeOf = (site: DemonstrationSite): string => path.join(site.folder, 'store');
const traceOf = (site: DemonstrationSite) => stepsNow(storeOf(site));

/** What an administrator of each side types. The partners find each other by -ProxyFqdn, since there is no DNS here. */
async function setUp(
  contoso: DemonstrationSite,
  fabrikam: DemonstrationSite,
  { show }: DemonstrationPlan,
): Promise<void> {
  for (const [site, user] of [
    [contoso, 'alice'],
    [fabrikam, 'bob'],
  ] as const) {
    show(`--- ${site.domain}`);
    const password = site.file('password.txt', passwordOf(user));
    await site.type('initialize-gateway', site.domain);
    await site.type(
      'set-xmppgatewayconfiguration',
      ...['-XmppListenAddress', '127.0.0.1', '-XmppPort', String(site.xmppPort), '-XmppDirectTlsPort', '0'],
      ...['-SipListenAddress', '127.0.0.1', '-SipPort', String(site.sipPort), '-SipTlsPort', '0'],
      ...['-AllowLoopbackPeers', 'true'],
    );
    await site.type('new-user', `sip:${user}@${site.domain}`, '-PasswordFile', password, '-OutputFormat', 'none');
    await site.type('export-certificate', '-CA', 'local', '-Path', site.file('ca.pem'));
  }
  for (const [site, other] of [
    [contoso, fabrikam],
    [fabrikam, contoso],
  ] as const) {
    show(`--- ${site.domain}`);
    await site.type(
      'new-xmppfederatedpartner',
      other.domain,
      ...['-PartnerType', 'Federated', '-SupportDialbackNegotiation', 'false'],
      ...[
        '-ProxyFqdn',
        `127.0.0.1:${other.xmppPort}`,
        '-TrustedRootsPath',
        other.file('ca.pem'),
        '-OutputFormat',
        'none',
      ],
    );
    await site.type('start-service');
  }
  show('');
}

const passwords = new Map<string, string>();

function passwordOf(user: string): string {
  const password = passwords.get(user) ?? randomIds.token(128);
  passwords.set(user, password);
  return password;
}

async function signIn(site: DemonstrationSite, user: string): Promise<SipUser> {
  const account = { user, domain: site.domain, password: passwordOf(user), serverPort: site.sipPort };
  const agent = await openSipUser(account);
  const status = await agent.register();
  if (status !== 200) throw failed(`register ${user}@${site.domain}`, `the home server answered ${status}`);
  return agent;
}

async function converse(
  alice: SipUser,
  bob: SipUser,
  { show }: DemonstrationPlan,
): Promise<readonly DemonstrationStep[]> {
  const text = 'Hello Bob, can you hear me? — Ja, es läuft: 你好 👋';
  const steps: DemonstrationStep[] = [];
  const step = async (name: string, act: () => Promise<string>): Promise<void> => {
    const began = performance.now();
    const detail = await act();
    const latency = Math.round(performance.now() - began);
    show(`OK  ${name}: ${detail} (${latency} ms)`);
    steps.push({ Step: name, Result: 'Success', LatencyMs: latency, Detail: detail });
  };
  const aliceAor = 'sip:alice@contoso.example';
  const bobAor = 'sip:bob@fabrikam.example';
  await step('IM', async () => {
    accepted('IM', await alice.send(bobAor, 'text/plain;charset=UTF-8', text));
    await expected('IM', bob, (request) => request.from === aliceAor && request.body === text);
    return 'alice@contoso.example -> bob@fabrikam.example, unchanged';
  });
  await step('answer', async () => {
    accepted('answer', await bob.send(aliceAor, 'text/plain;charset=UTF-8', 'Loud and clear.'));
    await expected('answer', alice, (request) => request.from === bobAor && request.body === 'Loud and clear.');
    return 'bob@fabrikam.example -> alice@contoso.example';
  });
  await step('typing', async () => {
    accepted(
      'typing',
      await alice.send(bobAor, isComposingType, printIsComposing({ state: 'active', refreshSeconds: 90 })),
    );
    await expected('typing', bob, isTyping);
    return 'bob sees that alice is typing';
  });
  await step('presence', async () => {
    accepted('presence', await alice.watch(bobAor));
    await expected(
      'presence',
      alice,
      ({ method, body }) => method === 'NOTIFY' && body.includes('<basic>open</basic>'),
    );
    return 'alice sees that bob is available';
  });
  return steps;
}

function isTyping({ contentType, body }: Arrived): boolean {
  if (contentType !== isComposingType) return false;
  const notice = parseIsComposing(Buffer.from(body, 'utf8'));
  return notice.ok && notice.value.state === 'active';
}

function accepted(step: string, status: number): void {
  if (status >= 300) throw failed(step, `the gateway answered ${status}`);
}

async function expected(step: string, user: SipUser, fits: (request: Arrived) => boolean): Promise<void> {
  if ((await user.next(fits, patienceMs)) === undefined)
    throw failed(step, `nothing arrived within ${patienceMs / 1000} s`);
}

const failed = (step: string, reason: string): CodedError =>
  new CodedError('TestFailed', `The demonstration stopped at: ${step}.`, { reason, target: step });
