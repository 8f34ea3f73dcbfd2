/** Message to bytes. Content-Length is always written from the body. Line ends inside values never reach the wire. */
import type { SipMessage } from './message.ts';
import { hasLineEnd } from './scan.ts';

export function writeMessage(message: SipMessage): Buffer {
  const startLine =
    message.kind === 'request'
      ? `${message.method} ${message.requestUri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  let head = `${oneLine(startLine)}\r\n`;
  for (const [name, value] of message.headers.fields) {
    if (!isContentLength(name)) head += `${oneLine(`${name}: ${value}`)}\r\n`;
  }
  head += `Content-Length: ${message.body.length}\r\n\r\n`;
  const headBytes = Buffer.byteLength(head);
  const wire = Buffer.allocUnsafe(headBytes + message.body.length);
  wire.write(head);
  message.body.copy(wire, headBytes);
  return wire;
}

const isContentLength = (name: string): boolean => name.length === 14 && name.toLowerCase() === 'content-length';

/** A display name or subject from the other network could carry a line end, and with it a header of its choice. */
const oneLine = (text: string): string => (hasLineEnd(text) ? text.replace(/[\r\n]+/g, ' ') : text);
