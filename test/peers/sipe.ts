/**
 * pidgin-sipe 1.25, a real client of the Lync and OCS dialect, without a screen: IM sessions by INVITE, typing by INFO. It knows
 * no digest, so its registrar must not ask for a password.
 */
import path from 'node:path';

import { peers, programPath } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startProcess } from './running-process.ts';

export interface SipeOptions {
  readonly server: { readonly host: string; readonly port: number };
  /** `user@domain`. */
  readonly address: string;
}

export interface Sipe {
  /** Into its window for this address, such as `sip:juliet@xmpp.example`. */
  send(to: string, text: string): void;
  typing(to: string, isTyping: boolean): void;
  /** Closes the window, and ends the session with it. */
  closeWindow(to: string): void;
  /** Resolves with the first event that fits, such as `{"event": "message", "from": "sip:...", "text": "..."}`. */
  waitFor(event: string, part?: string, ms?: number): Promise<unknown>;
  output(): string;
}

/** Resolves when it is registered, by TCP. */
export async function startSipe({ server, address }: SipeOptions): Promise<Sipe> {
  const home = temporaryFolder();
  const driver = path.join(import.meta.dirname, 'sipe-client.py');
  const python = programPath(peers.python.program) ?? 'python3';
  const running = startProcess(python, [driver, home, address, `${server.host}:${server.port}`], home, { input: true });
  const waitFor: Sipe['waitFor'] = (event, part = '', ms) =>
    running.waitFor(new RegExp(`\\{"event": "${event}".*${part}.*\\}`), ms);
  await waitFor('signed-on');
  return {
    send: (to, text) => running.type(`msg ${to} ${text}`),
    typing: (to, isTyping) => running.type(`typing ${to} ${isTyping ? 1 : 0}`),
    closeWindow: (to) => running.type(`close ${to}`),
    waitFor,
    output: () => running.output(),
  };
}
