/** The part of fs-native-extensions 1.5 that is used: locks of the kernel, which end with the process that holds them. */
declare module 'fs-native-extensions' {
  interface LockOptions {
    readonly shared?: boolean;
  }
  /** False when another open file holds a lock on the range. Never waits. */
  export function tryLock(fd: number, offset: number, length: number, options?: LockOptions): boolean;
  export function unlock(fd: number, offset: number, length: number): void;
}
