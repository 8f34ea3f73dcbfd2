/** A process that writes numbered records to the run-time state of a store and says so after each one that is durable. */
import { writeSync } from 'node:fs';

import { realClock } from '../../../src/primitives/clock.ts';
import { isCodedError } from '../../../src/primitives/errors.ts';
import { withStateStore } from '../../../src/store/state-store.ts';

const [, , folder = '', prefix = '', count = '0', size = '10'] = process.argv;

const onEvent = ({ id }: { readonly id: string }): void => void writeSync(2, `${id}\n`);

withStateStore(folder, { clock: realClock, onEvent }, async (state) => {
  for (let index = 0; index < Number(count); index += 1) {
    const key = `${prefix}${index}`;
    state.write('presence-link', key, { text: 'x'.repeat(Number(size)) });
    await state.durable();
    writeSync(1, `${key}\n`);
  }
  writeSync(2, `${state.problems().join('\n')}\n`);
}).catch((error: unknown) => {
  writeSync(2, `${isCodedError(error) ? error.id : String(error)}\n`);
  process.exitCode = 1;
});
