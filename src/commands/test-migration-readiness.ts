/** Test-MigrationReadiness: whether one can cut over now, in the order of the migration guide, and what to do first. */
import { serviceKeyPassphrase } from '../operations/certificates/key-passphrase.ts';
import { gatewayReadiness, userReadiness } from '../operations/migration/configuration-readiness.ts';
import { certificateReadiness, dnsReadiness, serviceReadiness } from '../operations/migration/live-readiness.ts';
import {
  checkObject,
  type MigrationCheck,
  type MigrationPhase,
  migrationPhases,
} from '../operations/migration/migration-check.ts';
import { serviceState } from '../operations/service/service-state.ts';
import { CodedError } from '../primitives/errors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { listOf, oneOf, optional } from './host/parameters.ts';
import { tested, testFormats, testReport } from './reports/test-report.ts';
import { dnsServer } from './settings/value-types.ts';

/** Milliseconds for one question to DNS. */
const defaultTimeoutMs = 5_000;

export default defineCmdlet({
  name: 'Test-MigrationReadiness',
  synopsis: 'Says whether the cut-over from the old gateway can be done now, and what is missing.',
  description:
    'Users, certificates, gateway and DNS, in the order of the migration guide. A blocking check that fails means that partners could not reach the gateway, or that users would lose something: exit code 21. Run it with -Phase Users,Certificates,Gateway before DNS is changed, and whole afterwards.',
  parameters: {
    Phase: optional(listOf(oneOf([...migrationPhases, 'All'])), 'What to look at.', {
      position: 0,
      defaultText: 'All',
    }),
    Server: optional(listOf(dnsServer), 'Resolvers to ask, in place of those of the gateway.', {
      defaultText: 'DnsServers of the gateway, else those of the system',
    }),
    Report: testReport,
  },
  examples: [
    { command: 'test-migrationreadiness', shows: 'Everything.' },
    {
      command: 'test-migrationreadiness Users,Certificates,Gateway',
      shows: 'What must be right before DNS is changed.',
    },
    { command: 'test-migrationreadiness -Report readiness.html', shows: 'The same as a page to file away.' },
  ],
  output: { kind: 'MigrationCheck', table: ['Step', 'Area', 'Check', 'Result', 'Blocking', 'Detail', 'Fix'] },
  formats: testFormats,

  async run({ Phase = ['All'], Server = [], Report }, context) {
    const wanted = Phase.includes('All') ? migrationPhases : migrationPhases.filter((each) => Phase.includes(each));
    const caseOf = (object: Readonly<Record<string, unknown>>) => ({
      subject: String(object['Area']),
      name: String(object['Check']),
    });
    await tested({ report: Report, caseOf }, context, async (recording) => {
      const checks: MigrationCheck[] = [];
      for (const phase of wanted) {
        const found = await looks[phase](recording, Server);
        for (const check of found) recording.write(checkObject(check));
        checks.push(...found);
      }
      conclude(checks, recording);
    });
  },
});

type Look = (context: CmdletContext, servers: readonly string[]) => Promise<readonly MigrationCheck[]>;

const looks: Readonly<Record<MigrationPhase, Look>> = {
  Users: async ({ store }) => userReadiness(store.read()),
  Certificates: ({ store, now }) =>
    certificateReadiness(store.read(), {
      keys: openKeyStore(store.folder, serviceKeyPassphrase),
      storeFolder: store.folder,
      now: now(),
    }),
  async Gateway({ store }) {
    const configuration = store.read();
    const state = await serviceState(store.folder);
    return [...gatewayReadiness(configuration), ...serviceReadiness(state, configuration.revision)];
  },
  Dns: ({ store, timeoutMs }, servers) =>
    dnsReadiness(store.read(), { servers, timeoutMs: timeoutMs ?? defaultTimeoutMs }),
};

/** @throws CodedError `TestFailed` */
function conclude(checks: readonly MigrationCheck[], context: CmdletContext): void {
  const failed = checks.filter(({ isBlocking, result }) => isBlocking && result === 'Failure');
  if (failed.length > 0) {
    throw new CodedError('TestFailed', `Not ready: ${[...new Set(failed.map(({ area }) => area))].join(', ')}.`, {
      reason: failed.map(({ check, detail }) => `${check}: ${detail}`).join('; '),
      fix: [...new Set(failed.flatMap(({ fix }) => fix ?? []))],
      target: failed[0]?.area,
    });
  }
  const warnings = checks.filter(({ result }) => result === 'Warning').length;
  context.done(warnings === 0 ? 'ready.' : `ready, with ${warnings} warnings.`);
}
