/** SIP messages to values and back: what one core does with the MESSAGE of a Lync client. */
import { parseCSeq } from '../../src/gateway/sip/c-seq.ts';
import type { SipMessage, SipRequest } from '../../src/gateway/sip/message.ts';
import { parseMessage } from '../../src/gateway/sip/message-parser.ts';
import { writeMessage } from '../../src/gateway/sip/message-writer.ts';
import { parseNameAddr } from '../../src/gateway/sip/name-addr.ts';
import { parseSipUri } from '../../src/gateway/sip/sip-uri.ts';
import { parseVia } from '../../src/gateway/sip/via.ts';
import type { Result } from '../../src/primitives/result.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { cheapest } from './cpu-time.ts';

/** An in-dialog MESSAGE through a front end server; header fields as pidgin-sipe and Lync 2013 write them. */
export const lyncMessage = Buffer.from(
  [
    'MESSAGE sip:bob@fabrikam.example SIP/2.0',
    'Via: SIP/2.0/TLS 192.0.2.10:52114;branch=z9hG4bK7F3C9A52.8D4E1B60A7C2;branched=FALSE;rport',
    'Max-Forwards: 69',
    'From: "Alice Example" <sip:alice@contoso.example>;tag=2334133829;epid=3141842e078f',
    'To: <sip:bob@fabrikam.example>;tag=5f0ac1d29be34e77;epid=01010101',
    'Call-ID: 7b5e8d94f2a64c0e9d13a8c57e60b2f1',
    'CSeq: 2 MESSAGE',
    'Route: <sip:gateway.fabrikam.example:5061;transport=tls;lr>',
    'Contact: <sip:alice@contoso.example;opaque=user:epid:kG1x2v5sTlqZ8yQ0bR7n4AAA;gruu>',
    'P-Asserted-Identity: "Alice Example" <sip:alice@contoso.example>',
    'User-Agent: UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)',
    'Supported: ms-dialog-route-set-update, timer, histinfo, ms-safe-transfer, ms-sender',
    'Ms-Conversation-ID: AdF8cS1Yk3mPq0vTQ2eX7h4bZw==',
    'ms-keep-alive: UAC;hop-hop=yes',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Length: 54',
    '',
    'Are we still on for the review at three this afternoon?'.slice(0, 54),
  ].join('\r\n'),
);

function value<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(`The message of the benchmark is refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** With the typed values that every request is looked at for. */
function parse(): SipRequest {
  const message: SipMessage = value(parseMessage(lyncMessage));
  if (message.kind !== 'request') throw new Error('The message of the benchmark is no request.');
  const { headers } = message;
  const via = value(headers.read('Via', parseVia));
  const cSeq = value(headers.read('CSeq', parseCSeq));
  const users = ['From', 'To'].map((name) => value(parseSipUri(value(headers.read(name, parseNameAddr)).uri)).user);
  const target = value(parseSipUri(message.requestUri));
  if (via.port !== 52_114 || cSeq.number !== 2 || users.join(' ') !== 'alice bob' || target.host === '')
    throw new Error('The message of the benchmark is misread.');
  return message;
}

/** The yardstick: every byte is looked at once. */
function sumOfBytes(): number {
  const bytes = lyncMessage;
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 1) sum = (sum + (bytes[at] as number)) | 0;
  return sum;
}

const rounds = 12;

export const sipParser: Benchmark = {
  name: 'sip-parser',
  about: `a MESSAGE of ${lyncMessage.length} bytes, one core, processor time; the yardstick is a loop that adds its bytes`,
  run() {
    const costs = cheapest(
      {
        yardstick: sumOfBytes,
        parse: () => parse().headers.fields.length,
        'parse and write': () => writeMessage(parse()).length,
      },
      rounds,
    );
    const figure = (name: keyof typeof costs, more: Partial<Figure> = {}): Figure => ({
      name,
      value: Math.round(1_000_000 / costs[name]),
      unit: 'a second',
      ratio: Number((costs[name] / costs.yardstick).toFixed(2)),
      ...more,
    });
    return [figure('yardstick'), figure('parse'), figure('parse and write', { atLeast: 40_000 })];
  },
};
