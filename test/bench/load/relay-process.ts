/**
 * The yardsticks, each a process of its own between two TLS connections: `line` copies line by line, one write for each, which is
 * what Node.js can do at best; `parse` reads each line with the gateway's own XML parser and writes the element that it found.
 */
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls';

import { elementLimits } from '../../../src/gateway/xmpp/s2s-limits.ts';
import { XmlParser } from '../../../src/gateway/xmpp/xml/xml-parser.ts';
import { printElement } from '../../../src/gateway/xmpp/xml/xml-writer.ts';
import { header } from '../../support/raw-stream.ts';

export type RelayMode = 'line' | 'parse';

export interface RelayOrder {
  readonly mode: RelayMode;
  /** Where the relay sends to. */
  readonly port: number;
  readonly key: string;
  readonly chain: string;
}

/** Run by the first message of the channel; answers with the port that it listens on. */
export function relay(): void {
  process.once('message', (order: RelayOrder) => {
    const out = connectTls({ port: order.port, host: '127.0.0.1', rejectUnauthorized: false });
    out.setNoDelay(true);
    out.once('secureConnect', () => {
      const server = createServer({ key: order.key, cert: order.chain }, (socket) => {
        if (order.mode === 'line') copyLines(socket, out);
        else copyElements(socket, out);
        socket.on('error', () => undefined);
      });
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
      });
    });
    out.on('error', () => undefined);
  });
  process.once('disconnect', () => process.exit());
}

const newLine = 10;

function copyLines(from: TLSSocket, to: TLSSocket): void {
  let rest = Buffer.alloc(0);
  from.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = bytes.indexOf(newLine); end !== -1; end = bytes.indexOf(newLine, begin)) {
      to.write(bytes.subarray(begin, end + 1));
      begin = end + 1;
    }
    rest = Buffer.from(bytes.subarray(begin));
  });
}

function copyElements(from: TLSSocket, to: TLSSocket): void {
  const parser = new XmlParser({
    onOpen: () => undefined,
    onElement: (element) => void to.write(`${printElement(element)}\n`),
    onClose: () => undefined,
    onFault: (fault) => to.destroy(new Error(fault.text)),
  });
  parser.setLimits(elementLimits);
  parser.feed(Buffer.from(header({})));
  from.on('data', (chunk: Buffer) => void parser.feed(chunk));
}
