/** The devices that are registered with the home server now: found by their user, shown as objects. */
import type { Configuration } from '../config/configuration.ts';
import { CodedError } from '../primitives/errors.ts';
import { visibleText } from '../primitives/visible-text.ts';
import { hostPort } from './service/service-object.ts';
import type { Registration } from './sip-control.ts';
import { findUser, userOrThrow } from './users.ts';
import { isPattern, wildcard } from './wildcard.ts';

export interface RegistrationSelection {
  /** A user or a pattern of users, with `sip:` or without. */
  readonly user?: string | undefined;
  readonly contact?: string | undefined;
}

/** By user, oldest first. */
export function selectRegistrations(
  registrations: readonly Registration[],
  { user, contact }: RegistrationSelection,
): readonly Registration[] {
  const fits = wildcard(bare(user ?? '*'));
  return registrations
    .filter(({ aor, contact: uri }) => fits(bare(aor)) && (contact === undefined || uri === contact))
    .toSorted((left, right) => left.aor.localeCompare(right.aor) || left.since.localeCompare(right.since));
}

const bare = (user: string): string => user.replace(/^sips?:/i, '');

/** The object that cmdlets emit. What a device says of itself is escaped. */
export const registrationObject = (registration: Registration) => ({
  Identity: registration.aor,
  Contact: visibleText(registration.contact),
  Transport: registration.transport,
  Source: hostPort(registration.address, registration.port),
  Since: registration.since,
  ExpiresInSeconds: registration.expiresIn,
  Trusted: registration.isTrusted,
  UserAgent: registration.userAgent === undefined ? null : visibleText(registration.userAgent),
});

/** The address of the user that is meant by address or display name; a pattern, and whom nobody knows, as given. */
export const meantUser = (configuration: Configuration, user: string | undefined): string | undefined =>
  user === undefined || isPattern(user) ? user : (findUser(configuration, user)?.identity ?? user);

/** A user without devices is offline, which is no failure. @throws CodedError `ObjectNotFound` for a name that no user has */
export function refuseUnknownUser(configuration: Configuration, user: string | undefined): void {
  if (user !== undefined && !isPattern(user)) userOrThrow(configuration, user);
}

export const noRegistration = (user: string, contact: string): CodedError =>
  new CodedError('ObjectNotFound', `${user} has no device ${visibleText(contact)}.`, {
    reason: 'it is not registered, or no longer',
    fix: `xgw get-sipregistration ${bare(user)}`,
    target: user,
  });
