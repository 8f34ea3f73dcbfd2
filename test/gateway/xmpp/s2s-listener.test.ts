/** A listener whose system has nothing left to give for a while. */
import { connect, Server } from 'node:net';
import { expect, it } from '@jest/globals';

import { S2sListener } from '../../../src/gateway/xmpp/s2s-listener.ts';

/** The servers that listen from now on, since a system cannot be made to fail an accept when a test wants it. */
function listening(): { readonly servers: readonly Server[]; restore(): void } {
  const servers: Server[] = [];
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...given: readonly unknown[]) {
    servers.push(this);
    return Reflect.apply(listen, this, given) as Server;
  };
  return { servers, restore: () => void (Server.prototype.listen = listen) };
}

it('goes on after any number of connections that the system could not give it, and tells each', async () => {
  const told: string[] = [];
  const { servers, restore } = listening();
  let accepted: () => void = () => undefined;
  const came = new Promise<void>((resolve) => (accepted = resolve));
  const listener = new S2sListener({
    accept(socket) {
      socket.destroy();
      accepted();
    },
    onNotAccepted: (where, reason) => void told.push(`${where} ${reason}`),
  });
  const [bound] = await listener.listen({ port: 0, address: '127.0.0.1' }).finally(restore);
  for (const _ of [1, 2, 3]) servers[0]?.emit('error', new Error('accept ENFILE'));
  expect(told).toEqual(Array.from({ length: 3 }, () => '127.0.0.1:0 accept ENFILE'));
  connect(bound?.port ?? 0, '127.0.0.1').on('error', () => undefined);
  await came;
  await listener.close();
});
