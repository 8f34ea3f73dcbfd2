/** The last failures of a store, as PowerShell's $Error has them, between processes. */
import path from 'node:path';

import { beforeEach, expect, it } from '@jest/globals';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Xgw, xgwIn } from '../support/xgw.ts';

let xgw: Xgw;
let failure: Record<string, unknown>;

beforeEach(async () => {
  xgw = xgwIn(path.join(temporaryFolder(), 'store'));
  await xgw.run('new-xmppfederatedpartner', 'fabrikam.com');
  await xgw.type('remove-xmppfederatedpartner', 'nobody.com');
  const { stderr } = await xgw.type('new-xmppfederatedpartner', 'fabrikam.com', '-ErrorView', 'Json');
  failure = JSON.parse(stderr) as Record<string, unknown>;
});

it('shows what each said, the newest first, and no act that succeeded', async () => {
  expect(await xgw.run('get-error')).toMatchObject([
    {
      Cmdlet: 'New-XmppFederatedPartner',
      Id: 'PartnerAlreadyExists',
      ExitCode: 6,
      Message: failure['Message'],
      Reason: failure['Reason'],
      Fix: failure['Fix'],
      Command: expect.stringContaining('new-xmppfederatedpartner'),
      Kind: 'ErrorRecord',
    },
    { Cmdlet: 'Remove-XmppFederatedPartner', Id: 'ObjectNotFound', ExitCode: 3 },
  ]);
});

it('-Newest bounds them, and -CorrelationId finds the one that an error record names', async () => {
  expect(await xgw.run('get-error', '-Newest', '1')).toHaveLength(1);
  const found = await xgw.run('get-error', '-CorrelationId', String(failure['CorrelationId']));
  expect(found.map((each) => each['Id'])).toEqual(['PartnerAlreadyExists']);
  expect(await xgw.run('get-error', '-CorrelationId', 'nothing')).toEqual([]);
});
