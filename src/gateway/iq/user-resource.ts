/** The one resource that stands for all SIP devices of a user: presence comes from a full JID [RFC 6121 §4.2.2]. */
export const userResource = 'sip';
