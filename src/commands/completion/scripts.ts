/** The completion script of each shell, and where a shell looks for it by itself. */
import path from 'node:path';

import { bashScript } from './bash-script.ts';
import { fishScript } from './fish-script.ts';
import { powershellScript } from './powershell-script.ts';
import type { Shell } from './typed-line.ts';
import { zshScript } from './zsh-script.ts';

export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  pwsh: powershellScript,
};

export const scriptScopes = ['CurrentUser', 'AllUsers'] as const;
export type ScriptScope = (typeof scriptScopes)[number];

export interface ScriptPlace {
  readonly file: string;
  /** What the user's own start-up file must say, where the shell does not find the script by itself. */
  readonly startUp?: { readonly file: string; readonly line: string };
}

export interface Whereabouts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: string;
}

/**
 * @source bash-completion README (`completions` of XDG data folders), fish manual (Where to put completions), zsh manual
 * (`fpath`: its site-functions are for all users, and no folder of a user is in it), about_Profiles.
 */
export function scriptPlace(shell: Shell, scope: ScriptScope, { env, home, platform }: Whereabouts): ScriptPlace {
  const data = absolute(env['XDG_DATA_HOME']) ?? path.join(home, '.local', 'share');
  const config = absolute(env['XDG_CONFIG_HOME']) ?? path.join(home, '.config');
  const shared = scope === 'AllUsers' ? '/usr/local/share' : data;
  switch (shell) {
    case 'bash':
      return { file: path.join(shared, 'bash-completion', 'completions', 'xgw') };
    case 'fish':
      return scope === 'AllUsers'
        ? { file: path.join(shared, 'fish', 'vendor_completions.d', 'xgw.fish') }
        : { file: path.join(config, 'fish', 'completions', 'xgw.fish') };
    case 'zsh':
      return zshPlace(path.join(shared, 'zsh', 'site-functions', '_xgw'), scope, env['ZDOTDIR'] || home);
    case 'pwsh': {
      const folder =
        platform === 'win32' ? path.join(home, 'Documents', 'PowerShell') : path.join(config, 'powershell');
      const file = path.join(scope === 'AllUsers' ? path.join(shared, 'xgw') : folder, 'xgw.completion.ps1');
      return { file, startUp: { file: '$PROFILE', line: `. '${file.replaceAll("'", "''")}'` } };
    }
  }
}

function zshPlace(file: string, scope: ScriptScope, dotFolder: string): ScriptPlace {
  if (scope === 'AllUsers') return { file };
  const line = `fpath=('${path.dirname(file).replaceAll("'", String.raw`'\''`)}' $fpath)   # before compinit`;
  return { file, startUp: { file: path.join(dotFolder, '.zshrc'), line } };
}

/** A relative path in such a variable is to be ignored. [XDG Base Directory Specification] */
const absolute = (folder: string | undefined): string | undefined =>
  folder !== undefined && path.isAbsolute(folder) ? folder : undefined;
