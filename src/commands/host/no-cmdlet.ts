/** What is said when no cmdlet was named: the version, or names near to the one that was typed. */
import { nearNames } from '../../operations/near-names.ts';
import { CodedError } from '../../primitives/errors.ts';
import { correlationId } from '../../primitives/ids.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { paletteOf } from './colour.ts';
import { commandLine } from './command-line.ts';
import type { DispatchTable } from './dispatch.ts';
import { exitCodeOf } from './exit-code.ts';
import { guessedErrorView } from './invocation.ts';
import { errorRecord } from './report-error.ts';
import type { HostProcess } from './surroundings.ts';

/** Ends with `host.exit`. */
export function noCmdlet(host: HostProcess, table: DispatchTable): void {
  const typed = host.argv[2] ?? '';
  if (/^(?:--?version|-V)$/.test(typed)) return end(host, 'stdout', `xgw ${table.version}\n`, 0);
  end(host, 'stderr', notACmdlet(typed, host, table), exitCodeOf('usage'));
}

/** The exit waits for the text: a pipe may take it later. */
function end(host: HostProcess, stream: 'stdout' | 'stderr', text: string, code: number): void {
  host[stream].on('error', () => host.exit(code));
  host[stream].write(text, () => host.exit(code));
}

function notACmdlet(typed: string, host: HostProcess, { bundles }: DispatchTable): string {
  const tokens = host.argv.slice(3);
  const near = nearCmdlets(typed, Object.keys(bundles));
  const fix = near.length > 0 ? near.map((name) => commandLine(name, tokens)) : ['xgw get-command'];
  const error = new CodedError('CmdletNotFound', `'${typed}' is not a cmdlet.`, { fix, target: typed });
  if (guessedErrorView(tokens, host.env['XGW_OUTPUT'] ?? '') === 'Json') {
    const source = { cmdlet: 'xgw', typed, correlationId: correlationId(new Date()) };
    return errorRecord(error, 'Json', source, paletteOf(false));
  }
  const meant = near.length > 0 ? ` Did you mean ${near.join(' or ')} ?` : ' See them all: xgw get-command';
  return `xgw: ${visibleText(error.message)}${meant}\n  Id:     ${error.id}    (xgw get-help ${error.id})\n`;
}

/** A verb that exists was meant. */
function nearCmdlets(typed: string, names: readonly string[]): readonly string[] {
  const [verb] = typed.toLowerCase().split('-', 1);
  const near = nearNames(typed, names);
  const sameVerb = near.filter((name) => name.startsWith(`${verb}-`));
  return sameVerb.length > 0 ? sameVerb : near;
}
