/** What renewing needs of a store and of this machine: the parts of the gateway's runner and of Update-Certificate alike. */
import { type Clock, realClock } from '../../primitives/clock.ts';
import type { Secret } from '../../primitives/secret.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { renewalJournal } from '../../store/renewal-journal.ts';
import { authorityFor } from '../online-authority/authority-for.ts';
import type { RenewalPorts } from './renew-certificate.ts';

export interface RenewalStore {
  readonly store: ConfigStore;
  readonly keys: KeyStore;
  keyPassphrase(): Secret | undefined;
}

export function renewalPorts(parts: RenewalStore, clock: Clock = realClock): RenewalPorts {
  const now = clock.wallTime;
  const journal = renewalJournal(parts.store.folder, clock);
  return { ...parts, journal, now, authorityFor: (renewal) => authorityFor(renewal, { now, store: parts.store }) };
}
