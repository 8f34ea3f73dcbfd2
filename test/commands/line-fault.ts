/** Whether a command line that somebody is told to type is one: the cmdlet is there, takes these words, and lacks none. */
import { type BoundArgv, bindArgv } from '../../src/commands/host/argv.ts';
import { bindTexts } from '../../src/commands/host/binding.ts';
import type { Cmdlet } from '../../src/commands/host/cmdlet.ts';
import { allParametersOf } from '../../src/commands/host/common-parameters.ts';
import { missingIn } from '../../src/commands/host/missing-values.ts';
import { parseProgram } from '../../src/commands/host/program.ts';
import { cmdlets } from '../../src/commands/index.ts';
import { stagesOf } from './example-site.ts';
import { placeholder } from './written-lines.ts';

export const cmdletOf = (typed: string): Cmdlet | undefined =>
  cmdlets.find(({ name, aliases = [] }) =>
    [name, ...aliases].some((each) => each.toLowerCase() === typed.toLowerCase()),
  );

/** A program puts in a value, or nothing: one of both must be a line. */
export function faultOf(line: string): string | undefined {
  const shown = line
    .replace(/^xgw /, '')
    .replaceAll(/<[\w .|-]+>/g, placeholder)
    // What is explained behind it, and other programs in the pipe.
    .replace(/\s{2,}.*$|\s\\$/, '')
    .replace(/\s\|(?!\sxgw ).*$/, '');
  const without = shown.replaceAll(new RegExp(` ?${placeholder}(?= |$)`, 'g'), '');
  // A text that is put in may end in a space.
  const faults = [
    shown,
    without,
    shown.replaceAll(placeholder, `${placeholder} `),
    shown.replaceAll(placeholder, ' '),
  ].map((each) =>
    stagesOf(each)
      .map((words, index) => faultOfStage(words, index > 0))
      .find((fault) => fault !== undefined),
  );
  return faults.includes(undefined) ? undefined : faults[0];
}

function faultOfStage([name = '', ...tokens]: readonly string[], isFed: boolean): string | undefined {
  if (name.includes(placeholder)) return undefined;
  const cmdlet = cmdletOf(name);
  if (!cmdlet) return `${name} is no cmdlet`;
  const parameters = allParametersOf(cmdlet);
  const argv = bindArgv(tokens, parameters, { strict: false, shell: 'bash' });
  if (!argv.ok) return argv.error.message;
  // What the program puts in is not known here.
  if (tokens.some((token) => token.includes(placeholder))) return undefined;
  try {
    bindTexts(parseProgram(cmdlet.name, parameters, argv.value.argv), parameters);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  // A cmdlet alone is named, and asks.
  return isFed || tokens.length === 0 ? undefined : missingFrom(argv.value, cmdlet);
}

/** A file or a pipe brings the rest, and help needs nothing. */
function missingFrom({ bound, readsInput }: BoundArgv, cmdlet: Cmdlet): string | undefined {
  if (readsInput || bound.has('ParameterFile') || bound.has('Help')) return undefined;
  const missing = missingIn({}, cmdlet).filter((each) => !bound.has(each));
  return missing.length > 0 ? `${missing.join(', ')} is missing` : undefined;
}
