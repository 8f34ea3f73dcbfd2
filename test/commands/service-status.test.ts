/** get-servicestatus in a pipe: what it says once, and each change as it comes until it has said enough. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { freePort } from '../peers/free-port.ts';
import { startProcess } from '../peers/running-process.ts';
import { gatewaySite } from '../support/gateway-site.ts';
import { cleanEnvironment } from '../support/xgw.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');

type Row = Readonly<Record<string, unknown>>;
const recordsIn = (text: string): readonly Row[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
const partnersOf = (row: Row | undefined): readonly Row[] => (row?.['Partners'] ?? []) as readonly Row[];

function passwordFile(home: string): string {
  const file = path.join(path.dirname(home), 'password.txt');
  writeFileSync(file, 'correct horse\n', { mode: 0o600 });
  return file;
}

/** Milliseconds: a gateway is started, and looks are a second apart. */
const patience = 180_000;

it(
  'get-servicestatus says what works, stays in a pipe until it was told enough, and names what failed',
  async () => {
    const site = await gatewaySite('contoso.example');
    const proxy = ['-ProxyFqdn', `127.0.0.1:${await freePort()}`];
    await site.run('new-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'Federated', ...proxy);
    await site.run('new-user', 'sip:alice@contoso.example', '-PasswordFile', passwordFile(site.home));
    await site.run('new-xmppfederatedpartner', 'adatum.example', '-PartnerType', 'PublicVerified');
    const [off] = await site.run('get-servicestatus');
    expect(off).toMatchObject({ Status: 'Stopped', LoadedRevision: null });
    expect(partnersOf(off).map(({ State }) => State)).toEqual(['Unknown', 'Unknown']);

    await site.run('start-service');
    const [on] = await site.run('get-servicestatus', 'fabrikam*');
    expect(on).toMatchObject({ Status: 'Running', Sessions: 0 });
    expect(partnersOf(on)).toMatchObject([
      { Partner: 'fabrikam.example', PartnerType: 'Federated', State: 'Idle', MessagesPerMinute: 0, LastProblem: null },
    ]);

    const words = ['get-servicestatus', '-Watch', '-Count', '2', '-Interval', '1', '-OutputFormat', 'ndjson'];
    const env = cleanEnvironment({ XGW_HOME: site.home });
    const watching = startProcess(process.execPath, [program, ...words], path.dirname(site.home), { env });
    await watching.waitFor(/"Partners".*\n/);
    await site.type('test-xmppim', '-Receiver', 'bob@fabrikam.example');
    expect(await watching.finished).toBe(0);
    const records = recordsIn(watching.output());
    expect(records).toHaveLength(2);
    expect(partnersOf(records[1]).at(-1)).toMatchObject({
      State: 'Failed',
      LastProblem: expect.stringMatching(/tcp.*ECONNREFUSED/),
    });

    const brief = await site.type('get-servicestatus', '-Watch', '-Duration', '1', '-Interval', '1');
    expect([brief.code, recordsIn(brief.stdout).length]).toEqual([0, 1]);
  },
  patience,
);
