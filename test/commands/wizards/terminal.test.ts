/** The wizard on a real terminal: `script` gives the built program one, and keys are pressed when their question is on the screen. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { Secret } from '../../../src/primitives/secret.ts';
import { openKeyStore } from '../../../src/store/key-store.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { enter, esc, kill, typedOn } from '../../support/typed-on-terminal.ts';
import { xgwIn } from '../../support/xgw.ts';

describeWithPeers('the certificate wizard on a terminal', [peers.script], () => {
  it('walks the pages, goes back with Esc, and makes the request that it shows', async () => {
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    await site.run('initialize-gateway', 'contoso.example');
    const { screen, code, left } = await typedOn(
      folder,
      ['request-certificate'],
      [
        { when: 'Task', press: enter },
        { when: '(-Type)', press: enter },
        { when: '(-CA)', press: enter },
        { when: '(-Output)', press: enter },
        { when: '(-Template)', press: enter },
        { when: '(-FriendlyName)', press: enter },
        { when: '(-KeyAlg)', press: enter },
        { when: '(-KeySize)', press: esc },
        { when: '(-KeyAlg)', press: `\u001b[B${enter}` },
        { when: '(-PrivateKeyExportable)', press: enter },
        { when: '(-EncryptKey)', press: enter },
        { when: '(-Organization)', press: `Contoso${enter}` },
        { when: '(-OU)', press: enter },
        { when: '(-Country)', press: enter },
        { when: '(-State)', press: enter },
        { when: '(-City)', press: enter },
        { when: '(-ComputerFqdn)', press: enter },
        { when: '(-AllSipDomain)', press: enter },
        { when: '(-DomainName)', press: enter },
        { when: 'What now', press: enter },
        { when: 'Certificate Request File', press: enter },
      ],
    );
    expect([code, left]).toEqual([0, []]);
    expect(screen).toContain('Step 6 of 12: Name and Security  (Esc back, ? help, Ctrl-C cancel)');
    expect(screen).toContain('-KeyAlg ECDSA_P256 -PrivateKeyExportable true -Organization Contoso');
    const [request] = await site.run('get-certificaterequest');
    expect(request).toMatchObject({
      Status: 'Pending',
      KeyAlgorithm: 'ECDSA_P256',
      FriendlyName: 'XMPP external edge',
    });
  });

  it('lets a passphrase be typed twice, unseen, and the key rests under it', async () => {
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    await site.run('new-sipdomain', 'contoso.example');
    const words = ['request-certificate', '-New', '-KeyAlg', 'ECDSA_P256', '-EncryptKey', '-Output', 'edge.csr'];
    const question = 'Passphrase of the private key in the store';
    const { screen, code, left } = await typedOn(folder, words, [
      { when: question, press: `correct horse${enter}` },
      { when: question, press: `correct horse${enter}` },
    ]);
    expect([code, left]).toEqual([0, []]);
    expect(screen).not.toContain('correct horse');
    expect(screen).toContain('XGW_KEY_PASSPHRASE_FILE');
    const [request] = await site.run('get-certificaterequest');
    const keys = openKeyStore(site.home, () => new Secret('correct horse'));
    const name = String(request?.['PublicKeySha256']);
    expect([keys.isKeyEncrypted(name), keys.readKey(name)?.publicKeySha256]).toEqual([true, name]);
  });

  it('ends with 130 on Ctrl-C, and nothing is changed', async () => {
    const folder = temporaryFolder();
    const { screen, code } = await typedOn(folder, ['start-certificatewizard'], [{ when: 'Task', press: '\u0003' }]);
    expect([code, screen]).toEqual([130, expect.stringContaining('nothing was changed')]);
    expect(openKeyStore(path.join(folder, 'store')).keyNames()).toEqual([]);
  });

  it('killed in the middle goes on where it was left, with the answers before', async () => {
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    await site.run('initialize-gateway', 'contoso.example');
    const before = openKeyStore(site.home).keyNames();
    const first = await typedOn(
      folder,
      ['start-certificatewizard'],
      [
        { when: 'Task', press: enter },
        { when: '(-Type)', press: enter },
        { when: '(-CA)', press: enter },
        { when: '(-Output)', press: enter },
        { when: '(-Template)', press: enter },
        { when: '(-FriendlyName)', press: `Second edge${enter}` },
        { when: '(-KeyAlg)', press: kill },
      ],
    );
    expect(first.left).toEqual([]);
    expect(first.code).not.toBe(0);
    const draft = path.join(site.home, 'state', 'request-certificate.draft.json');
    expect((statSync(draft).mode & 0o777).toString(8)).toBe('600');
    expect(JSON.parse(readFileSync(draft, 'utf8'))).toMatchObject({
      Type: 'ExternalEdge',
      FriendlyName: 'Second edge',
    });
    expect(openKeyStore(site.home).keyNames()).toEqual(before);
    const second = await typedOn(
      folder,
      ['start-certificatewizard', '-WarningAction', 'SilentlyContinue'],
      [
        { when: 'Continue where you left off', press: enter },
        { when: '(-KeyAlg)', press: '\u0003' },
      ],
    );
    expect([second.code, second.left]).toEqual([130, []]);
    expect(second.screen).toContain('Step 6 of 12: Name and Security');
  });

  it('asks in plain numbered lines where a screen reader wants them, also on a dumb terminal', async () => {
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    await site.run('initialize-gateway', 'contoso.example');
    const { raw, screen, code, left } = await typedOn(
      folder,
      ['start-certificatewizard'],
      [
        { when: 'Number', press: enter },
        { when: '(-Type)', press: '9\r' },
        { when: 'That is none of the numbers.', press: '?\r' },
        { when: 'The external edge certificate serves XMPP too', press: '1\r' },
        { when: '(-CA)', press: '2\r' },
        { when: '(-FriendlyName)', press: '<\r' },
        { when: '(-CA)', press: 'LOCAL\r' },
        { when: '(-FriendlyName)', press: 'Lab\r' },
        { when: '(-KeyAlg)', press: '2\r' },
        { when: '(-PrivateKeyExportable)', press: enter },
        { when: '(-EncryptKey)', press: enter },
        { when: '(-Organization)', press: enter },
        { when: '(-OU)', press: enter },
        { when: '(-Country)', press: 'Taiwan\r' },
        { when: 'two letters', press: 'TW\r' },
        { when: '(-State)', press: enter },
        { when: '(-City)', press: enter },
        { when: '(-ComputerFqdn)', press: enter },
        { when: '(-AllSipDomain)', press: enter },
        { when: '(-DomainName)', press: enter },
        { when: 'What now', press: '1\r' },
      ],
      { XGW_ACCESSIBLE: '1', TERM: 'dumb' },
    );
    expect([code, left]).toEqual([0, []]);
    expect(screen).toMatch(/ {2}2 {2}local: Sign at once with the LOCAL TEST CA/);
    expect(screen).toContain('Answer, ? for help, < to go back [contoso.example]: ');
    // Nothing was painted over.
    expect(raw).not.toContain('\u001b');
    const [certificate] = await site.run('get-certificate', '-Type', 'ExternalEdge');
    expect(certificate).toMatchObject({ FriendlyName: 'Lab', KeyAlgorithm: 'ECDSA_P256' });
  });

  it('asks nobody on a dumb terminal otherwise', async () => {
    const folder = temporaryFolder();
    const { screen, code } = await typedOn(folder, ['start-certificatewizard'], [], { TERM: 'dumb' });
    expect([code, screen]).toEqual([4, expect.stringContaining('nobody is there to answer')]);
  });
});
