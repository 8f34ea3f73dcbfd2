/** The two ends of a stanza that a contact has sent, in both worlds, once policy has admitted them. */

export interface Addressed {
  readonly correlationId: string;
  /** The contact: bare JID, and as a SIP address of record. */
  readonly contact: string;
  readonly contactAor: string;
  /** Our user. */
  readonly userJid: string;
  readonly userAor: string;
  readonly partnerDomain: string;
}
