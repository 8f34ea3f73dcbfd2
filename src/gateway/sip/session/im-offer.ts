/**
 * What an INVITE asks for, and our side of it: an IM session as Lync and OCS mean it, one `m=message` medium by SIP, for two
 * people [MS-CONFIM; seen from pidgin-sipe 1.25]. Conferences, calls, files and MSRP are refused.
 */
import { type Result, refuse } from '../../../primitives/result.ts';
import { type BodyPart, bodyOf } from '../bodies/body-part.ts';
import { parseMultipart } from '../bodies/multipart.ts';
import type { HeaderField } from '../headers.ts';
import type { SipRequest } from '../message.ts';
import type { ResponseParts } from '../response-to.ts';
import type { Address } from './own-address.ts';
import { parseSdp, printSdp, type SdpMedia, sdpType } from './sdp.ts';
import { timerExtension } from './session-timer.ts';

/** Media in their order; at least one is an IM medium. */
export type ImOffer = readonly SdpMedia[];

export interface Refused {
  readonly status: number;
  readonly more?: ResponseParts;
}

/** @returns A refusal as the answer: 420 for an unknown extension, 488 for whatever else is no IM session of two. */
export function readImOffer(request: SipRequest): Result<ImOffer, Refused> {
  const unknown = unknownExtensions(request);
  if (unknown !== undefined) return refuse({ status: 420, more: { headers: [['Unsupported', unknown]] } });
  if (isConference(request)) return refuse(notAcceptable('Conferences Are Not Supported', 399));
  const description = descriptionIn(bodyOf(request));
  const media = description === undefined ? undefined : parseSdp(description);
  if (media?.ok !== true || !media.value.some(isIm))
    return refuse(notAcceptable('Not An IM Session', mediaNotAvailable));
  return media;
}

/** What a request requires and nobody here knows, as the value of Unsupported [RFC 3261 §8.2.2.3]. */
export function unknownExtensions({ headers }: SipRequest): string | undefined {
  const unknown = headers.getAll('Require').filter((option) => option.toLowerCase() !== timerExtension);
  return unknown.length === 0 ? undefined : unknown.join(', ');
}

/** Whether an answer to our offer takes the session; one without a description does. */
export function takesIm(answer: { readonly headers: SipRequest['headers']; readonly body: Buffer }): boolean {
  if (answer.body.length === 0) return true;
  const media = parseSdp(answer.body);
  return media.ok && media.value.some(isIm);
}

/** @param address - Of our side. @param aor - Of the contact, whom we speak for. */
export function printImAnswer(offer: ImOffer, address: Address, aor: string): Buffer {
  const taken = offer.find(isIm);
  const answered = offer.map((medium) =>
    medium === taken
      ? { ...medium, port: address.port, formats: [aor], acceptTypes: acceptedTypes }
      : { ...medium, port: 0, acceptTypes: [] },
  );
  return printSdp(address.host, answered);
}

export const printImOffer = ({ host, port }: Address): Buffer =>
  printSdp(host, [{ name: 'message', port, protocol: 'sip', formats: ['null'], acceptTypes: acceptedTypes }]);

/** Whoever is told so sends plain text and nothing else. */
const acceptedTypes = ['text/plain'];
export const sdpContent: HeaderField = ['Content-Type', sdpType];

const isIm = ({ name, port, protocol }: SdpMedia): boolean =>
  port !== 0 && protocol.toLowerCase() === 'sip' && ['message', 'x-ms-message'].includes(name.toLowerCase());

/** Invitations that a conference sends out, or that name more than the two of us. */
function isConference({ headers }: SipRequest): boolean {
  const isTriggered = headers.get('TriggeredInvite')?.trim().toUpperCase() === 'TRUE';
  return isTriggered || (headers.get('EndPoints') ?? '').split('sip:').length > 3;
}

/** The description alone, or the first among alternatives. */
function descriptionIn(part: BodyPart): Buffer | undefined {
  if (part.mediaType === sdpType) return part.isEncoded ? undefined : part.content;
  if (part.mediaType !== 'multipart/alternative') return undefined;
  const parts = parseMultipart(part);
  return parts.ok ? parts.value.find(({ mediaType }) => mediaType === sdpType)?.content : undefined;
}

/** Source: RFC 3261 §20.43, "Media type not available". */
const mediaNotAvailable = 304;

const notAcceptable = (reason: string, warning: number): Refused => ({
  status: 488,
  more: { reason, headers: [['Warning', `${warning} xgw "${reason}"`]] },
});
