/** Which transaction does a message belong to? [RFC 3261 §17.1.3, §17.2.3], also for peers that send no branch (RFC 2543). */
import { parseCSeq } from '../c-seq.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { tagOf } from '../name-addr.ts';
import { parseVia, uniqueBranch } from '../via.ts';

/** Key of the server transaction of a request. An ACK and, with `method`, a CANCEL have the key of their INVITE. */
export function serverKey(request: SipRequest, method: string = request.method): string {
  const matched = method === 'ACK' ? 'INVITE' : method;
  const via = request.headers.read('Via', parseVia);
  const branch = via.ok ? uniqueBranch(via.value) : undefined;
  if (via.ok && branch !== undefined) {
    return ['3261', branch, via.value.host, via.value.port ?? '', matched].join('\n');
  }
  // No To tag here: the ACK of a refused INVITE has the one of our response, the INVITE has none.
  const sentBy = via.ok
    ? `${via.value.transport} ${via.value.host}:${via.value.port ?? ''} ${via.value.parameters.get('branch') ?? ''}`
    : '';
  return ['2543', request.requestUri, sentBy, originOf(request), matched].join('\n');
}

/** The same request that took two ways has the same origin, with different branches [§8.2.2.2]. */
export const mergeKey = (request: SipRequest): string | undefined =>
  request.headers.read('To', tagOf) === undefined ? `${originOf(request)}\n${request.method}` : undefined;

function originOf(request: SipRequest): string {
  const cSeq = request.headers.read('CSeq', parseCSeq);
  const number = cSeq.ok ? cSeq.value.number : '';
  return [request.headers.read('From', tagOf) ?? '', request.headers.get('Call-ID') ?? '', number].join('\n');
}

/** Key of the client transaction of a response: our branch and the method [§17.1.3]. */
export function clientKey(response: SipResponse): string | undefined {
  const via = response.headers.read('Via', parseVia);
  const branch = via.ok ? uniqueBranch(via.value) : undefined;
  const cSeq = response.headers.read('CSeq', parseCSeq);
  return branch !== undefined && cSeq.ok ? `${branch}\n${cSeq.value.method}` : undefined;
}

/** What the ACK of a 2xx has in common with its INVITE, beside the To tag of our response [§13.2.2.4]. */
export const acknowledgementKey = (request: SipRequest, localTag: string): string =>
  `${originOf(request)}\n${localTag}`;
