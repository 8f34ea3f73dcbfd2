/** Whoever tries passwords at the home server, or floods it, is stopped; the administrator hears of it, and the user who is there stays in. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { passwordFailuresPerMinute } from '../../src/gateway/sip/home/guess-brake.ts';
import { requestBurstSeconds, requestsPerSecond } from '../../src/gateway/sip/source-limits.ts';
import { tcpPeer, wireRequest } from '../gateway/sip/wire.ts';
import { registerScenario, runSipp } from '../peers/sipp.ts';
import { gatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { until } from '../support/shown-certificate.ts';

/** Milliseconds: a dozen processes, on a machine that runs other suites too. */
const patience = 180_000;
const password = 'correct-horse';

describeWithPeers('guessing the password of a SIP user', [peers.sipp], () => {
  it(
    'ends with 503 and one event; a new password ends what was registered with the old one; a flood is refused',
    async () => {
      const site = await gatewaySite('contoso.example');
      const file = path.join(path.dirname(site.home), 'password.txt');
      writeFileSync(file, password, { mode: 0o600 });
      for (const name of ['alice', 'carol']) {
        await site.run('new-user', `sip:${name}@contoso.example`, '-PasswordFile', file);
      }
      await site.run('start-service');
      const register = async (user: string, tried: string, final: number) => {
        const { exitCode } = await runSipp({
          server: { host: '127.0.0.1', port: site.sipPort },
          transport: 'udp',
          scenario: registerScenario(final),
          user,
          password: tried,
          keys: { domain: 'contoso.example', contact_port: '5099', expires: '600' },
        });
        return exitCode;
      };
      expect(await register('carol', password, 200)).toBe(0);
      for (let guess = 0; guess < passwordFailuresPerMinute.perUser; guess += 1) {
        expect(await register('alice', `guess ${guess}`, 401)).toBe(0);
      }
      expect(await register('alice', password, 503)).toBe(0);
      expect(await register('carol', password, 200)).toBe(0);
      expect(await site.run('get-eventlog', '-Filter', 'LimitReached')).toMatchObject([
        { Facts: { limit: 'passwordFailuresPerMinute.perUser', subject: 'sip:alice@contoso.example' } },
      ]);
      expect(await site.run('get-service')).toMatchObject([{ Registrations: 1 }]);

      writeFileSync(file, 'another-password', { mode: 0o600 });
      await site.run('set-user', 'sip:carol@contoso.example', '-PasswordFile', file);
      await until(
        async () => (await site.run('get-service'))[0]?.['Registrations'],
        (registrations) => registrations === 0,
      );
      expect(await register('carol', password, 401)).toBe(0);

      const stranger = await tcpPeer(site.sipPort);
      const request = (number: number) =>
        wireRequest({ callId: `flood-${number}`, via: `SIP/2.0/TCP x;branch=${number}` });
      const most = requestsPerSecond.perStranger * requestBurstSeconds;
      stranger.send(Array.from({ length: 2 * most }, (_, number) => request(number)).join(''));
      await stranger.until((text) => text.includes('SIP/2.0 503'));
      expect(await site.run('get-eventlog', '-Filter', 'LimitReached')).toMatchObject([
        {},
        { Facts: { limit: 'requestsPerSecond.perStranger', subject: '127.0.0.1' } },
      ]);
    },
    patience,
  );
});
