/** Tests of a gateway whose private key is encrypted, typed by somebody who has not its passphrase: the service has it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';

import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { xgwIn } from '../support/xgw.ts';

/** Milliseconds: a gateway starts beside other suites. */
const patience = 180_000;

let site: GatewaySite;
let passphrase: ReturnType<typeof given>;
function given(text: string): { readonly XGW_KEY_PASSPHRASE_FILE: string } {
  const file = path.join(temporaryFolder(), 'pass');
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return { XGW_KEY_PASSPHRASE_FILE: file };
}
beforeEach(async () => {
  passphrase = given('geheim');
  site = await gatewaySite('contoso.example');
  const encrypted = ['-KeyPassphraseFile', passphrase.XGW_KEY_PASSPHRASE_FILE];
  await site.run('request-certificate', '-New', '-CA', 'local', '-KeyAlg', 'ECDSA_P256', ...encrypted);
}, patience);

/** What test-certificateconfiguration says of the key. */
async function keyFinding(env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { stdout } = await xgwIn(site.home, env).type('test-certificateconfiguration');
  const findings = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return findings.find(({ Name }) => Name === 'key');
}

describe('an encrypted private key', () => {
  it('is a warning that asks for the passphrase, not a failure that asks for another certificate', async () => {
    const Fix = 'XGW_KEY_PASSPHRASE_FILE=/etc/xgw/key-pass xgw test-certificateconfiguration';
    expect(await keyFinding()).toMatchObject({ Result: 'Warning', Fix });
    expect((await site.type('test-migrationreadiness', 'Certificates')).code).toBe(0);
    expect((await site.type('test-configuration')).code).toBe(0);
  });

  it('is opened with the passphrase that the service would find, and fails with another', async () => {
    const Detail = 'the private key in the store belongs to it';
    expect(await keyFinding(passphrase)).toMatchObject({ Result: 'Success', Detail });
    expect(await keyFinding(given('falsch'))).toMatchObject({ Result: 'Failure' });
  });

  it(
    'is good while the running gateway shows its certificate, and ends no route',
    async () => {
      await site.run('new-xmppfederatedpartner', 'fabrikam.example');
      expect((await xgwIn(site.home, passphrase).type('start-service')).code).toBe(0);
      const Detail = 'it is encrypted, and the running gateway has opened it';
      expect(await keyFinding()).toMatchObject({ Result: 'Success', Detail });
      const { stdout } = await site.type('test-federationroute', 'fabrikam.example');
      expect(stdout).toMatch(/"Name":"Certificate",[^\n]*"Result":"Warning",[^\n]*LOCAL TEST CA/);
      expect(stdout).toMatch(/"Name":"Service",[^\n]*"Result":"Success"/);
    },
    patience,
  );
});
