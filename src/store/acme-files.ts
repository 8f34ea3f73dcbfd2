/**
 * What must outlive a process that speaks ACME: the accounts, one file each in the key folder, 0600, since it holds the account's
 * key; and the orders that are under way, in `state/acme/`, one file for each public key that a certificate is ordered for.
 */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';
import { systemErrorCode } from '../primitives/errors.ts';
import { damagedKeyFile, keyFiles } from './key-files.ts';
import { storeDenied } from './store-denied.ts';
import { giveToFolderOwner } from './store-folder.ts';

/** Whose account it is: that of a directory, and of the external account it is bound to. */
export interface AcmeAccountName {
  readonly directory: string;
  readonly eabKeyId: string | undefined;
}

export interface StoredAccount {
  /** P-256, private. */
  readonly key: KeyObject;
  /** Undefined: the server has not made the account yet, or it was not heard. */
  readonly url: string | undefined;
  /** As the server was told: `mailto:` URLs. */
  readonly contact: readonly string[];
}

export interface StoredOrder {
  readonly directory: string;
  readonly account: string;
  readonly order: string;
}

export interface AcmeFiles {
  /** @throws CodedError `KeyFileExposed`, `KeyFileDamaged`, `StoreDenied` */
  readAccount(name: AcmeAccountName): StoredAccount | undefined;
  /** Keeps the account, or gives back the one that another process has kept meanwhile. */
  createAccount(name: AcmeAccountName, account: StoredAccount): StoredAccount;
  saveAccount(name: AcmeAccountName, account: StoredAccount): void;
  /** What cannot be read was never written: a new order costs nothing. @param publicKeySha256 - Of the key in the request. */
  readOrder(publicKeySha256: string): StoredOrder | undefined;
  /** @param order - Undefined: it has come to its end. */
  saveOrder(publicKeySha256: string, order: StoredOrder | undefined): void;
}

/** Touches nothing until it is asked for something. @param storeFolder - The folder of `store.json`. */
export function acmeFiles(storeFolder: string): AcmeFiles {
  const keys = keyFiles(path.join(storeFolder, 'keys'));
  const folder = path.join(storeFolder, 'state', 'acme');
  const orderFile = (publicKeySha256: string): string => path.join(folder, `${path.basename(publicKeySha256)}.json`);
  const guarded = <T>(file: string, action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw storeDenied(file, error);
    }
  };
  const prepare = (): void => {
    const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) for (const each of [path.dirname(folder), folder]) giveToFolderOwner(storeFolder, each);
  };
  return {
    readAccount(name) {
      const text = keys.read(accountFile(name));
      return text === undefined ? undefined : parseAccount(text, keys.pathOf(accountFile(name)));
    },
    createAccount: (name, account) =>
      parseAccount(keys.createOrRead(accountFile(name), printAccount(name, account)), keys.pathOf(accountFile(name))),
    saveAccount: (name, account) => keys.write(accountFile(name), printAccount(name, account)),
    readOrder: (publicKeySha256) => readOrder(orderFile(publicKeySha256)),
    saveOrder(publicKeySha256, order) {
      const file = orderFile(publicKeySha256);
      guarded(file, () => {
        if (order === undefined) return rmSync(file, { force: true });
        prepare();
        return writeFileAtomically({ path: file, data: `${JSON.stringify(order)}\n`, mode: 0o600 });
      });
    },
  };
}

/** A directory's URL is no file name. */
function accountFile({ directory, eabKeyId = '' }: AcmeAccountName): string {
  const digest = createHash('sha256').update(`${directory}\n${eabKeyId}`).digest('hex');
  return `${digest.slice(0, 32)}.acme-account.json`;
}

function printAccount({ directory, eabKeyId }: AcmeAccountName, { key, url, contact }: StoredAccount): string {
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return `${JSON.stringify({ directory, eabKeyId, url, contact, key: pem })}\n`;
}

function parseAccount(text: string, file: string): StoredAccount {
  try {
    const { key, url, contact } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const isWhole = (url === undefined || typeof url === 'string') && Array.isArray(contact);
    const privateKey = createPrivateKey(String(key));
    if (isWhole && privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1')
      return { key: privateKey, url, contact: contact.map(String) };
  } catch {
    // What follows says it.
  }
  throw damagedKeyFile(file, 'it is no ACME account');
}

/** Bytes: three URLs. */
const maxOrderBytes = 20_000;

function readOrder(file: string): StoredOrder | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    const read: unknown = text.length > maxOrderBytes ? undefined : JSON.parse(text);
    if (typeof read !== 'object' || read === null) return undefined;
    const { directory, account, order } = read as Readonly<Record<string, unknown>>;
    const isWhole = typeof directory === 'string' && typeof account === 'string' && typeof order === 'string';
    return isWhole ? { directory, account, order } : undefined;
  } catch (error) {
    if (systemErrorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
