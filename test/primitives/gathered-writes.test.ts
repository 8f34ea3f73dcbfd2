import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import { gatherWrites } from '../../src/primitives/gathered-writes.ts';

const ends: { close?(): void; destroy?(): void }[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) (end.destroy ?? end.close)?.call(end);
});

async function pair(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const near = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  ends.push(near, far, server);
  return { near, far };
}

const readAll = async (socket: Socket): Promise<string> => {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk;
  return text;
};

function write(socket: Socket, text: string): void {
  gatherWrites(socket);
  socket.write(text);
}

describe('writes of one turn', () => {
  it('leave together, in their order, when the turn is over', async () => {
    const { near, far } = await pair();
    write(near, 'one ');
    write(near, 'two');
    expect(near.writableCorked).toBe(1);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(near.writableCorked).toBe(0);
    write(near, ' three');
    await new Promise<void>((resolve) => setImmediate(resolve));
    near.end();
    expect(await readAll(far)).toBe('one two three');
  });

  it('do not wait for the turn beyond 16 KiB: the first of them is told of while the peer reads nothing', async () => {
    const { near, far } = await pair();
    far.pause();
    // More than the kernel takes for a peer that does not read: all of it together would never be told of.
    const first = new Promise<void>((resolve) => {
      for (let index = 0; index < 300; index += 1) {
        gatherWrites(near);
        near.write(Buffer.alloc(100_000), index === 0 ? () => resolve() : undefined);
      }
    });
    await first;
    expect(near.writableLength).toBeGreaterThan(0);
  });

  it('are not lost when the socket is ended in the same turn', async () => {
    const { near, far } = await pair();
    write(near, 'goodbye');
    near.end();
    expect(await readAll(far)).toBe('goodbye');
  });

  it('leave one socket alone when another one is destroyed', async () => {
    const [first, second] = [await pair(), await pair()];
    write(first.near, 'lost');
    write(second.near, 'kept');
    first.near.destroy();
    second.near.end();
    expect(await readAll(second.far)).toBe('kept');
  });
});
