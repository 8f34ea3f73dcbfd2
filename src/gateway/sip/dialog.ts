/**
 * A dialog as a value [RFC 3261 §12]: tags, CSeq numbers, route set, remote target. Every function gives a new dialog.
 * Address parameters of the peer other than the tag (epid) are kept and sent back [MS-SIPRE 3.2.4.1].
 */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { parseCSeq, printCSeq } from './c-seq.ts';
import { type HeaderField, Headers } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { refreshesTarget } from './methods.ts';
import { type NameAddr, parseNameAddr, printNameAddr } from './name-addr.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import { parseSipUri } from './sip-uri.ts';

export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  /** '' for a peer of RFC 2543, which sends no tag [RFC 3261 §12.1.1]. */
  readonly remoteTag: string;
  /** Our From, without the tag. */
  readonly local: NameAddr;
  /** Our To, without the tag. */
  readonly remote: NameAddr;
  /** URI of the peer's Contact: the Request-URI of our requests. */
  readonly remoteTarget: string;
  /** Values for Route, in the order they are written. Fixed for the life of the dialog. */
  readonly routeSet: readonly string[];
  /** Number of our last request; 0 when there was none. */
  readonly localCSeq: number;
  /** Number of the peer's last request; undefined when there was none. */
  readonly remoteCSeq: number | undefined;
}

/** One text for each dialog, as a key of a Map. */
export const dialogKey = (callId: string, localTag: string, remoteTag: string): string =>
  `${callId}\n${localTag}\n${remoteTag}`;

export const keyOfDialog = (dialog: Dialog): string => dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag);

/** The dialog that a request of the peer belongs to, or undefined when it is outside of any [RFC 3261 §12.2.2]. */
export function dialogKeyOfRequest(request: SipRequest): string | undefined {
  const to = request.headers.read('To', parseNameAddr);
  const from = request.headers.read('From', parseNameAddr);
  if (!to.ok || !from.ok) return undefined;
  const localTag = to.value.parameters.get('tag');
  if (localTag === undefined) return undefined;
  return dialogKey(request.headers.get('Call-ID') ?? '', localTag, from.value.parameters.get('tag') ?? '');
}

/** The UAS side, from the request that created it (INVITE, SUBSCRIBE; a NOTIFY that came before its 2xx) [§12.1.1]. */
export function dialogFromRequest(request: SipRequest, localTag: string): Result<Dialog, string> {
  const ends = readEnds(request);
  if (!ends.ok) return ends;
  const { from, to, cSeq, target } = ends.value;
  if (target === undefined) return refuse('Contact is missing.');
  return ok({
    callId: request.headers.get('Call-ID') ?? '',
    localTag,
    remoteTag: from.parameters.get('tag') ?? '',
    local: withoutTag(to),
    remote: withoutTag(from),
    remoteTarget: target,
    routeSet: request.headers.getAll('Record-Route'),
    localCSeq: 0,
    remoteCSeq: cSeq,
  });
}

/** The UAC side, from a 2xx or a 101-199 with a To tag [§12.1.2]. Our own request's CSeq is in the response. */
export function dialogFromResponse(response: SipResponse): Result<Dialog, string> {
  const ends = readEnds(response);
  if (!ends.ok) return ends;
  const { from, to, cSeq, target } = ends.value;
  if (target === undefined) return refuse('Contact is missing.');
  return ok({
    callId: response.headers.get('Call-ID') ?? '',
    localTag: from.parameters.get('tag') ?? '',
    remoteTag: to.parameters.get('tag') ?? '',
    local: withoutTag(from),
    remote: withoutTag(to),
    remoteTarget: target,
    routeSet: response.headers.getAll('Record-Route').toReversed(),
    localCSeq: cSeq,
    remoteCSeq: undefined,
  });
}

/** A request inside the dialog with the next CSeq number [§12.2.1.1]. ACK and CANCEL are not made here. */
export function nextRequest(
  dialog: Dialog,
  method: string,
  fields: readonly HeaderField[] = [],
  body?: Buffer,
): { readonly dialog: Dialog; readonly request: OutgoingRequest } {
  const next = { ...dialog, localCSeq: dialog.localCSeq + 1 };
  return { dialog: next, request: inDialogRequest(next, { method, number: next.localCSeq }, fields, body) };
}

/** The ACK of a 2xx: the CSeq number of its INVITE [§13.2.2.4]. */
export const ackFor = (dialog: Dialog, inviteCSeq: number, fields: readonly HeaderField[] = []): OutgoingRequest =>
  inDialogRequest(dialog, { method: 'ACK', number: inviteCSeq }, fields);

/**
 * Takes a request of the peer into the dialog [§12.2.2].
 *
 * @returns The dialog with its new remote CSeq and target. Refusal: 500 for a CSeq number that is not higher.
 */
export function receiveInDialog(dialog: Dialog, request: SipRequest): Result<Dialog, 400 | 500> {
  const ends = readEnds(request);
  if (!ends.ok) return refuse(400);
  const { cSeq, target } = ends.value;
  // ACK carries the number of its INVITE and CANCEL that of its request.
  if (request.method === 'ACK' || request.method === 'CANCEL') return ok(dialog);
  if (dialog.remoteCSeq !== undefined && cSeq <= dialog.remoteCSeq) return refuse(500);
  const moved = target !== undefined && refreshesTarget(request.method) ? target : dialog.remoteTarget;
  return ok({ ...dialog, remoteCSeq: cSeq, remoteTarget: moved });
}

/** The remote target of a 2xx to one of our target refresh requests [§12.2.1.2]. */
export function receiveResponse(dialog: Dialog, response: SipResponse): Dialog {
  const ends = readEnds(response);
  if (!ends.ok || ends.value.target === undefined || response.status >= 300) return dialog;
  return refreshesTarget(ends.value.method) ? { ...dialog, remoteTarget: ends.value.target } : dialog;
}

/** The URI whose host gets the next request of the dialog: the first route, else the remote target [§8.1.2]. */
export function nextHopUri(dialog: Dialog): string {
  const first = dialog.routeSet[0];
  const route = first === undefined ? undefined : parseNameAddr(first);
  return route?.ok === true ? route.value.uri : dialog.remoteTarget;
}

function inDialogRequest(
  dialog: Dialog,
  cSeq: { method: string; number: number },
  fields: readonly HeaderField[],
  body?: Buffer,
): OutgoingRequest {
  const { requestUri, routes } = routing(dialog);
  const headers = Headers.of([
    ...routes.map((route) => ['Route', route] as const),
    ['From', withTag(dialog.local, dialog.localTag)],
    ['To', withTag(dialog.remote, dialog.remoteTag)],
    ['Call-ID', dialog.callId],
    ['CSeq', printCSeq(cSeq)],
    ...fields,
  ]);
  return { method: cSeq.method, requestUri, headers, body };
}

/** A first route without `lr` is a strict router: it must stand in the Request-URI, and the target goes last [§12.2.1.1]. */
function routing(dialog: Dialog): { requestUri: string; routes: readonly string[] } {
  const hop = nextHopUri(dialog);
  const uri = parseSipUri(hop);
  if (dialog.routeSet.length === 0 || !uri.ok || uri.value.parameters.has('lr')) {
    return { requestUri: dialog.remoteTarget, routes: dialog.routeSet };
  }
  return { requestUri: hop, routes: [...dialog.routeSet.slice(1), `<${dialog.remoteTarget}>`] };
}

interface Ends {
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly cSeq: number;
  readonly method: string;
  readonly target: string | undefined;
}

function readEnds(message: SipRequest | SipResponse): Result<Ends, string> {
  const from = message.headers.read('From', parseNameAddr);
  if (!from.ok) return refuse(`From: ${from.error}`);
  const to = message.headers.read('To', parseNameAddr);
  if (!to.ok) return refuse(`To: ${to.error}`);
  const cSeq = message.headers.read('CSeq', parseCSeq);
  if (!cSeq.ok) return cSeq;
  const contact = message.headers.get('Contact');
  const target = contact === undefined ? undefined : parseNameAddr(contact);
  if (target?.ok === false) return refuse(`Contact: ${target.error}`);
  return ok({
    from: from.value,
    to: to.value,
    cSeq: cSeq.value.number,
    method: cSeq.value.method,
    target: target?.value.uri,
  });
}

function withoutTag(address: NameAddr): NameAddr {
  return { ...address, parameters: new Map([...address.parameters].filter(([name]) => name !== 'tag')) };
}

const withTag = (address: NameAddr, tag: string): string =>
  printNameAddr(
    tag === '' ? address : { ...address, parameters: new Map([['tag', tag] as const, ...address.parameters]) },
  );
