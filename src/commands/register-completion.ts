/** Register-Completion: puts the completion script where the shell finds it. It edits no start-up file: it says what to write there. */
import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { writeOutputFile } from '../operations/output-file.ts';
import { completionScripts, type ScriptPlace, scriptPlace, scriptScopes } from './completion/scripts.ts';
import { type Shell, shells } from './completion/typed-line.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { mandatory, oneOf, optional, path as pathType } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Register-Completion',
  synopsis: 'Installs the completion script of a shell, after asking.',
  description:
    'The file goes to the folder where the shell looks for it, and replaces the one of an earlier version. No start-up file is edited: where zsh and PowerShell need a line in theirs, the line is shown.',
  parameters: {
    Shell: mandatory(oneOf(shells, 'Shell'), 'The shell.', { position: 0 }),
    Scope: optional(oneOf(scriptScopes, 'Scope'), 'For whom: AllUsers needs the right to write below /usr/local.', {
      defaultText: 'CurrentUser',
    }),
    Path: optional(pathType, 'The file to make, in place of the standard one.'),
  },
  examples: [
    { command: 'register-completion bash', shows: 'Asks, and installs for the current user.' },
    { command: 'register-completion zsh -WhatIf', shows: 'Which file would be made, and what ~/.zshrc has to say.' },
    { command: 'register-completion fish -Scope AllUsers -Confirm:false', shows: 'For an installation script.' },
  ],
  impact: 'High',
  output: { kind: 'CompletionScript', table: ['Shell', 'Path', 'StartUpFile', 'StartUpLine'] },

  async run({ Shell, Scope, Path }, context) {
    const where = { env: process.env, home: os.homedir(), platform: process.platform };
    const standard = scriptPlace(Shell, Scope ?? 'CurrentUser', where);
    const place: ScriptPlace = Path === undefined ? standard : { file: path.resolve(Path) };
    const isAgreed = await context.shouldProcess(place.file, `Write the completion script for ${Shell}`);
    if (isAgreed) write(place, Shell, context);
    const { startUp } = place;
    if (startUp && (isAgreed || context.whatIf)) context.say(`${startUp.file} must say:  ${startUp.line}`);
  },
});

function write({ file, startUp }: ScriptPlace, shell: Shell, context: CmdletContext): void {
  makeFolder(path.dirname(file));
  writeOutputFile(file, completionScripts[shell], 0o644);
  context.done(`${file} written; a new ${shell} completes xgw.`);
  if (!context.passThru) return;
  const { file: StartUpFile = null, line: StartUpLine = null } = startUp ?? {};
  context.write({ Shell: shell, Path: file, StartUpFile, StartUpLine });
}

/** What cannot be made is told by the writing of the file, which names it. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    return;
  }
}
