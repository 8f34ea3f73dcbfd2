/** Certificates of every kind, made with the openssl command line at test run; and openssl's own opinion of a chain. */
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type KeyKind = 'ec' | 'ed25519' | 'rsa' | 'rsa1024';

export interface Issued {
  readonly certFile: string;
  readonly keyFile: string;
  readonly subject: string;
  readonly pem: string;
  readonly der: Buffer;
}

export interface Wanted {
  readonly subject?: string;
  readonly issuer?: Issued;
  readonly extensions?: readonly string[];
  /** Extra sections of the openssl configuration, for names that need one. */
  readonly sections?: string;
  readonly days?: number;
  readonly key?: KeyKind;
  readonly digest?: string;
  /** Use this key pair again. */
  readonly keyOf?: Issued;
  readonly sign?: readonly string[];
}

export const caExtensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];

export class OpensslPki {
  readonly folder = mkdtempSync(join(tmpdir(), 'xgw-pki-'));
  #count = 0;
  readonly #requests = new Map<string, string>();

  issue(wanted: Wanted): Issued {
    this.#count += 1;
    const file = (suffix: string): string => join(this.folder, `${this.#count}.${suffix}`);
    const keyFile = wanted.keyOf?.keyFile ?? this.#newKey(file('key'), wanted.key ?? 'ec');
    const subject = wanted.subject ?? `/CN=certificate ${this.#count}`;
    const extensions = wanted.extensions ?? ['subjectAltName=DNS:peer.example'];
    writeFileSync(file('ext'), `[ext]\n${extensions.join('\n')}\n${wanted.sections ?? ''}\n`);
    const signer =
      wanted.issuer === undefined
        ? ['-signkey', keyFile]
        : ['-CA', wanted.issuer.certFile, '-CAkey', wanted.issuer.keyFile, '-set_serial', String(this.#count)];
    const common = ['-days', String(wanted.days ?? 100), '-extfile', file('ext'), '-extensions', 'ext'];
    const digest = wanted.digest === undefined ? [] : [`-${wanted.digest}`];
    const request = ['-in', this.#requestOf(keyFile, subject)];
    const certFile = file('crt');
    openssl('x509', '-req', ...request, ...signer, ...common, ...digest, ...(wanted.sign ?? []), '-out', certFile);
    const x509 = new X509Certificate(readFileSync(certFile));
    return { certFile, keyFile, subject, pem: x509.toString(), der: x509.raw };
  }

  /** Starting openssl is what takes the time: the same request serves many certificates. */
  #requestOf(keyFile: string, subject: string): string {
    const name = JSON.stringify([keyFile, subject]);
    const path = this.#requests.get(name) ?? join(this.folder, `${this.#requests.size}.csr`);
    if (this.#requests.has(name)) return path;
    openssl('req', '-new', '-utf8', '-key', keyFile, '-subj', subject, '-out', path);
    this.#requests.set(name, path);
    return path;
  }

  /** Whether `openssl verify -purpose sslserver` accepts; its exit status is not trusted, its words are. */
  accepts(chain: readonly Buffer[], anchors: readonly Buffer[], host: string, at: Date): { ok: boolean; text: string } {
    this.#count += 1;
    const [leaf, ...rest] = chain;
    const write = (name: string, ders: readonly Buffer[]): string => {
      const path = join(this.folder, `${this.#count}-${name}.pem`);
      writeFileSync(path, ders.map(pemOf).join(''));
      return path;
    };
    const leafFile = write('leaf', leaf === undefined ? [] : [leaf]);
    const untrusted = rest.length === 0 ? [] : ['-untrusted', write('sent', rest)];
    const purpose = 'verify -purpose sslserver -partial_chain -no-CApath -no-CAstore'.split(' ');
    const question = ['-verify_hostname', host, '-attime', String(Math.floor(at.getTime() / 1000))];
    const files = ['-CAfile', write('anchors', anchors), untrusted, leafFile].flat();
    const result = spawnSync('openssl', [purpose, question, files].flat(), { encoding: 'utf8' });
    if (/Could not read|Unable to load/i.test(result.stderr)) throw new Error(result.stderr);
    return { ok: result.stdout.trim() === `${leafFile}: OK`, text: result.stdout + result.stderr };
  }

  #newKey(path: string, kind: KeyKind): string {
    writeFileSync(path, newKey(kind).export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n')}\n-----END CERTIFICATE-----\n`;

function newKey(kind: KeyKind): KeyObject {
  switch (kind) {
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    default:
      return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa' ? 2048 : 1024 }).privateKey;
  }
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
