/** libpurple's SIMPLE answers a challenge with the same branch and CSeq, so the challenge must have left nothing behind. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

import { afterEach, expect, it } from '@jest/globals';

import { createHomeServer, type HomeServer } from '../../../../src/gateway/sip/home/home-server.ts';
import { createSipEndpoint, type SipEndpoint } from '../../../../src/gateway/sip/sip-endpoint.ts';
import { realClock } from '../../../../src/primitives/clock.ts';
import { randomIds } from '../../../../src/primitives/ids.ts';
import { Secret } from '../../../../src/primitives/secret.ts';
import { digestAnswer, md5 } from './request-script.ts';

let endpoint: SipEndpoint;
let home: HomeServer;
let client: Socket;

afterEach(async () => {
  client.close();
  home.close();
  await endpoint.close();
});

it('lets a client in that repeats its request with credentials in the same transaction', async () => {
  endpoint = createSipEndpoint({
    clock: realClock,
    ids: randomIds,
    listen: { address: '127.0.0.1', port: 0, tlsPort: 0 },
    onRequest: (request) => home.handle(request),
  });
  home = createHomeServer({
    clock: realClock,
    ids: randomIds,
    endpoint,
    isLocalDomain: (domain) => domain === 'sip.example',
    user: () => ({ credentials: { md5: new Secret(md5('alice:sip.example:pw')) } }),
    isTrustedPeer: () => false,
    realm: (domain) => domain,
    offerSha256: () => false,
    onOutgoing: () => undefined,
    onPresenceChange: () => undefined,
    onSubscribed: () => undefined,
    onUnsubscribed: () => undefined,
    watchersElsewhere: () => [],
  });
  const [listener] = await endpoint.listen();
  client = createSocket('udp4').bind(0, '127.0.0.1');
  await once(client, 'listening');

  const ask = async (extra: readonly string[]): Promise<string> => {
    const lines = [
      'REGISTER sip:sip.example SIP/2.0',
      `Via: SIP/2.0/UDP 127.0.0.1:${client.address().port};branch=z9hG4bKsame`,
      'From: <sip:alice@sip.example>;tag=1',
      'To: <sip:alice@sip.example>',
      'Call-ID: same',
      'CSeq: 1 REGISTER',
      `Contact: <sip:alice@127.0.0.1:${client.address().port}>`,
      ...extra,
      'Content-Length: 0',
    ];
    client.send(`${lines.join('\r\n')}\r\n\r\n`, listener?.port ?? 0, '127.0.0.1');
    const [answer] = (await once(client, 'message')) as [Buffer];
    return answer.toString();
  };

  const challenged = await ask([]);
  expect(challenged).toMatch(/^SIP\/2\.0 401 /);
  const challenge = /^WWW-Authenticate: (.*)$/m.exec(challenged)?.[1] ?? '';
  const answer = digestAnswer(challenge, { name: 'alice', password: 'pw' }, 'REGISTER');
  expect(await ask([`Authorization: ${answer}`])).toMatch(/^SIP\/2\.0 200 /);
});
