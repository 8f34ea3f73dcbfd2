/** The tools whose PKCS#12 files people bring, and which open ours: openssl, GnuTLS certtool, NSS pk12util. Judged by their words. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Issued } from './openssl-pki.ts';

/** What a tool says beside the PEM it prints: base64 spells any word now and then. */
export const withoutPem = (said: string): string => said.replaceAll(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----/g, '');

export class PfxTools {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'xgw-pfx-'));
  #count = 0;
  #database: string | undefined;

  run(program: string, args: readonly string[]): string {
    const { stdout, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    return `${stdout}${stderr}`;
  }

  file(content?: string | Uint8Array): string {
    this.#count += 1;
    const file = path.join(this.folder, String(this.#count));
    if (content !== undefined) writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  byOpenssl(leaf: Issued, password: string, options: readonly string[] = []): Buffer {
    const out = this.file();
    const pair = ['-in', leaf.certFile, '-inkey', leaf.keyFile, '-out', out];
    const said = this.run('openssl', [
      'pkcs12',
      '-export',
      ...pair,
      '-passout',
      `file:${this.file(`${password}\n`)}`,
      ...options,
    ]);
    return this.#made(out, said);
  }

  byCerttool(leaf: Issued, password: string, options: readonly string[] = []): Buffer {
    const out = this.file();
    const pair = ['--load-certificate', leaf.certFile, '--load-privkey', leaf.keyFile, '--outder', '--outfile', out];
    const secret = password === '' ? ['--empty-password', '--password', ''] : ['--password', password];
    const said = this.run('certtool', ['--to-p12', '--p12-name', 'edge', ...pair, ...secret, ...options]);
    return this.#made(out, said);
  }

  byPk12util(leaf: Issued, password: string, options: readonly string[]): Buffer {
    const database = this.#newDatabase();
    const given = this.byOpenssl(leaf, 'x', ['-name', 'edge']);
    this.run('pk12util', ['-i', this.file(given), '-d', database, '-K', '', '-W', 'x']);
    const out = this.file();
    const said = this.run('pk12util', ['-o', out, '-n', 'edge', '-d', database, '-K', '', '-W', password, ...options]);
    return this.#made(out, said);
  }

  /** What each tool says when it opens the file, keyed by tool. */
  open(pfx: Uint8Array, password: string): Readonly<Record<'openssl' | 'certtool' | 'pk12util', string>> {
    const file = this.file(pfx);
    const passwordFile = this.file(`${password}\n`);
    return {
      openssl: this.run('openssl', ['pkcs12', '-in', file, '-passin', `file:${passwordFile}`, '-noenc', '-info']),
      certtool: this.run('certtool', ['--p12-info', '--inder', '--infile', file, '--password', password]),
      pk12util: this.run('pk12util', ['-i', file, '-d', this.#newDatabase(), '-K', '', '-w', passwordFile]),
    };
  }

  #newDatabase(): string {
    this.#count += 1;
    this.#database = mkdtempSync(path.join(this.folder, 'nss-'));
    this.run('certutil', ['-N', '-d', `sql:${this.#database}`, '--empty-password']);
    return `sql:${this.#database}`;
  }

  #made(file: string, said: string): Buffer {
    try {
      return readFileSync(file);
    } catch {
      throw new Error(said);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
