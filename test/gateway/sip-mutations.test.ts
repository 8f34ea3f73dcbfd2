/** Messages of RFC 4475 and of Microsoft's dialect, damaged in every way a network or an attacker can, into the whole SIP side. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { parseMessage } from '../../src/gateway/sip/message-parser.ts';
import { isNeverAnswered } from '../../src/gateway/sip/methods.ts';
import { StreamFramer } from '../../src/gateway/sip/stream-framing.ts';
import { inSession, invitation, ourTag, outOfSession } from './sip/dialect-messages.ts';
import { settled, sipWithoutSockets } from './sip-without-sockets.ts';

const folder = join(import.meta.dirname, '../vectors/rfc4475');
const torture = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
const seeds: readonly Buffer[] = [...torture, invitation, ...inSession, ...outOfSession];
const seed = fc.integer({ min: 0, max: seeds.length - 1 });

/** Where, as a share of the message: its length is only known when the mutations before have been made. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const separators = ['"', ',', ';', '<', '>', '@', ':', '/', '%', '=', '\\', '\r', '\n', '\t', ' ', '0'];
const mutation = fc.oneof(
  fc.record({ type: fc.constant('flip' as const), at: place, byte: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ type: fc.constant('swap' as const), at: place, text: fc.constantFrom(...separators) }),
  fc.record({ type: fc.constant('drop' as const), at: place, length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ type: fc.constant('double' as const), at: place, length: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ type: fc.constant('splice' as const), at: place, from: seed, start: place }),
  fc.record({ type: fc.constant('line' as const), at: place, from: seed, start: place }),
  fc.record({ type: fc.constant('cut' as const), at: place }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer Kind> ? Kind : never;

function mutated(message: Buffer, change: Mutation): Buffer {
  const at = Math.floor(change.at * message.length);
  const [before, after] = [message.subarray(0, at), message.subarray(at)];
  switch (change.type) {
    case 'flip':
      return Buffer.concat([before, Buffer.from([change.byte]), after.subarray(1)]);
    case 'swap':
      return Buffer.concat([before, Buffer.from(change.text), after.subarray(1)]);
    case 'drop':
      return Buffer.concat([before, after.subarray(change.length)]);
    case 'double':
      return Buffer.concat([before, after.subarray(0, change.length), after]);
    case 'splice': {
      const other = seeds[change.from] ?? message;
      return Buffer.concat([before, other.subarray(Math.floor(change.start * other.length))]);
    }
    case 'line':
      return withLine(message, lineAt(seeds[change.from] ?? message, change.start), change.at);
    default:
      return before;
  }
}

const lineAt = (message: Buffer, share: number): string => {
  const lines = message.toString('latin1').split('\r\n');
  return lines[Math.floor(share * (lines.length - 1))] ?? '';
};

/** A whole line of another message instead of one of this one: these mutants are often valid. */
function withLine(message: Buffer, line: string, share: number): Buffer {
  const lines = message.toString('latin1').split('\r\n');
  lines[Math.floor(share * (lines.length - 1))] = line;
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

const mutant = fc
  .record({ of: seed, changes: fc.array(mutation, { maxLength: 3 }) })
  // As text, one character a byte: a counterexample is to be read.
  .map(({ of, changes }) => changes.reduce(mutated, seeds[of] ?? Buffer.alloc(0)).toString('latin1'));

/** Where a stream is cut into segments. */
function chunks(bytes: Buffer, shares: readonly number[]): readonly Buffer[] {
  const cuts = [0, ...shares.map((share) => Math.floor(share * bytes.length)), bytes.length].toSorted((a, b) => a - b);
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

type Side = ReturnType<typeof sipWithoutSockets>;

/** @returns The side with an open IM session, and the tag our 200 had. */
async function inConversation(isTrusted: boolean): Promise<{ side: Side; tag: string }> {
  const side = sipWithoutSockets(isTrusted);
  side.stream([invitation]);
  await settled();
  const tag = /^To:.*;tag=([^;\r\n]+)/m.exec(String(side.answers.at(-1)))?.[1] ?? '';
  return { side, tag };
}

const withTag = (message: string, tag: string): Buffer => Buffer.from(message.replace(ourTag, tag), 'latin1');

const isFinalAnswer = (bytes: Buffer): boolean => /^SIP\/2\.0 [2-6]/.test(bytes.toString('latin1', 0, 12));

/** Longer than any transaction, subscription, registration, publication and session lives. */
const foreverMs = 3 * 24 * 3600 * 1000;

/** Timers of a side that nobody has sent anything, and that looks after its servers. */
async function idleTimers(): Promise<number> {
  const side = sipWithoutSockets(true);
  await side.pass(foreverMs, 60);
  return side.clock.pending();
}

const runs = 400;

/** What was thrown where nobody waits for it. */
const unhandled: unknown[] = [];
const keep = (reason: unknown): void => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', keep));
afterAll(() => void process.off('unhandledRejection', keep));
afterEach(() => expect(unhandled.splice(0)).toEqual([]));

describe('damaged messages', () => {
  it('every request that is valid gets a final answer, and nothing throws', async () => {
    const counted = { valid: 0, refused: 0 };
    const sent = fc.record({
      message: mutant,
      isTrusted: fc.boolean(),
      isDatagram: fc.boolean(),
      cuts: fc.array(place, { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(sent, async ({ message, isTrusted, isDatagram, cuts }) => {
        const { side, tag } = await inConversation(isTrusted);
        const bytes = withTag(message, tag);
        const before = side.answers.length;
        if (isDatagram) side.datagram(bytes);
        else side.stream(chunks(bytes, cuts));
        await settled();
        if (!isRequestToAnswer(bytes, isDatagram)) {
          counted.refused += 1;
          return;
        }
        counted.valid += 1;
        const isAnswered = (): boolean => side.answers.slice(before).some(isFinalAnswer);
        // What is asked of another server is answered at the latest when that server is given up.
        for (let waited = 0; waited < 400 && !isAnswered(); waited += 4) await side.pass(4000);
        expect(isAnswered()).toBe(true);
      }),
      { numRuns: runs },
    );
    // The mutations are neither so hard that nothing is valid, nor so soft that all is.
    expect(Math.min(counted.valid, counted.refused)).toBeGreaterThan(runs / 10);
  });

  it('leave nothing behind: every timer ends, every table is empty', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutant, { minLength: 20, maxLength: 40 }),
        fc.boolean(),
        async (messages, isTrusted) => {
          const { side, tag } = await inConversation(isTrusted);
          for (const [index, message] of messages.entries()) {
            const bytes = withTag(message, tag);
            if (index % 2 === 0) side.datagram(bytes);
            else side.stream([bytes]);
          }
          await side.pass(foreverMs, 60);
          expect([side.clock.pending(), side.users.home.registrations()]).toEqual([await idleTimers(), []]);
          // Whoever remembered one of them would take it for a retransmission, whose answer has been forgotten.
          for (const message of messages.filter((each) => isRequestToAnswer(withTag(each, tag), true))) {
            const before = side.answers.length;
            side.datagram(withTag(message, tag));
            await side.pass(400_000, 20);
            expect(side.answers.length).toBeGreaterThan(before);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('cut at every offset, none is answered by more than a refusal of that one message', async () => {
    const side = sipWithoutSockets(true);
    for (const message of seeds) {
      for (let end = 0; end < message.length; end += 1) {
        side.datagram(message.subarray(0, end));
        new StreamFramer().push(message.subarray(0, end));
      }
    }
    await side.pass(foreverMs, 60);
    expect(side.clock.pending()).toBe(await idleTimers());
  });
});

/** By the parser: a request other than ACK, with a Via that says where the answer goes. */
function isRequestToAnswer(bytes: Buffer, isDatagram: boolean): boolean {
  const frames = isDatagram ? [] : new StreamFramer().push(bytes);
  const messages = isDatagram
    ? [parseMessage(bytes)]
    : frames.flatMap((frame) => (frame.type === 'message' ? [frame.message] : []));
  return messages.some(
    (message) => message.ok && message.value.kind === 'request' && !isNeverAnswered(message.value.method),
  );
}
