/** Whoever tries passwords at the home server is stopped, the administrator hears of it, and the user who is there stays in. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { passwordFailuresPerMinute } from '../../src/gateway/sip/home/guess-brake.ts';
import { registerScenario, runSipp } from '../peers/sipp.ts';
import { gatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';

/** Milliseconds: a dozen processes, on a machine that runs other suites too. */
const patience = 60_000;
const password = 'correct-horse';

describeWithPeers('guessing the password of a SIP user', [peers.sipp], () => {
  it(
    'ends with 503 and one event',
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
    },
    patience,
  );
});
