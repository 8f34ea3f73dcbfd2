/** What the home server says of itself [RFC 3261 §11.2, §20.5]. */
import { pidfType } from '../bodies/pidf.ts';
import type { HeaderField } from '../headers.ts';
import { sdpType } from '../session/sdp.ts';
import { timerExtension } from '../session/session-timer.ts';
import { acceptEncoding, acceptLanguage } from '../uas-refusal.ts';
import { presencePackage } from './presence-package.ts';
import { watcherInfoPackage } from './watcher-info-package.ts';

/** For users here, and for this server itself; to contacts sessions are taken too. */
export const allowedHere: HeaderField = ['Allow', 'MESSAGE, OPTIONS, PUBLISH, REGISTER, SUBSCRIBE'];
const allowedInAll: HeaderField = [
  'Allow',
  'ACK, BYE, CANCEL, INFO, INVITE, MESSAGE, OPTIONS, PUBLISH, REGISTER, SUBSCRIBE, UPDATE',
];

/** What the 200 to OPTIONS says [RFC 3261 §11.2]. */
export const capabilities: readonly HeaderField[] = [
  allowedInAll,
  ['Allow-Events', `${presencePackage.event}, ${watcherInfoPackage.event}`],
  ['Accept', `text/plain, ${pidfType}, ${sdpType}`],
  acceptEncoding,
  acceptLanguage,
  ['Supported', timerExtension],
];
