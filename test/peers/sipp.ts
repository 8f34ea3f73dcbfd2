/**
 * sipp, the scripted SIP peer: runs a scenario against a server and returns what it sent and received. Debian's build speaks
 * UDP and TCP, no TLS. The scenarios below use `-au`/`-ap` for digest and `-key` for everything else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { peers, programPath } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort, portBound } from './free-port.ts';
import { startProcess } from './running-process.ts';

export interface SippOptions {
  /** XML of a scenario. */
  readonly scenario: string;
  /** Where it sends. Without it sipp only listens. */
  readonly server?: { readonly host: string; readonly port: number };
  readonly transport: 'udp' | 'tcp';
  /** Digest user and password. */
  readonly user?: string;
  /** The user in From. Default: the digest user. */
  readonly from?: string;
  readonly password?: string;
  /** `-key` values of the scenario. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Its own port; default: a free one. */
  readonly port?: number;
  /** The whole run; sipp fails when it takes longer. Default: 60, for a machine whose processors are taken away. */
  readonly timeoutSeconds?: number;
}

export interface SippOutcome {
  /** 0: every message came as the scenario says; 1: not so. */
  readonly exitCode: number | null;
  /** Every message sent and received, as on the wire, with sipp's separators between them. */
  readonly messages: string;
  /** What sipp complained about. */
  readonly errors: string;
}

export interface RunningSipp {
  readonly port: number;
  /** Every message sent and received so far. */
  messages(): string;
  readonly finished: Promise<SippOutcome>;
}

/** Runs a scenario to its end. */
export async function runSipp(options: SippOptions): Promise<SippOutcome> {
  return (await startSipp(options)).finished;
}

/** Starts a scenario; one that only listens has bound its port when this resolves. */
export async function startSipp(options: SippOptions): Promise<RunningSipp> {
  const folder = temporaryFolder();
  const scenarioFile = path.join(folder, 'scenario.xml');
  writeFileSync(scenarioFile, options.scenario);
  const port = options.port ?? (await freePort());
  const running = startProcess(programPath(peers.sipp.program) ?? 'sipp', argsOf(options, scenarioFile, port), folder);
  const messages = (): string => readIfThere(path.join(folder, 'messages.log'));
  const finished = running.finished.then((exitCode) => ({
    exitCode,
    messages: messages(),
    errors: readIfThere(path.join(folder, 'errors.log')),
  }));
  if (options.server === undefined) await portBound(options.transport, port);
  return { port, messages, finished };
}

function argsOf(options: SippOptions, scenarioFile: string, port: number): string[] {
  const { server, transport, user, from = user, password, keys = {}, timeoutSeconds = 60 } = options;
  const files = '-trace_msg -message_file messages.log -trace_err -error_file errors.log'.split(' ');
  const where = `-t ${transport === 'udp' ? 'u1' : 't1'} -i 127.0.0.1 -p ${port}`.split(' ');
  const bounds = `-m 1 -nostdin -timeout ${timeoutSeconds}s -timeout_error`.split(' ');
  // sipp's watchdog complains of a slow machine among the errors of the scenario, and ends the run over it.
  const patient = '-watchdog_minor_threshold 600000 -watchdog_major_threshold 600000'.split(' ');
  return [
    ...(server === undefined ? [] : [`${server.host}:${server.port}`]),
    '-sf',
    scenarioFile,
    ...where,
    ...bounds,
    ...patient,
    ...files,
    ...(user === undefined ? [] : ['-au', user]),
    ...(from === undefined ? [] : ['-key', 'user', from]),
    ...(password === undefined ? [] : ['-ap', password]),
    ...Object.entries(keys).flatMap(([name, value]) => ['-key', name, value]),
  ];
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** One request and its headers; Via, Call-ID and Content-Length are added. */
export interface ScenarioRequest {
  readonly method: string;
  readonly uri: string;
  readonly to: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

const scenario = (steps: readonly string[]): string =>
  ['<?xml version="1.0" encoding="ISO-8859-1"?>', '<scenario name="test">', ...steps, '</scenario>'].join('\n');

/** sipp turns each line end of the script into CRLF. */
function send(request: ScenarioRequest, cSeq: number, isAnswer: boolean): string {
  const { method, uri, to, headers = [], body = '' } = request;
  const lines = [
    `${method} ${uri} SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport',
    'Max-Forwards: 70',
    'From: <sip:[user]@[domain]>;tag=[pid]t[call_number]',
    `To: ${to}`,
    // Anything but the plain keyword, and sipp does not recognise the answers.
    'Call-ID: [call_id]',
    `CSeq: ${cSeq} ${method}`,
    ...(isAnswer ? ['[authentication]'] : []),
    ...headers,
    'Content-Length: [len]',
  ];
  return `<send retrans="500"><![CDATA[\n${lines.join('\n')}\n\n${body}]]></send>`;
}

const receive = (status: number, more = ''): string => `<recv response="${status}"${more}></recv>`;

/** The request, the challenge, the request again with credentials, and the final response that is expected. */
const withDigest = (request: ScenarioRequest, challenge: 401 | 407, final: number): readonly string[] => [
  send(request, 1, false),
  receive(challenge, ' auth="true"'),
  send(request, 2, true),
  '<recv response="100" optional="true"></recv>',
  receive(final),
];

const answer200 = `<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>`;

/** Any request of a user, sent again with credentials when it is challenged. Keys: domain, and those of the request. */
export const requestScenario = (request: ScenarioRequest, final: number): string =>
  scenario(withDigest(request, 407, final));

/** Keys: domain, contact_port, expires. */
export const registerScenario = (final = 200): string =>
  scenario(
    withDigest(
      {
        method: 'REGISTER',
        uri: 'sip:[domain]',
        to: '<sip:[user]@[domain]>',
        headers: ['Contact: <sip:[user]@[local_ip]:[contact_port];transport=[transport]>;expires=[expires]'],
      },
      401,
      final,
    ),
  );

/** Keys: domain, to (an address of record), body. */
export const sendMessageScenario = (final = 200): string =>
  scenario(
    withDigest(
      {
        method: 'MESSAGE',
        uri: '[to]',
        to: '<[to]>',
        headers: ['Content-Type: text/plain;charset=UTF-8'],
        body: '[body]',
      },
      407,
      final,
    ),
  );

/** Waits for one MESSAGE and takes it. */
export const receiveMessageScenario = (): string =>
  scenario(['<recv request="MESSAGE"></recv>', answer200.replace('[last_To:]', '[last_To:];tag=[pid]m')]);

/** Keys: domain, activity (an element of RFC 4480), note. */
export const publishScenario = (final = 200): string =>
  scenario(
    withDigest(
      {
        method: 'PUBLISH',
        uri: 'sip:[user]@[domain]',
        to: '<sip:[user]@[domain]>',
        headers: ['Event: presence', 'Expires: 600', 'Content-Type: application/pidf+xml'],
        body: [
          '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"',
          ' xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:[user]@[domain]">',
          '<tuple id="t1"><status><basic>open</basic></status><note xml:lang="en">[note]</note></tuple>',
          '<dm:person id="p1"><rpid:activities><rpid:[activity]/></rpid:activities></dm:person></presence>',
        ].join(''),
      },
      407,
      final,
    ),
  );

/** Keys: domain, to (an address of record). Ends after `notifications` NOTIFYs. */
export const subscribeScenario = (notifications = 1, event = 'presence', type = 'application/pidf+xml'): string =>
  scenario([
    ...withDigest(
      {
        method: 'SUBSCRIBE',
        uri: '[to]',
        to: '<[to]>',
        headers: [
          'Contact: <sip:[user]@[local_ip]:[local_port];transport=[transport]>',
          `Event: ${event}`,
          `Accept: ${type}`,
          'Expires: 600',
        ],
      },
      407,
      200,
    ),
    ...Array.from({ length: notifications }, () => ['<recv request="NOTIFY"></recv>', answer200]).flat(),
  ]);
