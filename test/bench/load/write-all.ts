/** As fast as the other side reads. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export async function writeAll(to: Writable, chunks: Iterable<Buffer>): Promise<void> {
  for (const chunk of chunks) if (!to.write(chunk)) await once(to, 'drain');
}
