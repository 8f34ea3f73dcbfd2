/** Users by address without regard to case: SIP would tell `Alice` from `alice`, XMPP and Lync do not. */
import type { Configuration, User } from './configuration.ts';

const indexes = new WeakMap<Configuration, ReadonlyMap<string, User>>();

/** @param aor - `sip:user@domain`. One look-up costs the same for ten users and for ten thousand. */
export function userOf(configuration: Configuration, aor: string): User | undefined {
  let index = indexes.get(configuration);
  if (index === undefined) {
    index = new Map(Object.values(configuration.users).map((user) => [user.identity.toLowerCase(), user]));
    indexes.set(configuration, index);
  }
  return index.get(aor.toLowerCase());
}
