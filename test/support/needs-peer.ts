/**
 * Suites that talk to a real peer. Without the peer they fail when CI=true, since a suite that never runs proves nothing;
 * elsewhere one test says what is missing and how to install it.
 */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

import { describe, it } from '@jest/globals';

export interface Peer {
  /** A program, or the whole path of another file that it consists of. */
  readonly program: string;
  /** The Debian package it comes in. */
  readonly package: string;
}

/** As Debian names it in the folders of its libraries. */
const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

export const peers = {
  sipp: { program: 'sipp', package: 'sip-tester' },
  baresip: { program: 'baresip', package: 'baresip-core' },
  script: { program: 'script', package: 'bsdutils' },
  prosody: { program: 'prosody', package: 'prosody lua-unbound' },
  ejabberd: { program: 'ejabberdctl', package: 'ejabberd' },
  kamailio: { program: 'kamailio', package: 'kamailio kamailio-presence-modules kamailio-tls-modules' },
  linphone: { program: 'linphonec', package: 'linphone-cli' },
  python: { program: 'python3', package: 'python3' },
  libpurple: { program: `/usr/lib/${machine}-linux-gnu/purple-2/libsimple.so`, package: 'libpurple0' },
  sipe: { program: '/usr/lib/purple-2/libsipe.so', package: 'libpurple0 pidgin-sipe' },
  openssl: { program: 'openssl', package: 'openssl' },
  certtool: { program: 'certtool', package: 'gnutls-bin' },
  pebble: { program: 'pebble', package: 'pebble' },
  challtestsrv: { program: 'pebble-challtestsrv', package: 'pebble' },
  bash: { program: 'bash', package: 'bash' },
  dash: { program: 'dash', package: 'dash' },
  zsh: { program: 'zsh', package: 'zsh' },
  fish: { program: 'fish', package: 'fish' },
  groff: { program: 'groff', package: 'groff-base' },
  man: { program: 'man', package: 'man-db' },
  systemdAnalyze: { program: 'systemd-analyze', package: 'systemd' },
  systemdNotify: { program: 'systemd-notify', package: 'systemd' },
  faketime: { program: 'faketime', package: 'faketime' },
  named: { program: 'named', package: 'bind9' },
  tsigKeygen: { program: 'tsig-keygen', package: 'bind9' },
  pk12util: { program: 'pk12util', package: 'libnss3-tools' },
} as const satisfies Readonly<Record<string, Peer>>;

/** A `describe` whose body runs only when every peer is installed. */
export function describeWithPeers(title: string, needed: readonly Peer[], body: () => void): void {
  const missing = needed.filter(({ program }) => programPath(program) === undefined);
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const programs = missing.map(({ program }) => program).join(', ');
  const notice = `NOT RUN, ${programs} missing: apt-get install ${missing.map((peer) => peer.package).join(' ')}`;
  describe(title, () => {
    it(notice, () => {
      if (process.env['CI'] === 'true') throw new Error(notice);
    });
  });
}

/** Servers are installed where the PATH of ordinary users does not look. */
const serverFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

export function programPath(program: string): string | undefined {
  if (path.isAbsolute(program)) return allows(program, constants.R_OK) ? program : undefined;
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...serverFolders];
  return folders.map((folder) => path.join(folder, program)).find((file) => allows(file, constants.X_OK));
}

function allows(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
