/**
 * The metrics over HTTP, on loopback only: `GET /metrics` and nothing else. Whoever collects from elsewhere puts a proxy in
 * front of it, which can say who may.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import type { Metrics } from './prometheus.ts';

export interface MetricsListener {
  readonly port: number;
  close(): Promise<void>;
}

export const metricsAddress = '127.0.0.1';

/** Milliseconds in which a request must have arrived, and in which an idle connection ends. Source: own choice. */
const timeoutMs = 10_000;
/** Collectors are few. Source: own choice. */
const maxConnections = 16;

/** @param port - 1 to 65535. @throws CodedError `ListenerInUse`, `ListenerDenied`, `ListenerFailed` */
export async function listenForMetrics(
  port: number,
  metrics: Pick<Metrics, 'contentType' | 'print'>,
): Promise<MetricsListener> {
  const server = createServer({ requestTimeout: timeoutMs, headersTimeout: timeoutMs, keepAliveTimeout: timeoutMs });
  server.maxConnections = maxConnections;
  server.on('request', (request, response) => void answer(request, response, metrics));
  server.listen(port, metricsAddress);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(port, error);
  }
  // Whoever collects is told by the connection that fails.
  server.on('error', () => undefined);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: Pick<Metrics, 'contentType' | 'print'>,
): Promise<void> {
  const [path] = (request.url ?? '').split('?', 1);
  request.resume();
  if (path !== '/metrics') return void response.writeHead(404).end();
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return void response.writeHead(405, { Allow: 'GET, HEAD' }).end();
  const text = await metrics.print();
  response.writeHead(200, { 'Content-Type': metrics.contentType });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function cannotListen(port: number, error: unknown): CodedError {
  const code = systemErrorCode(error);
  const id = code === 'EADDRINUSE' ? 'ListenerInUse' : code === 'EACCES' ? 'ListenerDenied' : 'ListenerFailed';
  return new CodedError(id, `The metrics cannot listen on ${metricsAddress}:${port}.`, {
    reason: error instanceof Error ? error.message : String(error),
    fix: [`ss -tulnp 'sport = :${port}'`, 'xgw set-xmppgatewayconfiguration -MetricsPort 9464'],
  });
}
