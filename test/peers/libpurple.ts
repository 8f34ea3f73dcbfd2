/**
 * libpurple 2.14, the library of Pidgin, without a screen: any of its SIP protocols. `libpurple-client.py` drives it; each
 * event it tells is one JSON object on its output.
 */
import path from 'node:path';

import { peers, programPath } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startProcess } from './running-process.ts';

export interface LibpurpleOptions {
  /** `simple`: SIMPLE with digest. `sipe`: the Lync and OCS dialect of pidgin-sipe, without a password. */
  readonly protocol: 'simple' | 'sipe';
  /** Its registrar and outbound proxy. */
  readonly server: { readonly host: string; readonly port: number };
  readonly transport: 'udp' | 'tcp';
  /** `user@domain`. */
  readonly address: string;
  readonly password: string;
  /** In its list when it signs on, and watched from then on, such as `sip:juliet@xmpp.example`. */
  readonly contacts?: readonly string[];
}

export interface Libpurple {
  /** Into its window for this address, such as `sip:juliet@xmpp.example`. */
  send(to: string, text: string): void;
  typing(to: string, isTyping: boolean): void;
  /** Closes the window; ends the session with it, where there is one. */
  closeWindow(to: string): void;
  /** Resolves with the first event that fits, such as `{"event": "message", "from": "sip:...", "text": "..."}`. */
  waitFor(event: string, part?: string, ms?: number): Promise<unknown>;
  output(): string;
  /** The same for a pattern over all of the output. */
  shows(pattern: RegExp, ms?: number): Promise<RegExpExecArray>;
  /** Signs off and ends. */
  stop(): Promise<void>;
  /** Ends without a word. */
  kill(): Promise<void>;
}

/** Resolves when it is registered. */
export async function startLibpurple(options: LibpurpleOptions): Promise<Libpurple> {
  const { protocol, server, transport, address, password, contacts = [] } = options;
  const home = temporaryFolder();
  const driver = path.join(import.meta.dirname, 'libpurple-client.py');
  const account = [protocol, home, address, `${server.host}:${server.port}`, transport, password, ...contacts];
  const python = programPath(peers.python.program) ?? 'python3';
  const running = startProcess(python, [driver, ...account], home, { input: true });
  const waitFor: Libpurple['waitFor'] = (event, part = '', ms) =>
    running.waitFor(new RegExp(`\\{"event": "${event}".*${part}.*\\}`), ms);
  await waitFor('signed-on');
  return {
    send: (to, text) => running.type(`msg ${to} ${text}`),
    typing: (to, isTyping) => running.type(`typing ${to} ${isTyping ? 1 : 0}`),
    closeWindow: (to) => running.type(`close ${to}`),
    waitFor,
    output: () => running.output(),
    shows: (pattern, ms) => running.waitFor(pattern, ms),
    kill: () => running.kill(),
    async stop() {
      running.type('quit');
      if (!(await running.endsWithin(quitTimeout))) await running.stop();
    },
  };
}

/** Milliseconds to de-register and end. */
const quitTimeout = 20_000;
