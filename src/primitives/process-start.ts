/**
 * When a process began, as the kernel counts it. Numbers of processes are used again: two that have the same number and the
 * same start are the same process. Linux only.
 */
import { readFileSync } from 'node:fs';

/** Fields of /proc/<pid>/stat behind the program's name, which may hold anything; the start is the 22nd of all. [proc(5)] */
const startAfterName = 22 - 3;

/** Start in ticks since this boot, with the boot; undefined when there is no such process, and where the system does not tell. */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[startAfterName];
    return ticks === undefined
      ? undefined
      : `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${ticks}`;
  } catch {
    return undefined;
  }
}

/** Whether the process that wrote this about itself is still there. Where the system does not tell starts, the number decides. */
export function isAlive({ pid, started }: { readonly pid: number; readonly started?: string | undefined }): boolean {
  if (started !== undefined) return processStart(pid) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's, and there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
