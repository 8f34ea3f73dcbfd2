/** The pictures that are drawn again, on a real terminal: the dashboard of a real gateway, and a message to move about in. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { createTraceFile } from '../../../src/store/trace-files.ts';
import { arriving } from '../../operations/trace/sample-steps.ts';
import { gatewaySite } from '../../support/gateway-site.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ctrlC, down, enter, esc, typedOn } from '../../support/typed-on-terminal.ts';
import { xgwIn } from '../../support/xgw.ts';

const utf8 = { LANG: 'C.UTF-8' };
const [entered, left] = ['\u001b[?1049h', '\u001b[?1049l'];

describeWithPeers('on a terminal', [peers.script], () => {
  it('show-messageflow moves about in a message, compares, saves, and leaves the terminal as it was', async () => {
    const folder = temporaryFolder();
    const store = path.join(folder, 'store');
    await xgwIn(store).run('new-sipdomain', 'contoso.example');
    const file = createTraceFile(store, { name: 'one', scenario: 'Im', started: '', withBodies: false });
    file.append(arriving.map((step) => `${JSON.stringify(step)}\n`).join(''));
    file.close();
    const {
      raw,
      code,
      left: unpressed,
    } = await typedOn(
      folder,
      ['show-messageflow', '01JD8W3K7A'],
      [
        { when: 'delivered in 72 ms', press: enter },
        { when: '192.0.2.10:5269  TLSv1.3', press: esc },
        { when: 'Enter message', press: ' ' },
        { when: 'Enter message', press: down },
        { when: '* +0.000', press: ' ' },
        { when: '- <message/>', press: esc },
        { when: 'Enter message', press: 's' },
        { when: 'message-01JD8W3K7A.txt written', press: 'q' },
      ],
      utf8,
    );
    expect([code, unpressed]).toEqual([0, []]);
    expect(raw.indexOf(entered)).toBeGreaterThanOrEqual(0);
    expect(raw.lastIndexOf(left)).toBeGreaterThan(raw.indexOf(entered));
    expect(readFileSync(path.join(folder, 'message-01JD8W3K7A.txt'), 'utf8')).toContain('delivered in 72 ms');
  });

  it('get-servicestatus -Watch shows a partner, what is changed meanwhile, and a gateway that stops; Ctrl-C leaves it with 130', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('new-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'Federated');
    await site.run('start-service');
    const told: Promise<unknown>[] = [];
    const {
      raw,
      code,
      left: unpressed,
    } = await typedOn(
      path.dirname(site.home),
      ['get-servicestatus', '-Watch', '-Interval', '1'],
      [
        { when: 'fabrikam.example Federated        Idle', press: 'd' },
        {
          when: 'LOCAL TEST CA',
          get press() {
            told.push(
              site.run('suspend-xmppfederatedpartner', 'fabrikam.example').then(() => site.run('stop-service')),
            );
            return 'd';
          },
        },
        { when: 'XMPPGW Stopped', press: ' ' },
        { when: 'PAUSED', press: ctrlC },
      ],
      utf8,
    );
    await Promise.all(told);
    expect([code, unpressed]).toEqual([130, []]);
    expect(raw).toContain('▁');
    expect(raw.lastIndexOf(left)).toBeGreaterThan(raw.lastIndexOf(entered));
  });
});
