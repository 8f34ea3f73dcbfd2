/** What an administrator sees of a real partner whose stream comes up and whose server goes away, on a terminal and line by line. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { startProcess } from '../peers/running-process.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { typedOn } from '../support/typed-on-terminal.ts';
import { cleanEnvironment } from '../support/xgw.ts';
import { federate } from './federation.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');
/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const watch = ['get-servicestatus', '-Watch', '-Interval', '1'] as const;

describeWithPeers('get-servicestatus -Watch', [peers.prosody, peers.script], () => {
  it(
    'shows a partner that connects and fails, on the dashboard and in plain lines, each change once; q leaves it with 0, SIGTERM with 143',
    async () => {
      const { site, xmppServer } = await federate({
        peer: 'external',
        partner: ['-SupportDialbackNegotiation', 'false'],
      });
      const folder = path.dirname(site.home);
      const env = cleanEnvironment({ XGW_HOME: site.home, ACCESSIBLE: '1' });
      const plain = startProcess(
        process.execPath,
        [program, ...watch, '-Partner', 'fabrikam*', '-OutputFormat', 'auto'],
        folder,
        { env },
      );
      await plain.waitFor(/fabrikam\.example Idle/);

      const asked: Promise<unknown>[] = [];
      const send = async (): Promise<unknown> => await site.type('test-xmppim', '-Receiver', 'bob@fabrikam.example');
      const fail = async (): Promise<unknown> => {
        await plain.waitFor(/Idle -> Connected/);
        await xmppServer.process.stop();
        return await send();
      };
      /** Begins what is to be seen next, and presses a key that changes nothing. */
      const beginning = (begin: () => Promise<unknown>): string => {
        asked.push(begin());
        return 'x';
      };
      const shown = await typedOn(
        folder,
        [...watch],
        [
          {
            when: 'Federated        Idle',
            get press() {
              return beginning(send);
            },
          },
          {
            when: 'Federated        Connected   ',
            get press() {
              return beginning(fail);
            },
          },
          { when: 'Federated        Failed      0', press: 'q' },
        ],
        { LANG: 'C.UTF-8' },
      );
      await Promise.all(asked);
      expect([shown.code, shown.left]).toEqual([0, []]);
      expect(shown.raw.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(shown.raw.lastIndexOf('\u001b[?1049h'));

      await plain.waitFor(/-> Failed: .+\n/);
      process.kill(plain.pid, 'SIGTERM');
      expect(await plain.finished).toBe(143);
      const told = plain
        .output()
        .split('\n')
        .flatMap((line) => /fabrikam\.example .*/.exec(line)?.[0] ?? []);
      expect(told.filter((line, index) => line === told[index - 1])).toEqual([]);
      const states = told.map((line) => /(?:Idle|Connected|Failed)(?=$|:|,)/.exec(line)?.[0]);
      // Whether a look falls between the end of the stream and the message that fails is chance.
      expect(states.join(' ')).toMatch(/^Idle (?:Connected )+(?:Idle )?Failed$/);

      const terminated = await typedOn(
        folder,
        [...watch],
        [
          {
            when: 'Federated        Failed',
            get press() {
              process.kill(Number(readFileSync(path.join(folder, 'pid'), 'utf8')), 'SIGTERM');
              return 'x';
            },
          },
        ],
        { LANG: 'C.UTF-8' },
      );
      expect(terminated.code).toBe(143);
      expect(terminated.raw.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(terminated.raw.lastIndexOf('\u001b[?1049h'));
    },
    patience,
  );
});
