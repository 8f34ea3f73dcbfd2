/** The response that belongs to a request [RFC 3261 §8.2.6]: Via, From, To, Call-ID and CSeq come from it. */
import type { HeaderField } from './headers.ts';
import { Headers } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { createsDialog } from './methods.ts';
import { tagOf } from './name-addr.ts';
import { reasonPhrase } from './status.ts';

export interface ResponseParts {
  /** Default: the phrase of the status code. */
  readonly reason?: string | undefined;
  readonly headers?: readonly HeaderField[] | undefined;
  readonly body?: Buffer | undefined;
}

const empty = Buffer.alloc(0);

/** @param toTag Added to a To without a tag, except in a 100. */
export function responseTo(request: SipRequest, status: number, toTag: string, parts: ResponseParts = {}): SipResponse {
  const { headers } = request;
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].flatMap((name) =>
    name === 'To' && headers.has('To')
      ? [['To', toValue(headers, status, toTag)] as const]
      : headers.getAll(name).map((value) => [name, value] as const),
  );
  const recordRoutes = keepsRecordRoute(request.method, status)
    ? headers.getAll('Record-Route').map((value) => ['Record-Route', value] as const)
    : [];
  const timestamp = status === 100 ? headers.getAll('Timestamp').map((value) => ['Timestamp', value] as const) : [];
  return {
    kind: 'response',
    status,
    reason: parts.reason ?? reasonPhrase(status),
    headers: Headers.of([...copied, ...recordRoutes, ...timestamp, ...(parts.headers ?? [])]),
    body: parts.body ?? empty,
  };
}

function toValue(headers: Headers, status: number, toTag: string): string {
  const to = headers.get('To') ?? '';
  return status === 100 || tagOf(to) !== undefined ? to : `${to};tag=${toTag}`;
}

/** Responses that may create a dialog carry its route [RFC 3261 §12.1.1]. */
const keepsRecordRoute = (method: string, status: number): boolean =>
  createsDialog(method) && status > 100 && status < 300;
