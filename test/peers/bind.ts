/** BIND 9 as the primary server of two zones on loopback: one takes signed updates, the other none. */
import { spawnSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { programPath } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort } from './free-port.ts';
import { type RunningProcess, startProcess } from './running-process.ts';

export interface Bind {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly process: RunningProcess;
  /** What tsig-keygen wrote, mode 0600: may update `contoso.example`. */
  readonly keyFile: string;
  /** Known to the server, and allowed nothing. */
  readonly otherKeyFile: string;
  srv(name: string): Promise<readonly string[]>;
  addresses(name: string): Promise<readonly string[]>;
}

export interface BindOptions {
  /** More lines of the zone `contoso.example`. */
  readonly records?: readonly string[];
  readonly algorithm?: 'hmac-sha256' | 'hmac-sha512';
}

/** Starts it; it answers when this resolves, and ends with the test. */
export async function startBind({ records = [], algorithm = 'hmac-sha256' }: BindOptions = {}): Promise<Bind> {
  const folder = temporaryFolder();
  const file = (name: string): string => path.join(folder, name);
  const port = await freePort();
  const [keyFile, otherKeyFile] = [newKey('xgw', file('xgw.key'), algorithm), newKey('other', file('other.key'))];
  const head = ['$TTL 300', '@ IN SOA ns hostmaster 1 3600 600 86400 300', '@ IN NS ns', 'ns IN A 127.0.0.1'];
  writeFileSync(file('contoso.zone'), `${[...head, ...records].join('\n')}\n`);
  writeFileSync(file('refused.zone'), `${head.join('\n')}\n`);
  const none = [
    'pid-file none',
    'session-keyfile none',
    'recursion no',
    'dnssec-validation no',
    'listen-on-v6 {none;}',
  ];
  const where = [`directory "${folder}"`, `listen-on port ${port} {127.0.0.1;}`, `managed-keys-directory "${folder}"`];
  writeFileSync(
    file('named.conf'),
    [
      ...[readFileSync(keyFile, 'utf8'), readFileSync(otherKeyFile, 'utf8'), 'controls {};'],
      `options { ${[...where, ...none].join('; ')}; };`,
      'zone "contoso.example" { type primary; file "contoso.zone"; update-policy { grant xgw zonesub SRV A AAAA; }; };',
      'zone "refused.example" { type primary; file "refused.zone"; };',
    ].join('\n'),
  );
  const running = startProcess(programPath('named') ?? '', ['-g', '-c', file('named.conf'), '-n', '1'], folder);
  await running.waitFor(/ running$/m);
  const resolver = new Resolver({ timeout: 5000, tries: 2 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return {
    address: `127.0.0.1:${port}`,
    process: running,
    ...{ keyFile, otherKeyFile },
    srv: async (name) =>
      (await orNone(resolver.resolveSrv(name)))
        .map((each) => `${each.priority} ${each.weight} ${each.port} ${each.name}`)
        .toSorted(),
    addresses: async (name) =>
      [...(await orNone(resolver.resolve4(name))), ...(await orNone(resolver.resolve6(name)))].toSorted(),
  };
}

const orNone = async <T>(asked: Promise<readonly T[]>): Promise<readonly T[]> =>
  await asked.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENODATA' || error.code === 'ENOTFOUND') return [];
    throw error;
  });

/** As an administrator makes one. @returns The file. */
export function newKey(name: string, file: string, algorithm = 'hmac-sha256'): string {
  const { stdout } = spawnSync(programPath('tsig-keygen') ?? '', ['-a', algorithm, name], { encoding: 'utf8' });
  writeFileSync(file, stdout, { mode: 0o600 });
  return file;
}
