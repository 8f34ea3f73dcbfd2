/**
 * The hidden command that the completion scripts call: `XGW_COMPLETE_LINE='xgw get-' xgw __complete bash`. The line comes in
 * a variable, which only its owner reads: somebody may have typed what is not for all. It says nothing but its answer, and
 * whatever goes wrong is an empty answer.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { storeLocation } from '../host/store-location.ts';
import type { HostProcess } from '../host/surroundings.ts';
import { printAnswer } from './answer.ts';
import type { Completion } from './candidate.ts';
import { complete } from './complete.ts';
import type { Definitions } from './definitions.ts';
import { type PackedDefinitions, unpackDefinitions } from './packed-definitions.ts';
import { storedNames } from './stored-names.ts';
import { readTypedLine, type Shell, shells, type TypedLine } from './typed-line.ts';

/** Characters. Longer lines are not typed. */
const maxLine = 64 * 1024;

/** @param host - `argv[3]` is the shell. @param folder - Where the build put `completion.json`. Ends with `host.exit`. */
export function completeLine(host: HostProcess, folder: string): void {
  const answer = answerTo(host, folder);
  // The shell may have gone on without it.
  host.stdout.on('error', () => host.exit(0));
  host.stdout.write(answer, () => host.exit(0));
}

function answerTo(host: HostProcess, folder: string): string {
  const shell = shells.find((each) => each === host.argv[3]);
  const line = host.env['XGW_COMPLETE_LINE'] ?? '';
  if (shell === undefined || line.length > maxLine) return 'words\n';
  const typed = readTypedLine(line, shell);
  const definitions = unpackDefinitions(
    JSON.parse(readFileSync(path.join(folder, 'completion.json'), 'utf8')) as PackedDefinitions,
  );
  return printAnswer(completionOf(typed, definitions, host), typed.current, shell, breaksOf(shell, host));
}

const breaksOf = (shell: Shell, { env }: HostProcess): string =>
  shell === 'bash' ? (env['XGW_COMPLETE_BREAKS'] ?? '').replaceAll(/[\s"'\\]/g, '') : '';

function completionOf(typed: TypedLine, definitions: Definitions, host: HostProcess): Completion {
  if (typed.redirects) return { candidates: [], fileAfter: '' };
  const env = { ...host.env, ...typed.variables };
  const account = { env, platform: host.platform, isRoot: host.getuid?.() === 0, home: os.homedir() };
  return complete(typed.words, typed.current.value, {
    definitions,
    stored: (kind, configStore) => storedNames(kind, storeLocation(atHome(configStore), account)),
  });
}

/** The shell has not replaced the tilde yet. */
const atHome = (folder: string | undefined): string | undefined =>
  folder === undefined || folder === '' ? undefined : folder.replace(/^~(?=\/|$)/, os.homedir());
