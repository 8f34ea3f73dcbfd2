/**
 * Our account at an ACME server: made at first use, found again by its key, bound to an external account where the server wants
 * one. [RFC 8555 §7.3] The key is on disk before the server hears of it.
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

import { CodedError } from '../../../primitives/errors.ts';
import type { Secret } from '../../../primitives/secret.ts';
import type { AcmeAccountName, AcmeFiles, StoredAccount } from '../../../store/acme-files.ts';
import type { HttpsAnswer } from '../https-exchange.ts';
import type { JsonObject } from './acme-json.ts';
import { httpsUrl } from './acme-json.ts';
import { AcmeRefusal } from './acme-refusal.ts';
import { type AcmeSession, locationOf, type SignedRequest } from './acme-session.ts';
import { jwkOf, signHs256 } from './jws.ts';

export interface AccountWanted {
  readonly name: AcmeAccountName;
  /** `mailto:` URLs. */
  readonly contact: readonly string[];
  /** The key of the external account, base64url; asked for when an account has to be made. */
  eabKey(): Promise<Secret | undefined>;
  /** Told before the terms are agreed to. */
  onTerms?(url: string): void;
}

/** An account as it stands in requests. */
export interface AcmeAccount {
  readonly url: URL;
  readonly key: StoredAccount['key'];
  send(request: SignedRequest): Promise<HttpsAnswer>;
}

/** @throws AcmeRefusal, and CodedError as `AcmeSession.send`, `MandatoryParameterMissing` for an external account that is needed */
export async function openAccount(session: AcmeSession, wanted: AccountWanted, files: AcmeFiles): Promise<AcmeAccount> {
  const kept = files.readAccount(wanted.name) ?? files.createAccount(wanted.name, await newAccount());
  const known = httpsUrl(kept.url);
  if (known === undefined) return accountOf(session, kept.key, await register(session, kept, wanted, files));
  // A request that names no contact says nothing about those of the account, which other certificates share.
  if (wanted.contact.length === 0 || isSame(kept.contact, wanted.contact)) return accountOf(session, kept.key, known);
  try {
    await session.send({ url: known, payload: { contact: wanted.contact } }, { key: kept.key, accountUrl: known });
    files.saveAccount(wanted.name, { ...kept, contact: wanted.contact });
    return accountOf(session, kept.key, known);
  } catch (error) {
    if (!isAccountGone(error)) throw error;
    return accountOf(session, kept.key, await register(session, kept, wanted, files));
  }
}

/** The account again after a server has forgotten it: same key, another URL. */
export async function reopenAccount(
  session: AcmeSession,
  wanted: AccountWanted,
  files: AcmeFiles,
): Promise<AcmeAccount> {
  const kept = files.readAccount(wanted.name);
  if (kept !== undefined) files.saveAccount(wanted.name, { ...kept, url: undefined });
  return await openAccount(session, wanted, files);
}

/** [RFC 8555 §6.7] */
export const isAccountGone = (error: unknown): error is AcmeRefusal =>
  error instanceof AcmeRefusal && error.problem.type === 'accountDoesNotExist';

async function newAccount(): Promise<StoredAccount> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  return { key: privateKey, url: undefined, contact: [] };
}

/** A key that the server knows gets the account it has. [RFC 8555 §7.3] */
async function register(
  session: AcmeSession,
  kept: StoredAccount,
  wanted: AccountWanted,
  files: AcmeFiles,
): Promise<URL> {
  const { newAccount: url, termsOfService, externalAccountRequired } = session.directory;
  const binding = await externalAccount(kept, url, wanted);
  if (externalAccountRequired && binding === undefined) throw externalAccountMissing(wanted.name);
  if (termsOfService !== undefined) wanted.onTerms?.(termsOfService);
  const { contact } = wanted;
  const payload = {
    termsOfServiceAgreed: true,
    ...(contact.length === 0 ? {} : { contact }),
    ...(binding === undefined ? {} : { externalAccountBinding: binding }),
  };
  const answer = await session.send({ url, payload }, { key: kept.key, accountUrl: undefined });
  const account = locationOf(answer, url);
  files.saveAccount(wanted.name, { ...kept, url: account.href, contact });
  return account;
}

/** Our key, signed with the key that the authority gave out. [RFC 8555 §7.3.4] */
async function externalAccount(
  { key }: StoredAccount,
  url: URL,
  { name, eabKey }: AccountWanted,
): Promise<JsonObject | undefined> {
  if (name.eabKeyId === undefined) return undefined;
  const shared = (await eabKey())?.reveal() ?? '';
  const octets = Buffer.from(shared, 'base64url');
  if (!/^[\w-]+={0,2}$/.test(shared) || octets.length === 0)
    throw new CodedError('InvalidValue', 'The key of the external account is not base64url.', {
      reason: 'it is made of letters, digits, - and _, as the authority gives it out',
      fix: 'xgw get-help request-certificate -Parameter AcmeEabHmacKeyFile',
      target: name.eabKeyId,
    });
  return { ...signHs256({ kid: name.eabKeyId, url: url.href }, JSON.stringify(jwkOf(key)), octets) };
}

const externalAccountMissing = ({ directory }: AcmeAccountName): CodedError =>
  new CodedError('AuthorityRefused', `${new URL(directory).host} wants to know an account that you have with it.`, {
    reason: 'it issues to customers only, and gives each a key id and an HMAC key for ACME',
    fix: [
      'xgw get-help request-certificate -Parameter AcmeEabKeyId',
      'xgw get-help request-certificate -Parameter AcmeEabHmacKeyFile',
    ],
    target: directory,
  });

const accountOf = (session: AcmeSession, key: StoredAccount['key'], url: URL): AcmeAccount => ({
  url,
  key,
  send: async (request) => await session.send(request, { key, accountUrl: url }),
});

const isSame = (left: readonly string[], right: readonly string[]): boolean => left.join('\n') === right.join('\n');
