import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { acmeFiles } from '../../src/store/acme-files.ts';
import { openKeyStore } from '../../src/store/key-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const name = { directory: 'https://ca.example/directory', eabKeyId: undefined };
const newAccount = () => ({
  key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  url: undefined,
  contact: [] as readonly string[],
});
const accountFile = (folder: string): string => {
  const [file = ''] = readdirSync(path.join(folder, 'keys'));
  return path.join(folder, 'keys', file);
};

describe('an ACME account on disk', () => {
  it('is read back as it was written, for its directory and its external account alone', () => {
    const files = acmeFiles(temporaryFolder());
    const account = { ...newAccount(), url: 'https://ca.example/account/7', contact: ['mailto:a@contoso.example'] };
    files.saveAccount(name, account);
    const read = files.readAccount(name);
    expect([read?.url, read?.contact, read?.key.equals(account.key)]).toEqual([account.url, account.contact, true]);
    expect(files.readAccount({ ...name, eabKeyId: 'kid-1' })).toBeUndefined();
    expect(files.readAccount({ ...name, directory: 'https://other.example/' })).toBeUndefined();
  });

  it('is that of the process that was first', () => {
    const files = acmeFiles(temporaryFolder());
    const [first, second] = [newAccount(), newAccount()];
    expect(files.createAccount(name, first).key.equals(first.key)).toBe(true);
    expect(files.createAccount(name, second).key.equals(first.key)).toBe(true);
  });

  it('is for its owner only, and is no key of a certificate', () => {
    const folder = temporaryFolder();
    acmeFiles(folder).saveAccount(name, newAccount());
    expect((statSync(accountFile(folder)).mode & 0o777).toString(8)).toBe('600');
    expect(openKeyStore(folder).keyNames()).toEqual([]);
    chmodSync(accountFile(folder), 0o640);
    expect(() => acmeFiles(folder).readAccount(name)).toThrow(expect.objectContaining({ id: 'KeyFileExposed' }));
  });

  it.each(['', '{', 'null', '{"key":"x","contact":[]}'])('that is damaged is refused by its name: %j', (text) => {
    const folder = temporaryFolder();
    acmeFiles(folder).saveAccount(name, newAccount());
    const file = accountFile(folder);
    writeFileSync(file, text);
    const damaged = expect.objectContaining({ id: 'KeyFileDamaged', target: file });
    expect(() => acmeFiles(folder).readAccount(name)).toThrow(damaged);
  });
});

describe('an ACME order on disk', () => {
  const order = {
    directory: name.directory,
    account: 'https://ca.example/account/7',
    order: 'https://ca.example/order/9',
  };

  it('is read back, and gone when it is over', () => {
    const folder = temporaryFolder();
    const files = acmeFiles(folder);
    expect(files.readOrder('ab12')).toBeUndefined();
    files.saveOrder('ab12', order);
    expect([files.readOrder('ab12'), files.readOrder('cd34')]).toEqual([order, undefined]);
    expect(JSON.parse(readFileSync(path.join(folder, 'state', 'acme', 'ab12.json'), 'utf8'))).toEqual(order);
    files.saveOrder('ab12', undefined);
    files.saveOrder('ab12', undefined);
    expect(files.readOrder('ab12')).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{"order":7}', `"${'x'.repeat(30_000)}"`])(
    'that is damaged was never written',
    (text) => {
      const folder = temporaryFolder();
      acmeFiles(folder).saveOrder('ab12', order);
      writeFileSync(path.join(folder, 'state', 'acme', 'ab12.json'), text);
      expect(acmeFiles(folder).readOrder('ab12')).toBeUndefined();
    },
  );
});
