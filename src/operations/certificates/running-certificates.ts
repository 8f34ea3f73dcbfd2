/** Everything that happens to the certificates of a running gateway by itself: they come due, end, are renewed, change on disk. */
import type { Configuration } from '../../config/configuration.ts';
import { realClock } from '../../primitives/clock.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import { givenWarnings } from '../../store/given-warnings.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { watchKeyFiles } from '../../store/key-watch.ts';
import { renewalPorts } from '../renewal/renewal-ports.ts';
import { type RenewalWatch, watchRenewals } from '../renewal/renewal-watch.ts';
import { watchCertificates } from './certificate-watch.ts';
import { serviceKeyPassphrase } from './key-passphrase.ts';

export interface RunningCertificatesPorts {
  readonly store: ConfigStore;
  readonly keys: KeyStore;
  readonly onEvent: OnLogEvent;
  /** What is served may be another one now: it must be read again. */
  readAgain(): void;
}

/** Follows as a watch of renewals does; the key files are followed from the start. */
export function tendCertificates({ store, keys, onEvent, readAgain }: RunningCertificatesPorts): RenewalWatch {
  const assignments = watchCertificates({
    ...{ clock: realClock, keys, onEvent },
    given: givenWarnings(store.folder),
    takeOver: readAgain,
  });
  const renewals = watchRenewals({
    ...renewalPorts({ store, keys, keyPassphrase: serviceKeyPassphrase }),
    ...{ clock: realClock, onEvent, random: Math.random },
  });
  const keyFiles = watchKeyFiles(keys.folder, readAgain);
  return {
    follow(configuration: Configuration) {
      assignments.follow(configuration);
      renewals.follow(configuration);
    },
    summary: renewals.summary,
    async close() {
      assignments.close();
      keyFiles.close();
      await renewals.close();
    },
  };
}
