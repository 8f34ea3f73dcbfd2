import { expect, it } from '@jest/globals';

import { handledInTime } from '../../../src/gateway/xmpp/handled-in-time.ts';
import { handlingMs } from '../../../src/gateway/xmpp/s2s-limits.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { chat } from '../../support/xmpp-federation.ts';

const message = chat('bob@fabrikam.example', 'alice@contoso.example', 'Hello');
const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A stanza whose consumer takes its time, and a disk that answers `isKept`. */
function slow(isKept: boolean) {
  const clock = movableClock();
  const happened: string[] = [];
  let finish = (): void => undefined;
  const handling = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const keepLate = async (): Promise<boolean> => {
    happened.push('kept');
    return isKept;
  };
  void handledInTime(message, handling, { clock, keepLate })?.then(() => void happened.push('handled'));
  return { clock, happened, finish };
}

it('a stanza that takes longer is handled for its peer once it is on disk', async () => {
  const { clock, happened } = slow(true);
  clock.advance(handlingMs - 1);
  await turn();
  expect(happened).toEqual([]);
  clock.advance(1);
  await turn();
  expect(happened).toEqual(['kept', 'handled']);
});

it('and where the disk takes nothing only when its consumer is done', async () => {
  const { clock, happened, finish } = slow(false);
  clock.advance(10 * handlingMs);
  await turn();
  expect(happened).toEqual(['kept']);
  finish();
  await turn();
  expect(happened).toEqual(['kept', 'handled']);
});

it('one that its consumer is done with in time is written nowhere', async () => {
  const { clock, happened, finish } = slow(true);
  finish();
  await turn();
  expect([happened, clock.pending()]).toEqual([['handled'], 0]);
});
