/**
 * baresip 1.0, a real SIP client without a screen: registers, sends and shows messages, publishes and watches presence.
 * Driven over its ctrl_tcp port; what it shows is its output. It shows messages only on a terminal, so script(1) gives it one.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { peers, programPath } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort } from './free-port.ts';
import { type RunningProcess, startProcess } from './running-process.ts';

export interface BaresipOptions {
  /** Its registrar and outbound proxy. */
  readonly server: { readonly host: string; readonly port: number };
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** PEM of the roots it trusts in a TLS server. Absent: it asks for no proof. */
  readonly roots?: string;
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  /** Addresses it can send to, such as `sip:juliet@xmpp.example`. */
  readonly contacts?: readonly string[];
  /** Beside those that every test needs, such as `g711.so` for calls. */
  readonly modules?: readonly string[];
  /** Whether it watches its contacts' presence. Default: false. */
  readonly watches?: boolean;
}

export interface Baresip extends Pick<RunningProcess, 'output' | 'waitFor'> {
  /** Resolves when it is registered. */
  registered(): Promise<void>;
  /** Resolves with the text of the first message from this address, once it is shown. Others: `waitFor`. */
  message(from: string): Promise<string>;
  /** Resolves when its list shows the contact so: Online, Busy, Offline or Unknown. Of changes it tells by itself, but not of the first. */
  shows(contact: string, status: string): Promise<void>;
  /** Sends a message to one of its contacts. */
  send(to: string, text: string): Promise<void>;
  /** One of its commands, such as `reginfo` or `presence_online`; resolves with what it answers. */
  command(name: string, parameters?: string): Promise<string>;
  /** De-registers and ends. */
  stop(): Promise<void>;
  /** Ends without a word. */
  kill(): Promise<void>;
}

const moduleFolders = ['/usr/lib/baresip/modules', '/usr/local/lib/baresip/modules'];

export async function startBaresip(options: BaresipOptions): Promise<Baresip> {
  const folder = temporaryFolder();
  const [sipPort, controlPort] = [await freePort(), await freePort()];
  writeFileSync(path.join(folder, 'config'), configOf(options, sipPort, controlPort));
  if (options.roots !== undefined) writeFileSync(path.join(folder, 'roots.pem'), options.roots);
  writeFileSync(path.join(folder, 'accounts'), accountOf(options));
  writeFileSync(path.join(folder, 'contacts'), contactsOf(options));
  const command = `${programPath(peers.baresip.program) ?? 'baresip'} -s -v -f '${folder}'`;
  const running = startProcess(programPath(peers.script.program) ?? 'script', ['-qfc', command, '/dev/null'], folder);

  const control = (name: string, parameters = ''): Promise<string> => ask(controlPort, name, parameters);
  return {
    output: () => running.output(),
    waitFor: (pattern, ms) => running.waitFor(pattern, ms),
    async registered() {
      await running.waitFor(/registered successfully/);
    },
    async message(from) {
      const shown = await running.waitFor(new RegExp(`${escaped(from)}[^\\r\\n]*?: "([^"\\r\\n]*)"`));
      return shown[1] ?? '';
    },
    async shows(contact, status) {
      const line = new RegExp(`${status}[^\\n]*<${escaped(contact)}>`);
      const deadline = Date.now() + noticePatience;
      for (let list = await control('contacts'); !line.test(list); list = await control('contacts')) {
        if (Date.now() > deadline) throw new Error(`baresip never showed ${contact} as ${status}: ${list}`);
        await delay(askEveryMs);
      }
    },
    async send(to, text) {
      await selectContact(control, to, options.contacts?.length ?? 0);
      await control('message', text);
    },
    command: control,
    kill: () => running.kill(),
    async stop() {
      await control('quit').catch(() => '');
      if (!(await running.endsWithin(quitTimeout))) await running.stop();
    },
  };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function configOf({ transport, roots, modules = [] }: BaresipOptions, sipPort: number, controlPort: number): string {
  const lines = [
    `sip_listen 127.0.0.1:${sipPort}`,
    `sip_trans_def ${transport}`,
    ...(roots === undefined ? [] : ['sip_cafile roots.pem']),
    'call_max_calls 1',
    `module_path ${moduleFolders.find((folder) => existsSync(folder)) ?? ''}`,
    ...['stdio.so', 'ctrl_tcp.so', 'uuid.so', ...modules].map((name) => `module ${name}`),
    ...['account', 'contact', 'menu', 'presence'].map((name) => `module_app ${name}.so`),
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
  ];
  return `${lines.join('\n')}\n`;
}

function accountOf({ user, domain, transport, password, server }: BaresipOptions): string {
  const address = `<sip:${user}@${domain};transport=${transport}>`;
  const outbound = `outbound="sip:${server.host}:${server.port};transport=${transport}"`;
  return `${address};auth_user=${user};auth_pass=${password};${outbound};regint=600;pubint=600;answermode=manual\n`;
}

const contactsOf = ({ contacts = [], watches = false }: BaresipOptions): string =>
  contacts.map((uri, index) => `"Contact ${index}" <${uri}>${watches ? ';presence=p2p' : ''}\n`).join('');

type Control = (name: string, parameters?: string) => Promise<string>;

/** `message` goes to the current contact: go on to the next until it is this one. */
async function selectContact(control: Control, to: string, contacts: number): Promise<void> {
  for (let step = 0; step <= contacts; step += 1) {
    const list = await control('contacts');
    if (new RegExp(`> [^\\n]*<${escaped(to)}>`).test(list)) return;
    await control('contact_next');
  }
  throw new Error(`${to} is no contact of this baresip`);
}

/** Milliseconds to de-register and end. */
const quitTimeout = 20_000;
/** Milliseconds: five seconds between two notices [RFC 3856 §6.10], and whatever a loaded machine adds. */
const noticePatience = 60_000;
/** Milliseconds between two questions. */
const askEveryMs = 100;
/** Milliseconds for one command. */
const controlTimeout = 20_000;

/** One command and its answer, both JSON in a netstring. */
function ask(port: number, command: string, params: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = Buffer.from(JSON.stringify({ command, params, token: 't1' }));
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(Buffer.concat([Buffer.from(`${request.length}:`), request, Buffer.from(',')]));
    });
    let received = Buffer.alloc(0);
    socket.setTimeout(controlTimeout, () => socket.destroy(new Error(`baresip does not answer ${command}`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`baresip closed the connection at ${command}`)));
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      const answer = netstrings(received).find((text) => text.includes('"response":true'));
      if (answer === undefined) return;
      resolve((JSON.parse(answer) as { data?: string }).data ?? '');
      socket.end();
    });
  });
}

/** The complete netstrings at the beginning of the bytes. */
function netstrings(bytes: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const colon = bytes.indexOf(':', at);
    const length = Number(bytes.subarray(at, colon).toString());
    const end = colon + 1 + length;
    if (colon < 0 || Number.isNaN(length) || end >= bytes.length) break;
    texts.push(bytes.subarray(colon + 1, end).toString());
    at = end + 1;
  }
  return texts;
}
