/** Where the configuration store is: -ConfigStore, XGW_HOME, /var/lib/xgw for root, else the user's state folder. */
import path from 'node:path';

export interface Account {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly isRoot: boolean;
  /** The user's home folder. */
  readonly home: string;
}

/** @param given - The value of -ConfigStore. @returns An absolute path. [XDG Base Directory Specification, `XDG_STATE_HOME`] */
export function storeLocation(given: string | undefined, { env, platform, isRoot, home }: Account): string {
  const { XGW_HOME, XDG_STATE_HOME, ProgramData } = env as Record<
    'XGW_HOME' | 'XDG_STATE_HOME' | 'ProgramData',
    string
  >;
  const named = given ?? (XGW_HOME || undefined);
  if (named !== undefined) return path.resolve(named);
  if (platform === 'win32') return path.join(ProgramData || 'C:\\ProgramData', 'xgw');
  if (isRoot) return '/var/lib/xgw';
  // A relative path in the variable is to be ignored, says the specification.
  const state = path.isAbsolute(XDG_STATE_HOME || '') ? XDG_STATE_HOME : path.join(home, '.local', 'state');
  return path.join(state, 'xgw');
}
