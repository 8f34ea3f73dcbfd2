/** Which cmdlets a cut-over is made of, from what the administrator gave: steps without what they need are left out. */
import { type CommandLine, type CutOverStep, type StepPlan } from './cut-over.ts';

export interface CutOverWishes {
  /** Undefined: every step that something was given for. */
  readonly only?: readonly CutOverStep[] | undefined;
  readonly certificatePath?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly accessEdgeFqdn?: string | undefined;
  readonly server?: string | undefined;
  readonly tsigKeyFile?: string | undefined;
  readonly addresses: readonly string[];
  /** Records of somebody else are replaced. */
  readonly force: boolean;
}

/** In their order. */
export function cutOverPlan(wishes: CutOverWishes): readonly StepPlan[] {
  const all = [certificates(wishes), gateway(wishes), dns(wishes)];
  return all.filter((step) => step !== undefined).filter(({ name }) => wishes.only?.includes(name) ?? true);
}

function certificates({ certificatePath, passwordFile }: CutOverWishes): StepPlan | undefined {
  if (certificatePath === undefined) return undefined;
  const password = passwordFile === undefined ? [] : ['-PasswordFile', passwordFile];
  return {
    name: 'Certificates',
    perform: [['import-certificate', '-Path', certificatePath, '-Type', 'ExternalEdge', ...password]],
    prove: [['test-certificateconfiguration', '-Type', 'ExternalEdge']],
  };
}

/** The running gateway follows by itself; one that does not run is started. */
function gateway({ accessEdgeFqdn }: CutOverWishes): StepPlan {
  const named: readonly CommandLine[] =
    accessEdgeFqdn === undefined ? [] : [['set-xmppgatewayconfiguration', '-AccessEdgeFqdn', accessEdgeFqdn]];
  return {
    name: 'Gateway',
    perform: [...named, ['start-service'], ['wait-service', '-Condition', 'RevisionLoaded', '-Timeout', '60']],
    prove: [['test-migrationreadiness', '-Phase', 'Users,Gateway']],
  };
}

function dns({ server, tsigKeyFile, addresses, force }: CutOverWishes): StepPlan | undefined {
  if (server === undefined || tsigKeyFile === undefined) return undefined;
  const more = [...(addresses.length === 0 ? [] : ['-Address', addresses.join(',')]), ...(force ? ['-Force'] : [])];
  return {
    name: 'Dns',
    perform: [['publish-dnsrecord', '-Server', server, '-TsigKeyFile', tsigKeyFile, ...more, '-Confirm:false']],
    prove: [['test-dnsrecord', '-Server', server]],
  };
}
