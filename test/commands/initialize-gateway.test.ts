import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { xgwIn } from '../support/xgw.ts';

const fresh = () => xgwIn(path.join(temporaryFolder(), 'store'));

describe('initialize-gateway', () => {
  it('sets everything up that a first message needs on this side, in one revision', async () => {
    const xgw = fresh();
    const [done] = await xgw.run('initialize-gateway', 'contoso.example', '-PassThru');
    expect(done).toMatchObject({ SipDomain: 'contoso.example', AccessEdgeFqdn: 'sip.contoso.example', Changed: true });
    expect(await xgw.run('get-sipdomain')).toMatchObject([{ Identity: 'contoso.example', IsDefault: true }]);
    expect(await xgw.run('get-accessedgeconfiguration')).toMatchObject([{ AllowFederatedUsers: true }]);
    expect(await xgw.run('get-externalaccesspolicy', 'Global')).toMatchObject([
      { EnableXmppAccess: true, EnableFederationAccess: true },
    ]);
    const [certificate] = await xgw.run('get-certificate');
    expect(certificate?.['Thumbprint']).toBe(done?.['CertificateThumbprint']);
    expect(certificate?.['AssignedTo']).toEqual(['ExternalEdge']);
    expect((await xgw.run('get-configurationhistory')).length).toBe(1);
  });

  it('changes nothing the second time, and keeps the certificate', async () => {
    const xgw = fresh();
    await xgw.run('initialize-gateway', 'contoso.example');
    const before = readFileSync(path.join(xgw.home, 'store.json'));
    const [again] = await xgw.run('initialize-gateway', 'contoso.example', '-PassThru');
    expect(again).toMatchObject({ Changed: false, CertificateThumbprint: null });
    expect(readFileSync(path.join(xgw.home, 'store.json')).equals(before)).toBe(true);
  });

  it('shows its plan with -WhatIf, and makes neither store nor key', async () => {
    const xgw = fresh();
    const shown = await xgw.type('initialize-gateway', 'contoso.example', '-WhatIf');
    expect(shown.code).toBe(0);
    expect(`${shown.stdout}${shown.stderr}`).toContain('EnableXmppAccess');
    expect(existsSync(xgw.home)).toBe(false);
  });

  it('refuses what is no domain, and says what is wrong with it', async () => {
    const refused = await fresh().type('initialize-gateway', 'contoso');
    expect([refused.code, /Id: +(\w+)/.exec(refused.stderr)?.[1]]).toEqual([5, 'InvalidDomain']);
  });

  it('asks for the domain, and where nobody can be asked names what is missing', async () => {
    const refused = await fresh().type('initialize-gateway');
    expect([refused.code, /Id: +(\w+)/.exec(refused.stderr)?.[1]]).toEqual([4, 'MandatoryParameterMissing']);
  });
});
