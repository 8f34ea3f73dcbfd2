import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { serviceKeyPassphrase } from '../../../src/operations/certificates/key-passphrase.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const inFile = (text: string, mode = 0o600): string => {
  const file = path.join(temporaryFolder(), 'pass');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
};
const idOf = (env: NodeJS.ProcessEnv): unknown => {
  try {
    return serviceKeyPassphrase(env)?.reveal();
  } catch (error) {
    return (error as { id?: string }).id;
  }
};

describe('the passphrase of the private keys', () => {
  it('is in the file that XGW_KEY_PASSPHRASE_FILE names, without its one line ending', () => {
    expect(idOf({ XGW_KEY_PASSPHRASE_FILE: inFile('geheim 1\n') })).toBe('geheim 1');
    expect(idOf({ XGW_KEY_PASSPHRASE_FILE: inFile('geheim 1\r\n') })).toBe('geheim 1');
    expect(idOf({ XGW_KEY_PASSPHRASE_FILE: inFile(' geheim ') })).toBe(' geheim ');
  });

  it('is the credential that systemd gives, whose mode an access list makes look open', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'xgw-key-pass'), 'geheim\n');
    chmodSync(path.join(folder, 'xgw-key-pass'), 0o440);
    expect(idOf({ CREDENTIALS_DIRECTORY: folder })).toBe('geheim');
    expect(idOf({ CREDENTIALS_DIRECTORY: folder, XGW_KEY_PASSPHRASE_FILE: inFile('mine') })).toBe('mine');
  });

  it('is nowhere else', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'empty'));
    expect(idOf({})).toBeUndefined();
    expect(idOf({ XGW_KEY_PASSPHRASE: 'geheim' })).toBeUndefined();
    expect(idOf({ CREDENTIALS_DIRECTORY: path.join(folder, 'empty') })).toBeUndefined();
  });

  it.each([
    ['a file that others can read', () => inFile('x', 0o640), 'KeyFileExposed'],
    ['a file that is not there', () => path.join(temporaryFolder(), 'none'), 'FileNotFound'],
    ['an empty file', () => inFile('\n'), 'InvalidValue'],
    ['two lines', () => inFile('a\nb\n'), 'InvalidValue'],
    ['a file far too long', () => inFile('x'.repeat(5000)), 'InvalidValue'],
  ])('is refused from %s', (_, file, id) => {
    expect(idOf({ XGW_KEY_PASSPHRASE_FILE: file() })).toBe(id);
  });
});
