/** The two halves of a user's identity, `sip:user@domain`. */

/** The SIP domain: also the realm of the user's credentials. */
export const userDomain = (identity: string): string => identity.slice(identity.lastIndexOf('@') + 1);

/** The user part as written: also the user name of the credentials. */
export const userName = (identity: string): string => identity.slice('sip:'.length, identity.lastIndexOf('@'));
