/** Our INVITE and what its 2xx answers need: an ACK each, and a BYE for every fork but the first [RFC 3261 §13.2.2.4]. */
import { allowMethods } from '../allowed-methods.ts';
import { ackFor, type Dialog, dialogFromResponse, nextRequest } from '../dialog.ts';
import { Headers } from '../headers.ts';
import type { SipResponse } from '../message.ts';
import type { OutgoingRequest } from '../outgoing-request.ts';
import { assertedIdentity, fromField, type Speaker } from '../speaker.ts';
import type { Destination } from '../transport.ts';
import { printImOffer, sdpContent } from './im-offer.ts';
import { contactAddress } from './own-address.ts';
import type { ImSessionSetup, SessionEnds } from './session-setup.ts';

/** Names of our side of a dialog; no other session has both. */
export interface SessionIdentity {
  readonly callId: string;
  readonly localTag: string;
}

/** The CSeq number of the INVITE. */
const inviteCSeq = 1;

export function invitation(
  { userAor, contactAor }: SessionEnds,
  { callId, localTag, speaker }: SessionIdentity & { readonly speaker?: Speaker | undefined },
  contact: string,
) {
  const headers = Headers.of([
    fromField(contactAor, localTag, speaker),
    ['To', `<${userAor}>`],
    ['Call-ID', callId],
    ['CSeq', `${inviteCSeq} INVITE`],
    ['Contact', contact],
    assertedIdentity(contactAor, speaker),
    allowMethods,
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
  void endpoint.sendAck(ackFor(dialog.value, inviteCSeq), destination);
  return dialog.value;
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
