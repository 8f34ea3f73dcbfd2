/**
 * What is written to a socket in one turn of the event loop leaves in one call to the kernel, and under TLS in one record: a
 * busy connection spends more on those than on its messages. Nothing waits for time: the turn ends when its work is done.
 * Nothing grows either: beyond 16 KiB, the largest record of TLS, the socket writes at once, and says so message by message.
 */
import type { Writable } from 'node:stream';

const gathering = new WeakSet<Writable>();
const gatheredAtMostBytes = 16_384;

/** To be called before each write. A socket that is destroyed in the same turn loses what was written; one that is ended does not. */
export function gatherWrites(socket: Writable): void {
  if (!gathering.has(socket)) return gatherTurn(socket);
  if (socket.writableLength < gatheredAtMostBytes) return;
  socket.uncork();
  socket.cork();
}

function gatherTurn(socket: Writable): void {
  gathering.add(socket);
  socket.cork();
  process.nextTick(() => {
    gathering.delete(socket);
    socket.uncork();
  });
}
