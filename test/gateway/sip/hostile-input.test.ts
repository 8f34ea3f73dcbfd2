/**
 * What costs n costs no more than in proportion when it is four times as long. Measured as processor time of many parses, the
 * best of several rounds: work in proportion gives 4, work in the square gives 16.
 */
import { describe, expect, it } from '@jest/globals';

import { maxHeaderSectionBytes } from '../../../src/gateway/sip/limits.ts';
import { parseMessage } from '../../../src/gateway/sip/message-parser.ts';
import { writeMessage } from '../../../src/gateway/sip/message-writer.ts';
import { StreamFramer } from '../../../src/gateway/sip/stream-framing.ts';
import { spent } from '../../bench/cpu-time.ts';
import { sipWithoutSockets } from '../sip-without-sockets.ts';

const base = [
  'MESSAGE sip:bob@fabrikam.example SIP/2.0',
  'Max-Forwards: 70',
  'Via: SIP/2.0/TCP 192.0.2.1:5070;branch=z9hG4bK1;rport',
  'From: <sip:alice@contoso.example>;tag=a',
  'To: <sip:bob@fabrikam.example>',
  'Call-ID: c1',
  'CSeq: 1 MESSAGE',
];

/** With one line instead of the one of its name, or one more. */
function withLine(line: string): Buffer {
  const name = line.slice(0, line.indexOf(':') + 1);
  const lines = base.some((each) => each.startsWith(name))
    ? base.map((each) => (each.startsWith(name) ? line : each))
    : [...base, line];
  return Buffer.from(`${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`);
}

const large = maxHeaderSectionBytes - 1000;
const small = Math.floor(large / 4);

/** A line of about so many characters. */
type Hostile = (length: number) => string;
const filled =
  (before: string, unit: string, after = ''): Hostile =>
  (length) =>
    before + unit.repeat(Math.floor(length / unit.length)) + after;

const lines: readonly (readonly [what: string, line: Hostile])[] = [
  ['an open quote before spaces', filled('From: "', ' ')],
  ['an open quote before escapes', filled('From: "', '\\"')],
  ['an open quote in a parameter', filled('Contact: <sip:a@b.example>;x="', '\\')],
  ['quotes', filled('Contact: ', '"')],
  ['quoted strings', filled('Contact: <sip:a@b.example>;x=', '"a"')],
  ['folded lines', filled('Subject: a', '\r\n ')],
  ['folded lines with text', filled('Subject: a', '\r\n\tb')],
  ['commas', filled('Contact: ', ',')],
  ['commas inside of quotes', filled('Contact: "', ',', '" <sip:a@b.example>')],
  ['semicolons', filled('From: <sip:a@b.example>', ';')],
  ['flags', (length) => `From: <sip:a@b.example>${manyNames(length, (name) => `;${name}`)}`],
  ['parameters', (length) => `To: <sip:a@b.example>${manyNames(length, (name) => `;${name}=1`)}`],
  ['parameters of a URI', (length) => `To: <sip:a@b.example${manyNames(length, (name) => `;${name}=1`)}>`],
  ['thousands of Via', filled('Via: SIP/2.0/UDP a.example;branch=z9hG4bK1', ',SIP/2.0/UDP h;branch=z9hG4bK2')],
  ['thousands of Route', filled('Route: <sip:a.example;lr>', ',<sip:h;lr>')],
  ['slashes in Via', filled('Via: ', '/')],
  ['blanks in Via', filled('Via: SIP/2.0/UDP', ' ', 'h')],
  ['blanks and colons in Via', filled('Via: SIP/2.0/UDP h', ' :')],
  ['colons in Via', filled('Via: SIP/2.0/UDP [', ':')],
  ['colons in an address', filled('From: sip:a@', ':')],
  ['colons in a line', filled('X: ', ':')],
  ['escapes', filled('From: <sip:', '%41', '@b.example>')],
  ['broken escapes', filled('From: <sip:', '%4', '@b.example>')],
  ['at signs', filled('From: sip:', '@')],
  ['labels of a host', filled('From: <sip:a@', 'a-', '>')],
  ['angle brackets', filled('From: ', '<')],
  ['closing brackets', filled('From: <sip:a@b.example', '>')],
  ['words of a name', filled('From: ', 'a ', '<sip:a@b.example>')],
  ['blanks before the end', filled('CSeq: 1 MESSAGE', ' ', 'x')],
  ['digits', filled('CSeq: ', '9', ' MESSAGE')],
  ['zeros of Max-Forwards', filled('Max-Forwards: ', '0')],
  ['nested comments', filled('User-Agent: ', '(')],
  ['nested comments that end', (length) => `Server: ${'('.repeat(length / 2)}${')'.repeat(length / 2)}`],
  ['a name without a colon', filled('', 'x')],
  ['blanks before a colon', filled('Subject', ' ', ': x')],
];

/** Names that differ. */
function manyNames(length: number, print: (name: string) => string): string {
  let text = '';
  for (let index = 0; text.length < length; index += 1) text += print(`p${index}`);
  return text;
}

/** Microseconds that a work should take at least, so that the clock's steps do not matter. */
const enoughUs = 4000;
const maxRatio = 10;

/** How many times more the large work costs. Ends early when it is little enough: a noisy machine needs more rounds. */
function ratioOf(smallWork: () => number, largeWork: () => number): number {
  let times = 1;
  while (spent(smallWork, times) < enoughUs && times < 4096) times *= 2;
  let ratio = Number.POSITIVE_INFINITY;
  let [cheapestSmall, cheapestLarge] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 24 && (round < 2 || ratio >= maxRatio); round += 1) {
    cheapestSmall = Math.min(cheapestSmall, spent(smallWork, times));
    cheapestLarge = Math.min(cheapestLarge, spent(largeWork, times));
    ratio = cheapestLarge / cheapestSmall;
  }
  return ratio;
}

const parsing = (bytes: Buffer) => (): number => (parseMessage(bytes).ok ? 1 : 0);

describe('the cost of a message is in proportion to its length', () => {
  it.each(lines)('with %s', (_what, line) => {
    expect(ratioOf(parsing(withLine(line(small))), parsing(withLine(line(large))))).toBeLessThan(maxRatio);
  });

  it.each([
    ['in its header section', (length: number) => withLine(`Subject: ${'x'.repeat(length)}`)],
    [
      'what looks like the end of its header section',
      (length: number) => withLine(`Subject: ${'\r'.repeat(length / 4)}`),
    ],
    ['in its body', (length: number) => ofLength(length)],
  ])('when a stream brings it byte by byte, most of it %s', (_where, message) => {
    const byByte = (bytes: Buffer) => (): number => {
      const framer = new StreamFramer();
      let frames = 0;
      for (let at = 0; at < bytes.length; at += 1) frames += framer.push(bytes.subarray(at, at + 1)).length;
      return frames;
    };
    expect(byByte(message(small))()).toBe(1);
    expect(ratioOf(byByte(message(small)), byByte(message(large)))).toBeLessThan(maxRatio);
  });

  it.each([
    ['messages', withLine('Subject: x')],
    ['keep-alives', Buffer.from('\r\n\r\n')],
  ])('when a stream brings many %s in pieces', (_what, unit) => {
    const pieces = (length: number) => {
      const bytes = Buffer.concat(Array.from({ length: Math.ceil(length / unit.length) }, () => unit));
      return (): number => {
        const framer = new StreamFramer();
        let frames = 0;
        for (let at = 0; at < bytes.length; at += 100) frames += framer.push(bytes.subarray(at, at + 100)).length;
        return frames;
      };
    };
    expect(ratioOf(pieces(4 * small), pieces(4 * large))).toBeLessThan(maxRatio);
  });

  it.each([
    ['thousands of Via', filled('Via: SIP/2.0/UDP a.example;branch=z9hG4bK1', ',SIP/2.0/UDP h;branch=z9hG4bK2')],
    ['thousands of Route', filled('Route: <sip:a.example;lr>', ',<sip:h;lr>')],
    ['thousands of required extensions', filled('Require: a', ',b')],
    [
      'parameters of From',
      (length: number) => `From: <sip:alice@contoso.example>;tag=a${manyNames(length, (name) => `;${name}=1`)}`,
    ],
  ])('up to the answer, with %s', (_what, line) => {
    const answering = (bytes: Buffer) => (): number => {
      const side = sipWithoutSockets(true);
      side.stream([bytes]);
      return side.answers.length;
    };
    expect(ratioOf(answering(withLine(line(small))), answering(withLine(line(large))))).toBeLessThan(maxRatio);
  });

  it('when it is written', () => {
    const writing = (length: number) => {
      const parsed = parseMessage(withLine(`Subject: ${'x'.repeat(length)}`));
      if (!parsed.ok) throw new Error(parsed.error.reason);
      return (): number => writeMessage(parsed.value).length;
    };
    expect(ratioOf(writing(small), writing(large))).toBeLessThan(maxRatio);
  });
});

/** A message with a body of so many bytes. */
function ofLength(length: number): Buffer {
  const head = String(withLine('Content-Type: text/plain')).replace('Content-Length: 0', `Content-Length: ${length}`);
  return Buffer.from(head + 'x'.repeat(length));
}
