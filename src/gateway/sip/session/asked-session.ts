/** Who asked for a session, and what is known of it then. */
import type { Dialog } from '../dialog.ts';
import type { Speaker } from '../speaker.ts';
import type { Source } from '../transport.ts';
import type { FirstMessage } from './first-message.ts';
import type { Agreement } from './session-timer.ts';

/** A session that the user asked for. */
export interface Accepted {
  readonly dialog: Dialog;
  /** Where it came from. */
  readonly source: Source;
  /** Our Contact. */
  readonly contact: string;
  readonly first: FirstMessage | undefined;
  /** Of the session timer; nothing when the session need not be refreshed. */
  readonly agreed: Agreement | undefined;
}

/** By the user; or by the contact, whose client this is. */
export type Asked =
  | { readonly accepted: Accepted }
  | { readonly accepted?: undefined; readonly speaker: Speaker | undefined };
