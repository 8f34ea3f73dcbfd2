/** Accepts connections of other servers, with STARTTLS and, where wanted, with direct TLS [XEP-0368]. */
import { createServer, type Server, type Socket } from 'node:net';

import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import type { FailureId } from '../../primitives/failures.ts';
import type { ListenerAddress } from '../../primitives/listener-address.ts';

export interface S2sListenOptions {
  /** Default: all interfaces. */
  readonly address?: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absent: no direct TLS. 0: any free port. */
  readonly directTlsPort?: number;
}

export interface ListenerHooks {
  accept(socket: Socket, directTls: boolean): void;
  /** The system could not give us a connection. The listener goes on. @param where - Address and port. */
  onNotAccepted(where: string, reason: string): void;
}

const failureOf: Readonly<Record<string, FailureId>> = { EADDRINUSE: 'ListenerInUse', EACCES: 'ListenerDenied' };

export class S2sListener {
  readonly #hooks: ListenerHooks;
  #servers: readonly Server[] = [];
  #bound: readonly ListenerAddress[] = [];

  constructor(hooks: ListenerHooks) {
    this.#hooks = hooks;
  }

  /** Where it listens now. */
  get bound(): readonly ListenerAddress[] {
    return this.#bound;
  }

  /**
   * Listens there, and no longer where it listened before. Streams that were accepted stay.
   * @throws CodedError ListenerInUse, ListenerDenied or ListenerFailed; then nothing is listening.
   */
  async listen(options: S2sListenOptions): Promise<readonly ListenerAddress[]> {
    await this.close();
    try {
      const plain = await this.#open('xmpp', options.port, options.address);
      this.#bound = [plain];
      if (options.directTlsPort === undefined) return this.#bound;
      this.#bound = [plain, await this.#open('xmpp-direct-tls', options.directTlsPort, options.address)];
      return this.#bound;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Accepts nothing more. */
  async close(): Promise<void> {
    const servers = this.#servers;
    this.#servers = [];
    this.#bound = [];
    // close() waits for the connections too, and those may stay: the port is free at once.
    for (const server of servers) server.close();
  }

  async #open(protocol: 'xmpp' | 'xmpp-direct-tls', port: number, address?: string): Promise<ListenerAddress> {
    const where = `${address ?? '*'}:${port}`;
    const server = createServer((socket) => this.#hooks.accept(socket, protocol === 'xmpp-direct-tls'));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenerFailure(error, where)));
      server.listen({ port, ...(address !== undefined && { host: address }) }, resolve);
    });
    server.on('error', (error) => this.#hooks.onNotAccepted(where, error.message));
    this.#servers = [...this.#servers, server];
    const bound = server.address();
    if (bound === null || typeof bound === 'string') return { protocol, address: address ?? '', port };
    return { protocol, address: bound.address, port: bound.port };
  }
}

function listenerFailure(error: Error, where: string): CodedError {
  const code = systemErrorCode(error);
  return new CodedError(failureOf[code ?? ''] ?? 'ListenerFailed', `XMPP streams cannot be accepted on ${where}.`, {
    reason: error.message,
    target: where,
    fix: 'xgw set-xmppgatewayconfiguration -XmppPort 15269',
    cause: error,
  });
}
