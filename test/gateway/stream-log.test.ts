/** Streams as the administrator reads of them, and how little of it a stranger can make. */
import { describe, expect, it } from '@jest/globals';

import { type StreamLogEvent, streamLog } from '../../src/gateway/stream-log.ts';
import type { StreamSummary } from '../../src/gateway/xmpp/s2s-event.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { reportEveryMs } from '../../src/primitives/repeated-reports.ts';
import { type MovableClock, movableClock } from '../support/movable-clock.ts';

const stream = (peerAddress: string): StreamSummary => ({
  id: 'a1',
  direction: 'inbound',
  bidirectional: false,
  state: 'negotiating',
  since: new Date(0),
  peerAddress,
  peerPort: 45_000,
  authenticated: [],
  stanzasIn: 0,
  stanzasOut: 0,
  queued: 0,
  lastActivity: new Date(0),
});
const ignored = (peerAddress: string, reason = 'db:result that answers nothing we asked'): StreamLogEvent => ({
  type: 'ignored',
  stream: stream(peerAddress),
  reason,
});

function desk(): { log: (event: StreamLogEvent) => void; clock: MovableClock; read: LogEvent[] } {
  const clock = movableClock();
  const read: LogEvent[] = [];
  return { log: streamLog((event) => void read.push(event), clock), clock, read };
}

const timesOf = (read: readonly LogEvent[]): readonly unknown[] => read.map(({ facts }) => facts?.['times']);

it('connections that could not be taken are told at once, and then once a minute with how often', () => {
  const { log, clock, read } = desk();
  const lost: StreamLogEvent = { type: 'not-accepted', where: '*:5269', reason: 'accept ENFILE' };
  for (const _ of [1, 2, 3]) log(lost);
  clock.advance(reportEveryMs);
  log(lost);
  expect(timesOf(read)).toEqual([1, 3]);
  expect(read[0]).toMatchObject({ id: 'ConnectionNotAccepted', level: 'error' });
});

describe('what is ignored', () => {
  it('is told at once, and then once a minute with how often, whatever it was', () => {
    const { log, clock, read } = desk();
    for (let index = 0; index < 1000; index += 1) log(ignored('192.0.2.7', `the element e${index}`));
    expect(timesOf(read)).toEqual([1]);
    clock.advance(reportEveryMs);
    log(ignored('192.0.2.7'));
    expect(timesOf(read)).toEqual([1, 1000]);
    expect(read[1]).toMatchObject({
      id: 'StreamElementIgnored',
      message: expect.stringContaining('(the last of 1000 since the last report)'),
    });
  });

  it('is told for each address, half an IPv6 address being one', () => {
    const { log, read } = desk();
    for (const address of ['192.0.2.7', '192.0.2.8', '2001:db8::1', '2001:db8::2']) log(ignored(address));
    expect(read.map(({ facts }) => facts?.['peerAddress'])).toEqual(['192.0.2.7', '192.0.2.8', '2001:db8::1']);
  });

  it('does not keep quiet what is not: refusals and ends of streams are told each', () => {
    const { log, read } = desk();
    for (let index = 0; index < 3; index += 1)
      log({ type: 'closed', stream: stream('192.0.2.7'), reason: 'x', lost: false });
    expect(read.map(({ id }) => id)).toEqual(['StreamClosed', 'StreamClosed', 'StreamClosed']);
  });
});
