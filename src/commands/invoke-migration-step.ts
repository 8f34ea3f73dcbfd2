/** Invoke-MigrationStep: the cut-over, or a step of it: done, proven, measured, and taken back when it cannot be proven. */
import { spawn } from 'node:child_process';

import { suggestedTtl } from '../operations/dns/expected-records.ts';
import { performChanges } from '../operations/dns/publish-records.ts';
import { type CommandLine, cutOver, cutOverSteps, type LineOutcome } from '../operations/migration/cut-over.ts';
import { cutOverPlan } from '../operations/migration/cut-over-plan.ts';
import { journalObjects } from '../operations/migration/journal-objects.ts';
import { watchOutage } from '../operations/migration/outage-probe.ts';
import { changesBack, withoutRevisionsAfter } from '../operations/migration/way-back.ts';
import { serviceState } from '../operations/service/service-state.ts';
import { realClock } from '../primitives/clock.ts';
import { CodedError } from '../primitives/errors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { type MigrationJournal, writeJournal } from '../store/migration-journal.ts';
import { type CmdletContext, defineCmdlet, type Values } from './host/cmdlet.ts';
import { domainName, listOf, oneOf, optional, path, switchType } from './host/parameters.ts';
import { reported, reportFile } from './reports/report-file.ts';
import { dnsTarget } from './settings/dns-target.ts';
import { listenAddress, nameServer } from './settings/value-types.ts';

/** Milliseconds for what is put back in DNS. */
const wayBackMs = 60_000;

const parameters = {
  Step: optional(listOf(oneOf(cutOverSteps)), 'Only these steps.', {
    position: 0,
    defaultText: 'all that something was given for',
  }),
  Parallel: optional(switchType, 'Certificates beside gateway and DNS, to keep the outage short.'),
  CertificatePath: optional(path, 'The certificate for ExternalEdge: PEM, PFX or the answer of the authority.'),
  PasswordFile: optional(path, 'The password of that file.'),
  AccessEdgeFqdn: optional(domainName, 'The name by which partners reach the gateway.'),
  Server: optional(
    nameServer,
    'The name server that takes signed updates; with -TsigKeyFile the records are published.',
  ),
  TsigKeyFile: optional(path, 'The key that the server knows.'),
  Address: optional(listOf(listenAddress), 'The public addresses of the edge.', {
    defaultText: 'its records are left as they are',
  }),
  NoRollback: optional(switchType, 'Leaves everything as it is when something cannot be proven.'),
  Report: optional(reportFile, 'File for a report; it ends in .html, .md or .json.'),
};

export default defineCmdlet({
  name: 'Invoke-MigrationStep',
  synopsis: 'Cuts over to this gateway: certificates, gateway and DNS, each proven, and taken back when one is not.',
  description:
    'Each step is cmdlets that one could type, and they are in the audit log. Then each is proven (test-certificateconfiguration, test-migrationreadiness, test-dnsrecord), and the route to every partner last. When something fails, the configuration goes back to the revision of before as one change, and DNS to the records of before; exit code 21. The outage is the longest time in which the gateway took no connection. get-migrationstatus says later how it went.',
  parameters,
  examples: [
    {
      command:
        'invoke-migrationstep -Parallel -CertificatePath edge.pfx -PasswordFile password.txt -AccessEdgeFqdn edge.contoso.com -WhatIf',
      shows: 'What would be typed.',
    },
    {
      command:
        'invoke-migrationstep -Parallel -CertificatePath edge.pfx -PasswordFile password.txt -Server 192.0.2.53 -TsigKeyFile ns.key -Report cutover.html -WhatIf',
      shows: 'The whole cut-over, with DNS and a report to file away.',
    },
  ],
  output: { kind: 'MigrationStep', table: ['Name', 'State', 'Started', 'Ended', 'Detail'] },
  impact: 'High',

  run: async (values, context) =>
    await reported(values.Report, context, async (recording) => await perform(values, recording)),
});

type Given = Values<typeof parameters>;

async function perform(values: Given, context: CmdletContext): Promise<void> {
  const steps = cutOverPlan({
    only: values.Step,
    certificatePath: values.CertificatePath,
    passwordFile: values.PasswordFile,
    accessEdgeFqdn: values.AccessEdgeFqdn,
    server: values.Server,
    tsigKeyFile: values.TsigKeyFile,
    addresses: values.Address ?? [],
    force: context.force,
  });
  const lines = steps.flatMap((step) => step.perform).map((line) => `xgw ${line.join(' ')}`);
  if (!(await context.shouldProcess(lines.join('; '), 'Cut over', 'High'))) return;
  const published: string[] = [];
  const base = context.store.read().revision;
  const probe = watchOutage(await placeOf(context), realClock);
  const journal = await cutOver(
    {
      steps,
      proof: [['test-federationroute', '*']],
      isParallel: values.Parallel === true,
      baseRevision: base,
      goesBack: values.NoRollback !== true,
    },
    {
      clock: realClock,
      run: (line) => typed(line, context),
      keep: (each) => writeJournal(context.store.folder, each),
      onDone: (step, stdout) => void (step === 'Dns' ? published.push(stdout) : undefined),
      rollBack: async () => await goBack(values, { context, published, base }),
    },
  );
  await conclude({ ...journal, outageMs: await probe.stop() }, context);
}

async function placeOf({
  store,
}: CmdletContext): Promise<{ readonly host: string; readonly port: number } | undefined> {
  const state = await serviceState(store.folder);
  const listener = 'gateway' in state ? state.gateway.listeners.find(({ protocol }) => protocol === 'xmpp') : undefined;
  if (listener === undefined) return undefined;
  const isAny = ['', '::', '0.0.0.0'].includes(listener.address);
  return { host: isAny ? '127.0.0.1' : listener.address, port: listener.port };
}

/** A cmdlet as somebody would type it, in a process of its own: two of them wait for the lock of the store as two people would. */
function typed(line: CommandLine, { program, store, signal }: CmdletContext): Promise<LineOutcome> {
  const [node = process.execPath, ...script] = program;
  return new Promise((resolve) => {
    const env = { ...process.env, XGW_NONINTERACTIVE: '1', XGW_OUTPUT: 'ndjson' };
    const child = spawn(node, [...script, ...line, '-ConfigStore', store.folder], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (piece: string) => void (stdout += piece));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => void (stderr += piece));
    child.once('error', (error) => resolve({ code: null, stdout, said: error.message }));
    child.once('close', (code) => resolve({ code, stdout, said: failureIn(stderr) }));
  });
}

/** The sentence of an error record: the others are warnings, reasons and fixes. */
const failureIn = (stderr: string): string =>
  stderr.split('\n').find((line) => /^[A-Z]\w+-\w+: /.test(line)) ?? stderr.split('\n')[0] ?? '';

interface GoingBack {
  readonly context: CmdletContext;
  readonly published: readonly string[];
  /** Revision. */
  readonly base: number;
}

async function goBack({ Server, TsigKeyFile }: Given, { context, published, base }: GoingBack): Promise<void> {
  const changes = published.flatMap(changesBack);
  if (changes.length > 0 && Server !== undefined && TsigKeyFile !== undefined) {
    const target = await dnsTarget({ server: Server, keyFile: TsigKeyFile, ttl: suggestedTtl }, context);
    // Ctrl-C ends the way there, and not the way back.
    await performChanges(changes, { ...target, signal: AbortSignal.timeout(wayBackMs) }, () => undefined);
  }
  const { store } = context;
  const keys = openKeyStore(store.folder);
  await context.commit({
    target: `the configuration of revision ${base}`,
    impact: 'Low',
    apply: (current) => withoutRevisionsAfter(store.folder, current, base, keys),
  });
}

/** @throws CodedError `TestFailed` */
async function conclude(journal: MigrationJournal, context: CmdletContext): Promise<void> {
  writeJournal(context.store.folder, journal);
  for (const object of journalObjects(journal)) context.write(object);
  const { result, outageMs, steps, baseRevision } = journal;
  if (result === 'Success') return context.done(`cut over; the longest outage was ${outageMs} ms.`);
  const failed = steps.find(({ state }) => state === 'Failed');
  throw new CodedError('TestFailed', `The cut-over failed at ${failed?.name ?? 'its beginning'}.`, {
    reason: `${failed?.detail ?? ''}; ${result === 'RolledBack' ? `everything is as at revision ${baseRevision}` : 'nothing was taken back'}`,
    fix: ['xgw get-migrationstatus', 'xgw test-migrationreadiness'],
    target: failed?.name,
  });
}
