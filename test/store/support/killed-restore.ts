/** A process that restores a backup and is killed, as by the kernel, when it has come to a step. */
import { readFileSync, writeSync } from 'node:fs';

import { openBackup } from '../../../src/operations/backup/backup-file.ts';
import { restore, restoredConfiguration } from '../../../src/operations/backup/restore.ts';
import { Secret } from '../../../src/primitives/secret.ts';
import { openConfigStore } from '../../../src/store/open-config-store.ts';

const [, , folder = '', file = '', password = '', step = ''] = process.argv;
const store = openConfigStore(folder);

async function killed(): Promise<void> {
  const contents = await openBackup(file, async () => new Secret(readFileSync(password, 'utf8').trim()));
  const target = 'backup';
  await restore({
    folder,
    contents,
    target,
    revision: () => store.read().revision,
    async commit() {
      const apply = (current: ReturnType<typeof store.read>) => restoredConfiguration(current, contents);
      await store.update({ cmdlet: 'Restore-Configuration', target, lockTimeoutMs: 5000, apply });
      return true;
    },
    onStep(done) {
      if (done === step) process.kill(process.pid, 'SIGKILL');
    },
  });
}

killed().catch((error: unknown) => {
  writeSync(2, String(error));
  process.exitCode = 1;
});
