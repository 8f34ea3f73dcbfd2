/** Our INVITE and what its 2xx answers need: an ACK each, and a BYE for every fork but the first [RFC 3261 §13.2.2.4]. */
import { allowMethods } from '../allowed-methods.ts';
import { parseCSeq } from '../c-seq.ts';
import { ackFor, type Dialog, dialogFromResponse, nextRequest } from '../dialog.ts';
import { Headers } from '../headers.ts';
import { maxSessionSeconds } from '../limits.ts';
import type { SipResponse } from '../message.ts';
import type { FinalResponse, OutgoingRequest } from '../outgoing-request.ts';
import { assertedIdentity, fromField, type Speaker } from '../speaker.ts';
import type { Destination } from '../transport.ts';
import { printImOffer, sdpContent } from './im-offer.ts';
import { contactAddress } from './own-address.ts';
import type { ImSessionSetup, SessionEnds } from './session-setup.ts';
import { askedMinimum, timerOffer } from './session-timer.ts';

/** Names of our side of a dialog; no other session has both. */
export interface SessionIdentity {
  readonly callId: string;
  readonly localTag: string;
}

/** `number`: of the CSeq. `minSeconds`: what the 422 to the attempt before asked for [RFC 4028 §7.3]. */
export interface InviteAttempt {
  readonly number: number;
  readonly minSeconds?: number | undefined;
}

/** INVITEs for one session, when each is refused for a session timer that is too short. */
const maxAttempts = 3;

/** The INVITE after a 422; nothing when its minimum is none, or beyond ours. */
export function nextAttempt(
  { number, minSeconds = 0 }: InviteAttempt,
  final: FinalResponse,
): InviteAttempt | undefined {
  if (!final.ok || final.response.status !== 422 || number >= maxAttempts) return undefined;
  const asked = askedMinimum(final.response);
  if (asked === undefined || asked <= minSeconds || asked > maxSessionSeconds) return undefined;
  return { number: number + 1, minSeconds: asked };
}

export function invitation(
  { userAor, contactAor }: SessionEnds,
  { callId, localTag, speaker }: SessionIdentity & { readonly speaker?: Speaker | undefined },
  contact: string,
  { number, minSeconds }: InviteAttempt,
) {
  const headers = Headers.of([
    fromField(contactAor, localTag, speaker),
    ['To', `<${userAor}>`],
    ['Call-ID', callId],
    ['CSeq', `${number} INVITE`],
    ['Contact', contact],
    assertedIdentity(contactAor, speaker),
    allowMethods,
    ...timerOffer(minSeconds),
    sdpContent,
  ]);
  const body = printImOffer(contactAddress(contact));
  return { method: 'INVITE', requestUri: userAor, headers, body } satisfies OutgoingRequest;
}

/** Acknowledges a 2xx. @returns Its dialog; nothing when the answer has none, and so cannot be acknowledged. */
export function acknowledged(
  { endpoint }: Pick<ImSessionSetup, 'endpoint'>,
  response: SipResponse,
  destination: Destination,
): Dialog | undefined {
  const dialog = dialogFromResponse(response);
  if (!dialog.ok) return undefined;
  void endpoint.sendAck(ackFor(dialog.value, dialog.value.localCSeq), destination);
  return dialog.value;
}

/** The ACK of a re-INVITE has its number, which is no longer the last one of the dialog [RFC 3261 §13.2.2.4]. */
export function acknowledgeRefresh(
  { endpoint }: Pick<ImSessionSetup, 'endpoint'>,
  dialog: Dialog,
  destination: Destination,
  { headers }: SipResponse,
): void {
  const cSeq = headers.read('CSeq', parseCSeq);
  if (cSeq.ok) void endpoint.sendAck(ackFor(dialog, cSeq.value.number), destination);
}

/** Another 2xx: the first one again, whose ACK was lost, or another device of the user, who is told that it is not needed. */
export function furtherSuccess(
  setup: Pick<ImSessionSetup, 'endpoint'>,
  kept: { readonly dialog: Dialog | undefined; readonly destination: Destination },
  response: SipResponse,
): void {
  const { destination } = kept;
  const dialog = acknowledged(setup, response, destination);
  if (dialog === undefined || dialog.remoteTag === kept.dialog?.remoteTag) return;
  void setup.endpoint.request(nextRequest(dialog, 'BYE').request, destination);
}
