/**
 * What has come of renewing certificates: `state/renewal/journal.json`, 0600. It is run-time state: what is due follows from
 * the certificates, and losing the journal costs an order that was under way, nothing more. The folder is the lock of renewals.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';
import type { Clock } from '../primitives/clock.ts';
import { CodedError, isCodedError, systemErrorCode } from '../primitives/errors.ts';
import { withConfigLock } from './config-lock.ts';
import { storeDenied } from './store-denied.ts';
import { giveToFolderOwner } from './store-folder.ts';

/** Of one certificate that is to be succeeded. */
export interface RenewalAttempt {
  /** SHA-256 of the public key that an order is under way for; absent: none is. */
  readonly orderedKey?: string;
  /** In a row. */
  readonly failures: number;
  /** ISO 8601, UTC: not before. */
  readonly nextAttempt?: string;
  /** One sentence. */
  readonly lastError?: string;
  /** The window that the authority suggests, ISO 8601, UTC. */
  readonly advice?: { readonly from: string; readonly until: string };
  /** ISO 8601, UTC: not before, the authority is asked for it again. */
  readonly adviceAgain?: string;
}

const noAttempt: RenewalAttempt = { failures: 0 };

export interface RenewalJournal {
  /** What cannot be read was never written. */
  attemptOf(thumbprint: string): RenewalAttempt;
  /** @param attempt - undefined: the certificate has been succeeded, or is gone. @throws CodedError `StoreDenied` */
  write(thumbprint: string, attempt: RenewalAttempt | undefined): void;
  /** Does the work while no other process renews. @throws CodedError `RenewalBusy` naming it; what the work throws */
  alone<T>(cmdlet: string, work: () => Promise<T>): Promise<T>;
}

const journalIn = (storeFolder: string): string => path.join(storeFolder, 'state', 'renewal', 'journal.json');

/** @param storeFolder - The folder of `store.json`. */
export function renewalJournal(storeFolder: string, clock: Clock): RenewalJournal {
  const file = journalIn(storeFolder);
  const folder = path.dirname(file);
  const guarded = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      throw storeDenied(file, error);
    }
  };
  const prepare = (): void => {
    const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) for (const each of [path.dirname(folder), folder]) giveToFolderOwner(storeFolder, each);
  };
  return {
    attemptOf: (thumbprint) => readJournal(file)[thumbprint] ?? noAttempt,
    write: (thumbprint, attempt) =>
      guarded(() => {
        prepare();
        const { [thumbprint]: _, ...others } = readJournal(file);
        const next = attempt === undefined ? others : { ...others, [thumbprint]: attempt };
        writeFileAtomically({ path: file, data: `${JSON.stringify(next)}\n`, mode: 0o600 });
      }),
    async alone(cmdlet, work) {
      guarded(prepare);
      try {
        return await withConfigLock({ folder, cmdlet, timeoutMs: 0 }, { clock }, work);
      } catch (error) {
        if (!isCodedError(error) || error.id !== 'StoreBusy' || error.target !== folder) throw error;
        throw new CodedError('RenewalBusy', 'Certificates of this store are being renewed at this moment.', {
          reason: error.reason,
          fix: 'xgw get-certificate',
          target: storeFolder,
          cause: error,
        });
      }
    },
  };
}

/** SHA-256 of the public keys that orders are under way for. @param storeFolder - The folder of `store.json`. */
export const orderedKeys = (storeFolder: string): ReadonlySet<string> =>
  new Set(Object.values(readJournal(journalIn(storeFolder))).flatMap(({ orderedKey }) => orderedKey ?? []));

/** Bytes: ten thousand certificates. */
const maxBytes = 8_000_000;

function readJournal(file: string): Readonly<Record<string, RenewalAttempt>> {
  try {
    const text = readFileSync(file, 'utf8');
    const entries: unknown = text.length > maxBytes ? {} : JSON.parse(text);
    if (typeof entries !== 'object' || entries === null) return {};
    return Object.fromEntries(
      Object.entries(entries).flatMap(([name, entry]) => (isAttempt(entry) ? [[name, entry]] : [])),
    );
  } catch (error) {
    if (systemErrorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
    return {};
  }
}

function isAttempt(entry: unknown): entry is RenewalAttempt {
  if (typeof entry !== 'object' || entry === null) return false;
  const { failures, orderedKey, nextAttempt, lastError, advice = {}, adviceAgain } = entry as Entry;
  if (typeof advice !== 'object' || advice === null) return false;
  const times = [nextAttempt, adviceAgain, ...Object.values(advice as Entry)];
  const texts = [orderedKey, lastError, ...times].every((text) => text === undefined || typeof text === 'string');
  const areTimes = times.every((time) => typeof time !== 'string' || !Number.isNaN(Date.parse(time)));
  return Number.isSafeInteger(failures) && texts && areTimes;
}

type Entry = Readonly<Record<string, unknown>>;
