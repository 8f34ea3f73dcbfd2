/** Test-CertificateConfiguration: whether partners would accept what this gateway shows them, name by name, and why not. */
import type { CertificateFinding } from '../operations/certificates/certificate-finding.ts';
import { type Examination, examineCertificates } from '../operations/certificates/examine-certificates.ts';
import { serviceKeyPassphrase } from '../operations/certificates/key-passphrase.ts';
import { CodedError } from '../primitives/errors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { certificateUsage } from './certificate/certificate-values.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { listOf, optional, wholeNumber } from './host/parameters.ts';
import { reported, reportFile } from './reports/report-file.ts';

export default defineCmdlet({
  name: 'Test-CertificateConfiguration',
  aliases: ['Test-CsCertificateConfiguration'],
  synopsis: 'Checks the assigned certificates: every domain against every name, chain, purpose, key and dates.',
  description:
    'One object for each domain and name, and one for each check that depends on no domain. A domain that no name covers fails. Exit code 21 when something fails; warnings do not.',
  parameters: {
    Type: optional(listOf(certificateUsage), 'Only the certificates that serve this.', {
      defaultText: 'all that are assigned',
    }),
    ExpiringInDays: optional(
      wholeNumber(0, 10_000),
      'Fails for a certificate that lasts no longer than so many days.',
      {
        defaultText: 'only one that has ended fails',
      },
    ),
    Report: optional(reportFile, 'File for a report; it ends in .html, .md or .json.'),
  },
  examples: [
    { command: 'test-certificateconfiguration', shows: 'Whether partners can trust this gateway.' },
    { command: 'test-certificateconfiguration -ExpiringInDays 14 -Quiet', shows: 'For a nightly job: exit code 21.' },
    { command: 'test-certificateconfiguration -Type ExternalEdge -Report edge.html', shows: 'The same, to file away.' },
  ],
  output: {
    kind: 'CertificateTest',
    table: ['Result', 'Domain', 'Name', 'Covered', 'Detail', 'Fix'],
  },

  run: async ({ Type, ExpiringInDays, Report }, context) =>
    await reported(Report, context, async (recording) => await examine(Type, ExpiringInDays, recording)),
});

async function examine(
  usages: Examination['usages'],
  failsWithinDays: number | undefined,
  context: CmdletContext,
): Promise<void> {
  const { store } = context;
  const where = { usages, storeFolder: store.folder, now: context.now(), failsWithinDays };
  const findings = await examineCertificates(store.read(), openKeyStore(store.folder, serviceKeyPassphrase), where);
  for (const finding of findings) context.write(finding);
  const failures = findings.filter(({ Result }) => Result === 'Failure');
  if (failures.length > 0) throw testFailed(failures);
  const warnings = findings.filter(({ Result }) => Result === 'Warning').length;
  context.done(warnings === 0 ? 'everything passed.' : `nothing failed, ${warnings} warnings.`);
}

function testFailed(failures: readonly CertificateFinding[]): CodedError {
  const domains = [...new Set(failures.flatMap(({ Domain }) => Domain ?? []))];
  const checks = failures.filter(({ Domain }) => Domain === null).map(({ Name, Detail }) => `${Name}: ${Detail}`);
  const uncovered = domains.length === 0 ? [] : [`no name of the certificate covers ${domains.join(', ')}`];
  return new CodedError('TestFailed', 'Partners would not accept this configuration.', {
    reason: [...uncovered, ...checks].join('; '),
    fix: [...new Set(failures.flatMap(({ Fix }) => Fix ?? []))],
    target: domains[0],
  });
}
