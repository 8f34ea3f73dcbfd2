/** The settings of a user as parameters of new- and set-, and the password as what is kept of it. */
import { type Deployment, deployments, type User } from '../../config/configuration.ts';
import { digestCredential } from '../../config/digest-credential.ts';
import { userDomain, userName } from '../../config/user-identity.ts';
import { checkedSecret, readGivenSecret } from '../../operations/given-secret.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';
import type { KeyStore } from '../../store/key-store.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import {
  bool,
  clearable,
  domainOrHostWithPort,
  oneOf,
  optional,
  path,
  switchType,
  text,
  textUpTo,
} from '../host/parameters.ts';
import { setting } from './partner-parameters.ts';

const fromPipe = { pipeline: 'property' } as const;
/** Characters. */
const maxName = 256;

export const userSettings = {
  DisplayName: optional(clearable(textUpTo(maxName)), 'The name people see.', fromPipe),
  SurvivableBranch: optional(bool, 'A user of a survivable branch appliance: XMPP is refused, both ways.', {
    ...fromPipe,
    aliases: ['IsSurvivableBranch'],
    defaultText: 'False',
  }),
  Site: optional(clearable(textUpTo(64)), 'The site whose policy applies to the user.', fromPipe),
  HomeServer: optional(clearable(domainOrHostWithPort), 'The pool or gateway that is the home of the user.', fromPipe),
  Deployment: optional(oneOf(deployments, 'Deployment'), 'Legacy until the user is moved from the old pool.', {
    ...fromPipe,
    defaultText: 'Current',
  }),
  PasswordFile: optional(path, 'File with the password the SIP client registers with; only you may read it.'),
  PasswordStdin: optional(switchType, 'Read the password from standard input.'),
  Password: optional(text, 'Refused: every user of the machine could read it.', {
    refusedBecause: 'Use -PasswordFile <path>, or -PasswordStdin, or leave it out to be asked.',
  }),
};

export interface GivenUserSettings {
  readonly DisplayName: string | null | undefined;
  readonly SurvivableBranch: boolean | undefined;
  readonly Site: string | null | undefined;
  readonly HomeServer: string | null | undefined;
  readonly Deployment: Deployment | undefined;
}

export function withUserSettings(user: User, given: GivenUserSettings): User {
  const { site, homeServer, deployment, ...always } = user;
  return {
    ...always,
    displayName: given.DisplayName === undefined ? user.displayName : (given.DisplayName ?? ''),
    survivableBranch: given.SurvivableBranch ?? user.survivableBranch,
    ...setting('site', given.Site, site),
    ...setting('homeServer', given.HomeServer, homeServer),
    ...setting('deployment', given.Deployment, deployment),
  };
}

export interface GivenPassword {
  readonly PasswordFile: string | undefined;
  readonly PasswordStdin: boolean | undefined;
}

/** The password that was handed over, or undefined. @throws CodedError `ParameterConflict` and what reading throws */
export async function givenPassword(given: GivenPassword, context: CmdletContext): Promise<Secret | undefined> {
  if (given.PasswordFile !== undefined && given.PasswordStdin) {
    throw new CodedError('ParameterConflict', '-PasswordFile and -PasswordStdin exclude each other.');
  }
  const from = given.PasswordStdin ? '-' : given.PasswordFile;
  return from === undefined ? undefined : await readGivenSecret(from, context);
}

/** Asks for the password of a new user, where somebody can be asked. */
export async function askPassword(identity: string, context: CmdletContext): Promise<Secret | undefined> {
  if (!context.interactive || context.whatIf) return undefined;
  return checkedSecret(await context.askSecret(`Password of ${identity}`, true));
}

/**
 * Keeps what is needed of a password while `change` refers to it, and drops it again when the change did not happen.
 *
 * @param change Gets the name of the credential, and returns whether the configuration now refers to it.
 */
export async function withCredential(
  identity: string,
  password: Secret | undefined,
  context: CmdletContext,
  change: (credential: string | undefined) => Promise<boolean>,
): Promise<void> {
  // -WhatIf makes no file.
  if (password === undefined || context.whatIf) return void (await change(undefined));
  const keys = await keyStoreOf(context);
  const credential = keys.saveCredential(digestCredential(userName(identity), userDomain(identity), password));
  let kept = false;
  try {
    kept = await change(credential);
  } finally {
    if (!kept) keys.discardCredential(credential);
  }
}

/** Loaded late: most changes of a user have no password. */
export async function keyStoreOf({ store }: CmdletContext): Promise<KeyStore> {
  const { openKeyStore } = await import('../../store/key-store.ts');
  return openKeyStore(store.folder);
}
