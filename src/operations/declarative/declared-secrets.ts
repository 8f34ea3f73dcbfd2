/**
 * The secrets that a file names and does not hold: read from their files, compared with what the key folder keeps, and kept when
 * they are new. A secret that is the same as before is no change.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';

import type { Configuration } from '../../config/configuration.ts';
import { type DigestCredential, digestCredential } from '../../config/digest-credential.ts';
import { userDomain, userName } from '../../config/user-identity.ts';
import { equalInConstantTime, type Secret } from '../../primitives/secret.ts';
import { type KeyStore, openKeyStore } from '../../store/key-store.ts';
import { readGivenSecret, type SecretInput } from '../given-secret.ts';
import type { ConfigurationDocument } from './configuration-document.ts';
import { existingObject } from './desired-configuration.ts';
import type { DeclaredSecret } from './document-sections.ts';
import { type DesiredConfiguration, objectsOf } from './sections.ts';

export interface SecretSite {
  readonly storeFolder: string;
  readonly now: Date;
  readonly input: SecretInput;
  /** -WhatIf: nothing is kept. */
  readonly dry: boolean;
}

export interface KeptSecrets {
  /** With the names of what was kept. */
  readonly desired: DesiredConfiguration;
  /** After the change: what it no longer refers to goes to the trash. */
  keep(): void;
  /** In place of the change: everything is as it was. */
  discard(): void;
}

/** @throws CodedError what reading a secret throws, before anything is kept */
export async function keptSecrets(
  { desired, secrets }: Pick<ConfigurationDocument, 'desired' | 'secrets'>,
  current: Configuration,
  site: SecretSite,
): Promise<KeptSecrets> {
  const read: { readonly of: DeclaredSecret; readonly secret: Secret }[] = [];
  for (const of of secrets) read.push({ of, secret: await readGivenSecret(pathOf(of), site.input) });
  const keys = openKeyStore(site.storeFolder);
  const acts = read.flatMap(({ of, secret }) => {
    if (of.section === 'gateway') return dialbackAct(current, secret, keys, site);
    return passwordAct(current, { identity: of.identity, password: secret }, keys, site);
  });
  return {
    desired: acts.reduce((all, { said }) => said(all), desired),
    keep: () => acts.forEach(({ keep }) => keep()),
    discard: () => acts.forEach(({ discard }) => discard()),
  };
}

/** Beside the file that names it. */
export const pathOf = ({ file, fromFile }: Pick<DeclaredSecret, 'file' | 'fromFile'>): string =>
  path.resolve(path.dirname(file), fromFile);

interface Act extends Omit<KeptSecrets, 'desired'> {
  said(desired: DesiredConfiguration): DesiredConfiguration;
}

const nothing = (): void => undefined;

/** The secret is there before the revision that tells the running gateway to read it; the former one is put back if none comes. */
function dialbackAct(
  { gateway }: Configuration,
  passphrase: Secret,
  keys: KeyStore,
  { dry, now }: SecretSite,
): readonly Act[] {
  const digest = createHash('sha256').update(passphrase.reveal(), 'utf8').digest('hex');
  const isSet = gateway.dialbackPassphraseTime !== undefined;
  const former = isSet || !dry ? keys.dialbackSecret().reveal() : '';
  if (isSet && equalInConstantTime(former, digest)) return [];
  if (!dry) keys.saveDialbackSecret(digest);
  const time = now.toISOString();
  return [
    {
      said: (desired) => ({ ...desired, gateway: { ...desired.gateway, dialbackPassphraseTime: time } }),
      keep: nothing,
      discard: () => (dry ? undefined : keys.saveDialbackSecret(former)),
    },
  ];
}

/** What stands for a credential that -WhatIf does not make; nobody sees it. */
const notMade = 'notMade';

function passwordAct(
  current: Configuration,
  { identity, password }: { readonly identity: string; readonly password: Secret },
  keys: KeyStore,
  { dry }: SecretSite,
): readonly Act[] {
  const existing = existingObject(objectsOf(current, 'users'), identity);
  const known = typeof existing?.['credential'] === 'string' ? existing['credential'] : undefined;
  const wanted = digestCredential(userName(identity), userDomain(identity), password);
  if (known !== undefined && isSame(keys.readCredential(known), wanted)) return [];
  const credential = dry ? notMade : keys.saveCredential(wanted);
  return [
    {
      said: (desired) => ({
        ...desired,
        users: { ...desired.users, [identity]: { ...desired.users?.[identity], credential } },
      }),
      keep: () => (known === undefined ? undefined : keys.discardCredential(known)),
      discard: () => (dry ? undefined : keys.discardCredential(credential)),
    },
  ];
}

const isSame = (kept: DigestCredential | undefined, wanted: DigestCredential): boolean =>
  kept !== undefined && kept.username === wanted.username && equalInConstantTime(kept.sha256, wanted.sha256);
