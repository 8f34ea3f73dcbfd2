/**
 * From the first word of a command line to the bundle of its cmdlet. It runs before every cmdlet, so it imports nothing:
 * the definitions, and what is said when there is no such cmdlet, stay on disk until they are wanted.
 */
export interface DispatchTable {
  readonly version: string;
  /** Cmdlet or alias, in lower case, to the name of its bundle. */
  readonly bundles: Readonly<Record<string, string>>;
}

/** What completion scripts call, and nobody types. */
const hidden = '__complete';

/** @returns The file to load, beside this one. `argv` is changed when help is asked for in another way. */
export function dispatch(argv: string[], { bundles }: DispatchTable): string {
  const typed = argv[2];
  if (typed === undefined) return './first-page.cjs';
  if (typed === hidden) return './complete-line.cjs';
  if (/^(?:--?h(?:elp)?|-\?|\/\?)$/i.test(typed)) argv[2] = 'get-help';
  const name = (argv[2] ?? typed).toLowerCase();
  // Hyphens beyond the first do not count: new-xmpp-federated-partner is New-XmppFederatedPartner.
  const joined = name.replace(/^([a-z]+-)(.*)$/, (_all, verb: string, noun: string) => verb + noun.replaceAll('-', ''));
  const known = [name, joined].find((each) => Object.hasOwn(bundles, each));
  return known === undefined ? './no-cmdlet.cjs' : `./commands/${bundles[known]}.cjs`;
}
