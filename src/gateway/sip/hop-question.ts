/** The OPTIONS that asks a next hop whether it is there. It ends at the hop itself, whatever is behind it. */
import { Headers } from './headers.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import type { Destination } from './transport.ts';

export interface Asker {
  token(bits: number): string;
  /** The host in the From: who asks. */
  askerHost(): string;
}

/** With Max-Forwards 0 a proxy answers itself, 200 or 483 [RFC 3261 §11, §16.3]. */
export function hopQuestion({ tlsName, host }: Destination, { token, askerHost }: Asker): OutgoingRequest {
  const name = tlsName ?? host;
  const uri = `sip:${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}`;
  const headers = Headers.of([
    ['From', `<sip:${askerHost()}>;tag=${token(64)}`],
    ['To', `<${uri}>`],
    ['Call-ID', token(128)],
    ['CSeq', '1 OPTIONS'],
    ['Max-Forwards', '0'],
  ]);
  return { method: 'OPTIONS', requestUri: uri, headers };
}
