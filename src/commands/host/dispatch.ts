/** From the first word of a command line to the bundle of its cmdlet. Knows names only: the definitions stay on disk until one is wanted. */
import { nearNames } from '../../operations/near-names.ts';
import { CodedError } from '../../primitives/errors.ts';
import { correlationId } from '../../primitives/ids.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { paletteOf } from './colour.ts';
import { commandLine } from './command-line.ts';
import { exitCodeOf } from './exit-code.ts';
import { guessedErrorView } from './invocation.ts';
import { errorRecord } from './report-error.ts';
import type { HostProcess } from './surroundings.ts';

export interface DispatchTable {
  readonly version: string;
  /** Cmdlet or alias, in lower case, to the name of its bundle. */
  readonly bundles: Readonly<Record<string, string>>;
}

export type DispatchHost = Omit<HostProcess, 'argv'> & { readonly argv: string[] };

/** Loads one bundle, which then reads the same process; or prints what needs no cmdlet, and ends. */
export function dispatch(host: DispatchHost, table: DispatchTable, load: (file: string) => void): void {
  const typed = host.argv[2];
  if (typed === undefined) return end(host, 'stdout', overview(table.version), 0);
  if (/^(?:--?version|-V)$/.test(typed)) return end(host, 'stdout', `xgw ${table.version}\n`, 0);
  if (/^(?:--?h(?:elp)?|-\?|\/\?|help|man)$/i.test(typed)) host.argv.splice(2, 1, 'get-help');
  const name = host.argv[2] ?? typed;
  const bundle = bundleOf(name, table);
  if (bundle !== undefined) return load(`./commands/${bundle}.cjs`);
  end(host, 'stderr', notACmdlet(name, host, table), exitCodeOf('usage'));
}

/** The exit code waits for the text: a pipe may take it later. */
function end(host: DispatchHost, stream: 'stdout' | 'stderr', text: string, code: number): void {
  host[stream].on('error', () => host.exit(code));
  host[stream].write(text, () => host.exit(code));
}

/** Case does not count, nor do hyphens beyond the first: `new-xmpp-federated-partner` is New-XmppFederatedPartner. */
export function bundleOf(typed: string, { bundles }: DispatchTable): string | undefined {
  const name = typed.toLowerCase();
  const joined = name.replace(/^([a-z]+-)(.*)$/, (_all, verb: string, noun: string) => verb + noun.replaceAll('-', ''));
  const known = [name, joined].find((each) => Object.hasOwn(bundles, each));
  return known === undefined ? undefined : bundles[known];
}

function notACmdlet(typed: string, host: DispatchHost, { bundles }: DispatchTable): string {
  const tokens = host.argv.slice(3);
  const near = nearNames(typed, Object.keys(bundles));
  const fix = near.length > 0 ? near.map((name) => commandLine(name, tokens)) : ['xgw get-command'];
  const error = new CodedError('CmdletNotFound', `'${typed}' is not a cmdlet.`, { fix, target: typed });
  if (guessedErrorView(tokens, host.env['XGW_OUTPUT'] ?? '') === 'Json') {
    const source = { cmdlet: 'xgw', typed, correlationId: correlationId(new Date()) };
    return errorRecord(error, 'Json', source, paletteOf(false));
  }
  const meant = near.length > 0 ? ` Did you mean ${near.join(' or ')} ?` : ' See them all: xgw get-command';
  return `xgw: ${visibleText(error.message)}${meant}\n`;
}

const overview = (version: string): string => `xgw ${version} - administer an XMPP <-> SIP gateway the PowerShell way

  A first message takes four commands:
    xgw initialize-gateway contoso.com         your own domain, policies and a test certificate
    xgw new-xmppfederatedpartner               who you talk to (asks for what is missing)
    xgw request-certificate                    the wizard, for a certificate that partners trust
    xgw start-service                          run the gateway

  xgw get-command            every cmdlet           xgw get-help about_migration    coming from Lync?
  xgw get-help <cmdlet>      examples first         xgw get-help about_arguments    how to type parameters
`;
