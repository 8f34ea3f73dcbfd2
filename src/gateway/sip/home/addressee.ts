/** Whom a request is for. */

import { canonicalAor, sipUriIn } from '../aor.ts';
import type { SipRequest } from '../message.ts';
import { tagOf } from '../name-addr.ts';
import { parseSipUri, type SipUri } from '../sip-uri.ts';

export interface Addressee {
  readonly uri: SipUri;
  readonly aor: string;
  readonly isLocal: boolean;
  /** The To has a tag: somebody has answered an earlier request of the same dialog. */
  readonly isInDialog: boolean;
}

/**
 * Inside a dialog the Request-URI is the remote target, which may be our own Contact, so the To decides.
 *
 * @returns Undefined for a scheme that is not sip or sips, and for a malformed URI; the answer is 416.
 */
export function addresseeOf(request: SipRequest, isLocalDomain: (domain: string) => boolean): Addressee | undefined {
  const to = request.headers.get('To');
  const isInDialog = tagOf(to) !== undefined;
  const requestUri = parseSipUri(request.requestUri);
  const uri = isInDialog ? sipUriIn(to) : requestUri.ok ? requestUri.value : undefined;
  return uri && { uri, aor: canonicalAor(uri), isLocal: isLocalDomain(uri.host), isInDialog };
}
