/** What DurableInbound costs: messages of a partner that acknowledges nothing, on disk before they go on, against the same without it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ReceivedJournal } from '../../src/gateway/queue/received-journal.ts';
import { stanza } from '../../src/gateway/xmpp/stanza.ts';
import { type Element, element } from '../../src/gateway/xmpp/xml/element.ts';
import { printElement } from '../../src/gateway/xmpp/xml/xml-writer.ts';
import { realClock } from '../../src/primitives/clock.ts';
import type { StateStore } from '../../src/primitives/state-store.ts';
import { withStateStore } from '../../src/store/state-store.ts';
import type { Benchmark, Figure } from './benchmark.ts';

const messages = 20_000;
/** Messages under way at a time, as on a busy stream. */
const atOnce = 100;
const rounds = 5;

const message = (number: number): Element =>
  stanza(
    'message',
    { from: 'bob@fabrikam.example/desk', to: 'alice@contoso.example', id: `m${number}`, type: 'chat' },
    element('body', 'jabber:server', {}, 'x'.repeat(160)),
  );

interface Cost {
  /** Microseconds of processor time for each message. */
  readonly cpuUs: number;
  /** Microseconds that one message alone waits before it goes on, the median. */
  readonly delayUs: number;
}

async function measured(state: StateStore, isOn: boolean): Promise<Cost> {
  let begun = 0;
  const delays: number[] = [];
  const journal = new ReceivedJournal({
    clock: realClock,
    onEvent: () => undefined,
    state,
    isOn: () => isOn,
    receive(received) {
      delays.push((performance.now() - begun) * 1000);
      // Every message is parsed, translated and printed in any case: some work that both have.
      printElement(received);
      return new Promise((resolve) => void setImmediate(resolve));
    },
  });
  const before = process.cpuUsage();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < messages) await journal.receive(message((next += 1)), false);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const { user, system } = process.cpuUsage(before);
  delays.length = 0;
  for (let alone = 0; alone < 200; alone += 1) {
    begun = performance.now();
    await journal.receive(message(alone), false);
  }
  await state.durable();
  return { cpuUs: (user + system) / messages, delayUs: median(delays) };
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'xgw-bench-'));
  const [off, on]: [Cost[], Cost[]] = [[], []];
  try {
    await withStateStore(folder, { clock: realClock, onEvent: () => undefined }, async (state) => {
      for (let round = 0; round < rounds; round += 1) {
        off.push(await measured(state, false));
        on.push(await measured(state, true));
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const cost = (of: readonly Cost[], what: keyof Cost): number => median(of.map((each) => each[what]));
  const figures: Figure[] = [
    { name: 'processor time a message, off', value: cost(off, 'cpuUs'), unit: 'µs' },
    {
      name: 'processor time a message, on',
      value: cost(on, 'cpuUs'),
      unit: 'µs',
      over: cost(on, 'cpuUs') - cost(off, 'cpuUs'),
    },
    { name: 'a message alone goes on after, on', value: cost(on, 'delayUs'), unit: 'µs' },
  ];
  return figures;
}

export const durableInbound: Benchmark = {
  name: 'durable-inbound',
  about:
    'messages of a partner that acknowledges nothing, on disk before they go on; the yardstick is the same without it.',
  run,
};
