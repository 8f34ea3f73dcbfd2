/** Which process has a port: what an administrator would ask netstat. Linux only, and only what this user may see. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { visibleText } from '../../primitives/visible-text.ts';

export interface PortOwner {
  readonly processId: number;
  /** The program's name as the kernel keeps it, 15 characters at most. */
  readonly name: string;
}

/** State `LISTEN` of a TCP socket, and the one state of an unconnected UDP socket, in the kernel's tables. */
const boundState = { tcp: '0A', udp: '07' } as const;

export function portOwner(transport: 'tcp' | 'udp', port: number): PortOwner | undefined {
  const inodes = new Set([transport, `${transport}6`].flatMap((table) => inodesOf(table, boundState[transport], port)));
  if (inodes.size === 0) return undefined;
  const processId = foldersIn('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .find((pid) => hasSocket(pid, inodes));
  if (processId === undefined) return undefined;
  return { processId: Number(processId), name: read(`/proc/${processId}/comm`).trim() };
}

/** Columns of /proc/net/tcp: slot, local address:port in hexadecimal, remote, state, ... and the inode as the tenth. */
function inodesOf(table: string, state: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return read(`/proc/net/${table}`)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${wanted}`) && columns[3] === state)
    .flatMap((columns) => columns[9] ?? []);
}

function hasSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  return foldersIn(`/proc/${pid}/fd`).some((descriptor) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    } catch {
      return false;
    }
  });
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A listener that could not be had, with the process that has its port; any other failure as it is. */
export function withPortOwner(error: unknown): unknown {
  if (!isCodedError(error) || error.id !== 'ListenerInUse') return error;
  const [, port, transport] = /:(\d+)(?:\/(\w+))?$/.exec(error.target ?? '') ?? [];
  const owner = port === undefined ? undefined : portOwner(transport === 'udp' ? 'udp' : 'tcp', Number(port));
  if (owner === undefined) return error;
  const reason = `process ${owner.processId} (${visibleText(owner.name)}) listens there`;
  return new CodedError('ListenerInUse', error.message, { reason, fix: error.fix, target: error.target, cause: error });
}
