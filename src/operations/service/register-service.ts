/** The gateway as a service of systemd: whose process it is and what it needs follows from the store, and where its unit goes from the scope. */
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Configuration } from '../../config/configuration.ts';
import { filesNamedIn } from '../../config/named-files.ts';
import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import { writeOutputFile } from '../output-file.ts';
import { type UnitFacts, type UnitScope, unitMark, unitName } from './systemd-unit.ts';

export interface UnitRequest {
  readonly scope: UnitScope;
  readonly program: readonly string[];
  readonly storeFolder: string;
  readonly drainSeconds: number;
  readonly passphraseFile: string | undefined;
}

/** Where systemd lets a service of changing number keep its state. */
const stateRoot = '/var/lib';
const homes = ['/home', '/root', '/run/user'];
/** Ports that take a capability to listen on. */
const lastLowPort = 1023;
/** Where http-01 and tls-alpn-01 are answered unless they are told otherwise. [RFC 8555 §8.3, RFC 8737] */
const acmePorts = { 'http-01': 80, 'tls-alpn-01': 443, 'dns-01': 0 } as const;

export function unitFacts(request: UnitRequest, configuration: Configuration): UnitFacts {
  const { scope, program, storeFolder, drainSeconds, passphraseFile } = request;
  const read = [...program, storeFolder, passphraseFile, ...filesNamedIn(configuration)];
  const isInHome = (file: string | undefined): boolean => homes.some((home) => file?.startsWith(`${home}/`));
  return {
    ...{ scope, program, storeFolder, drainSeconds, passphraseFile },
    account: accountOf(storeFolder),
    lowPorts: portsOf(configuration).some((port) => port > 0 && port <= lastLowPort),
    readsHomes: read.some(isInHome),
  };
}

/** A store below /var/lib goes to the user that systemd makes for it; one elsewhere has an owner, who keeps it. */
function accountOf(storeFolder: string): UnitFacts['account'] {
  const inside = path.relative(stateRoot, storeFolder);
  if (inside !== '' && !inside.startsWith('..')) return { kind: 'dynamic', stateDirectory: inside };
  const owner = statSync(storeFolder, { throwIfNoEntry: false })?.uid ?? process.getuid?.() ?? 0;
  return { kind: 'user', user: String(owner) };
}

function portsOf({ gateway, certificates }: Configuration): readonly number[] {
  const { xmppPort, xmppDirectTlsPort, sipPort, sipTlsPort, metricsPort } = gateway;
  const answering = Object.values(certificates).flatMap(({ renewal }) => {
    if (renewal?.authority.startsWith('acme:') !== true) return [];
    const { challenge = 'http-01', httpPort, tlsPort } = renewal.acme ?? {};
    return [(challenge === 'http-01' ? httpPort : tlsPort) ?? acmePorts[challenge]];
  });
  return [xmppPort, xmppDirectTlsPort, sipPort, sipTlsPort, metricsPort, ...answering];
}

/** What an administrator should know of it, one sentence each. */
export function unitWarnings({ scope, account, readsHomes }: UnitFacts): readonly string[] {
  if (scope === 'User') return [];
  return [
    ...(account.kind === 'user' && account.user === '0'
      ? [
          'The store belongs to root, so the gateway runs as root, without its capabilities: give the store to a user of its own.',
        ]
      : []),
    ...(readsHomes && account.kind === 'dynamic'
      ? ['Some of what the gateway reads is in a home folder, which the user that systemd makes may not enter.']
      : []),
  ];
}

/** @param given - Of -Path. @returns An absolute path. [systemd.unit(5), UNIT FILE LOAD PATH] */
export function unitPath(scope: UnitScope, given: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  if (given !== undefined) return path.resolve(given);
  if (scope === 'System') return `/etc/systemd/system/${unitName}`;
  return path.join(env['XDG_CONFIG_HOME'] || path.join(os.homedir(), '.config'), 'systemd/user', unitName);
}

interface UnitOrder {
  readonly force: boolean;
  /** What was typed: the same settings again. */
  readonly command: string;
}

/** @returns Whether it was made or changed. @throws CodedError `FileExists` for another one without `force`, `OutputDenied` */
export function writeUnit(file: string, text: string, { force, command }: UnitOrder): boolean {
  const there = readUnit(file);
  if (there === text) return false;
  if (there !== undefined && !force) {
    throw new CodedError('FileExists', `${file} exists, and says something else.`, {
      reason: isOurs(there) ? 'register-service wrote it with other settings' : 'register-service did not write it',
      fix: [`${command} -WhatIf | diff ${shellWord(file)} -`, `${command} -Force`],
      target: file,
    });
  }
  attempt(file, () => mkdirSync(path.dirname(file), { recursive: true }));
  writeOutputFile(file, text, 0o644);
  return true;
}

/**
 * @returns Whether it was there.
 * @throws CodedError `ServiceUnitInUse` without `force` for one that is enabled or is not ours, `OutputDenied`
 */
export function removeUnit(file: string, scope: UnitScope, force: boolean): boolean {
  const there = readUnit(file);
  if (there === undefined) return false;
  const systemctl = `systemctl ${scope === 'User' ? '--user ' : ''}disable --now ${unitName}`;
  const wanted = ['multi-user.target', 'default.target'].map((target) =>
    path.join(path.dirname(file), `${target}.wants`, path.basename(file)),
  );
  const isEnabled = wanted.some((link) => statSync(link, { throwIfNoEntry: false }) !== undefined);
  if (!force && (isEnabled || !isOurs(there))) {
    throw new CodedError('ServiceUnitInUse', `${file} was left alone.`, {
      reason: isEnabled ? 'systemd starts it at every boot' : 'register-service did not write it',
      fix: isEnabled ? systemctl : `xgw unregister-service -Path ${shellWord(file)} -Force`,
      target: file,
    });
  }
  attempt(file, () => rmSync(file));
  return true;
}

const isOurs = (text: string): boolean => text.startsWith(unitMark);

function readUnit(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return undefined;
    throw denied(file, error);
  }
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw denied(file, error);
  }
}

const denied = (file: string, error: unknown): CodedError =>
  new CodedError('OutputDenied', `${file} cannot be used.`, {
    reason: systemErrorCode(error) ?? 'the system refused it',
    fix: `ls -ld ${shellWord(path.dirname(file))}`,
    target: file,
    cause: error,
  });
