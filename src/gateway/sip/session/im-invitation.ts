/** Our INVITE and what its 2xx answers need: an ACK each, and a BYE for every fork but the first [RFC 3261 §13.2.2.4]. */
import { ackFor, type Dialog, dialogFromResponse, nextRequest } from '../dialog.ts';
import { Headers } from '../headers.ts';
import type { SipResponse } from '../message.ts';
import type { OutgoingRequest } from '../outgoing-request.ts';
import { printImOffer, sdpContent } from './im-offer.ts';
import { allowSession } from './in-session-requests.ts';
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
  { callId, localTag }: SessionIdentity,
  contact: string,
) {
  const headers = Headers.of([
    ['From', `<${contactAor}>;tag=${localTag}`],
    ['To', `<${userAor}>`],
    ['Call-ID', callId],
    ['CSeq', `${inviteCSeq} INVITE`],
    ['Contact', contact],
    allowSession,
    sdpContent,
  ]);
  const body = printImOffer(contactAddress(contact));
  return { method: 'INVITE', requestUri: userAor, headers, body } satisfies OutgoingRequest;
}

/** Acknowledges a 2xx. @returns Its dialog; nothing when the answer has none, and so cannot be acknowledged. */
export function acknowledged(setup: ImSessionSetup, response: SipResponse): Dialog | undefined {
  const dialog = dialogFromResponse(response);
  const destination = setup.destination();
  if (!dialog.ok || destination === undefined) return undefined;
  void setup.endpoint.sendAck(ackFor(dialog.value, inviteCSeq), destination);
  return dialog.value;
}

/** Another 2xx: the first one again, whose ACK was lost, or another device of the user, who is told that it is not needed. */
export function furtherSuccess(setup: ImSessionSetup, kept: Dialog | undefined, response: SipResponse): void {
  const dialog = acknowledged(setup, response);
  const destination = setup.destination();
  if (dialog === undefined || destination === undefined || dialog.remoteTag === kept?.remoteTag) return;
  void setup.endpoint.request(nextRequest(dialog, 'BYE').request, destination);
}
