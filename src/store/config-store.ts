/** The one door to the configuration on disk: readers never lock, writers take turns, every change is a numbered revision. */
import type { Configuration } from '../config/configuration.ts';

export interface Change {
  /** The cmdlet that makes the change, in PascalCase, and the object it changes: both go into the revision. */
  readonly cmdlet: string;
  readonly target: string;
  /** Refuse with `RevisionConflict` when the store has another revision. */
  readonly ifRevision?: number;
  /** Milliseconds to wait for other writers before `StoreBusy` names the holder. */
  readonly lockTimeoutMs: number;
  /** Pure. Throws a CodedError to refuse. Returning an equal configuration makes no revision. */
  apply(current: Configuration): Configuration;
}

export interface Update {
  readonly before: Configuration;
  readonly after: Configuration;
  /** False when nothing differed, and so no revision was made. */
  readonly changed: boolean;
}

export interface ConfigStore {
  /** The store's folder: `store.json`, `keys/`, `state/`, `log/` and `run/` are in it. */
  readonly folder: string;
  /** @throws CodedError `ConfigurationDamaged` naming file and field; `StoreDenied`; never for an absent store, which is empty. */
  read(): Configuration;
  /** @throws CodedError `StoreBusy`, `RevisionConflict`, `StoreFull`, `StoreDenied`, and whatever `apply` throws. */
  update(change: Change): Promise<Update>;
}
