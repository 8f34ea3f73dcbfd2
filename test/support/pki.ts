/** Throw-away certificate authorities, made with openssl at test time; everything is returned in memory, nothing stays on disk. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TestCertificate {
  /** PKCS#8, PEM. */
  readonly key: string;
  /** PEM, leaf only: the authority issues directly. */
  readonly chain: string;
}

export interface CertificateRequestOptions {
  /** DNS names; `*.` allowed. */
  readonly names: readonly string[];
  /** Default: serverAuth only, as public authorities issue today. */
  readonly extendedKeyUsage?: string;
  /** openssl dates such as 20240101000000Z. Default: from yesterday on, for a year. */
  readonly notBefore?: string;
  readonly notAfter?: string;
}

export interface TestAuthority {
  readonly rootPem: string;
  readonly rootDer: Buffer;
  issue(options: CertificateRequestOptions): TestCertificate;
}

export function createAuthority(commonName: string): TestAuthority {
  const root = inFolder((folder) => {
    makeKey(folder);
    writeFileSync(
      path.join(folder, 'ext.cnf'),
      extensions(['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign']),
    );
    openssl(
      folder,
      `req -x509 -new -key key.pem -days 3650 -subj /CN=${commonName} -out cert.pem -config ext.cnf -extensions e`,
    );
    return readPair(folder);
  });
  return {
    rootPem: root.chain,
    rootDer: new X509Certificate(root.chain).raw,
    issue: (options) => issue(root, options),
  };
}

export function selfSigned(options: CertificateRequestOptions): TestCertificate {
  return inFolder((folder) => {
    makeKey(folder);
    writeFileSync(path.join(folder, 'ext.cnf'), extensions(leafExtensions(options)));
    openssl(folder, 'req -x509 -new -key key.pem -days 365 -subj /CN=test -out cert.pem -config ext.cnf -extensions e');
    return readPair(folder);
  });
}

function issue(root: TestCertificate, options: CertificateRequestOptions): TestCertificate {
  return inFolder((folder) => {
    makeKey(folder);
    writeFileSync(path.join(folder, 'ext.cnf'), extensions(leafExtensions(options)) + authority(options));
    writeFileSync(path.join(folder, 'root.pem'), root.chain);
    writeFileSync(path.join(folder, 'root.key'), root.key, { mode: 0o600 });
    writeFileSync(path.join(folder, 'index.txt'), '');
    openssl(folder, 'req -new -key key.pem -subj /CN=test -out leaf.csr -config ext.cnf');
    openssl(folder, 'ca -batch -notext -config ext.cnf -in leaf.csr -out cert.pem');
    return readPair(folder);
  });
}

const leafExtensions = ({ names, extendedKeyUsage = 'serverAuth' }: CertificateRequestOptions): string[] => [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  `extendedKeyUsage=${extendedKeyUsage}`,
  `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
];

const extensions = (lines: readonly string[]): string =>
  ['[req]', 'distinguished_name=dn', '[dn]', '[e]', ...lines, ''].join('\n');

function authority({ notBefore, notAfter }: CertificateRequestOptions): string {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return [
    '[ca]',
    'default_ca=test',
    '[test]',
    'database=index.txt',
    'new_certs_dir=.',
    'certificate=root.pem',
    'private_key=root.key',
    'rand_serial=yes',
    'default_md=sha256',
    `default_startdate=${notBefore ?? yesterday}`,
    notAfter === undefined ? 'default_days=365' : `default_enddate=${notAfter}`,
    'policy=any',
    'x509_extensions=e',
    '[any]',
    'commonName=supplied',
    '',
  ].join('\n');
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'xgw-pki-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const makeKey = (folder: string): void =>
  openssl(folder, 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem');

function openssl(cwd: string, args: string): void {
  execFileSync('openssl', args.split(' '), { cwd, stdio: 'pipe' });
}

const readPair = (folder: string): TestCertificate => ({
  key: readFileSync(path.join(folder, 'key.pem'), 'utf8'),
  chain: readFileSync(path.join(folder, 'cert.pem'), 'utf8'),
});
