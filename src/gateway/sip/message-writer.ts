/** Message to bytes. Content-Length is always written from the body. Line ends inside values never reach the wire. */
import type { SipMessage } from './message.ts';

export function writeMessage(message: SipMessage): Buffer {
  const startLine =
    message.kind === 'request'
      ? `${message.method} ${message.requestUri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  const fields = message.headers.without('Content-Length').fields;
  const lines = [startLine, ...fields.map(([name, value]) => `${name}: ${value}`)].map(oneLine);
  const head = `${lines.join('\r\n')}\r\nContent-Length: ${message.body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'utf8'), message.body]);
}

/** A display name or subject from the other network could carry a line end, and with it a header of its choice. */
const oneLine = (line: string): string => (/[\r\n]/.test(line) ? line.replace(/[\r\n]+/g, ' ') : line);
