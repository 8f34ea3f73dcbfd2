/** Performs a command line in the running cmdlet's surroundings, bound and checked as if it had been typed. */

import type { Cmdlet, CmdletContext } from '../host/cmdlet.ts';
import { commandLine } from '../host/command-line.ts';
import { contextWith } from '../host/context-with.ts';
import { readInvocation } from '../host/invocation.ts';

export interface CommandLine {
  readonly cmdlet: Cmdlet;
  /** What is typed after the cmdlet. */
  readonly tokens: readonly string[];
}

/** As it is typed; -WhatIf of the surroundings is part of it. */
export const printedLine = ({ cmdlet, tokens }: CommandLine, { whatIf }: CmdletContext): string =>
  commandLine(cmdlet.name, [...tokens, ...(whatIf ? ['-WhatIf'] : [])]);

/** -WhatIf of the surroundings holds for the line too. */
export async function performLine({ cmdlet, tokens }: CommandLine, context: CmdletContext): Promise<void> {
  const { values, common } = bound({ cmdlet, tokens });
  const force = context.force || common.Force === true;
  await cmdlet.run(values, contextWith(context, { force, cmdlet: cmdlet.name }));
}

/** The values that a line binds. @throws CodedError for what would be refused when typed */
export const bound = ({ cmdlet, tokens }: CommandLine) =>
  readInvocation(cmdlet, tokens, { strict: false, shell: 'sh' });
