/** A user's identity, `sip:user@domain`, and its two halves. */
import { parseDomainName } from '../primitives/domain-name.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';

const userPart = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/%]{1,255}$/;

/**
 * The scheme may be left out, the domain becomes A-labels in lower case, the user stays as written.
 *
 * @source RFC 3261 §25.1 (`user`); URI parameters, passwords and ports name no user and are refused.
 */
export function parseUserIdentity(text: string): Result<string, string> {
  const address = text.trim().replace(/^sips?:/i, '');
  const at = address.lastIndexOf('@');
  const user = address.slice(0, Math.max(at, 0));
  if (!userPart.test(user)) return refuse(`"${text}" is not an address such as sip:alice@contoso.com.`);
  const domain = parseDomainName(address.slice(at + 1));
  return domain.ok ? ok(`sip:${user}@${domain.value}`) : domain;
}

/** The domain of an identity, or of a contact's address written in the same way: also the realm of a user's credentials. */
export const userDomain = (identity: string): string => identity.slice(identity.lastIndexOf('@') + 1);

/** The user part as written: also the user name of the credentials. */
export const userName = (identity: string): string => identity.slice('sip:'.length, identity.lastIndexOf('@'));
