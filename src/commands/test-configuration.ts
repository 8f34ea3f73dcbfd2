/** Test-Configuration: whether a file, or the store, is a configuration that a gateway can run: form, references, negotiation, certificates. */
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet, type OutputObject } from './host/cmdlet.ts';
import { optional, path, switchType } from './host/parameters.ts';
import { tested, testFormats, testReport } from './reports/test-report.ts';

export default defineCmdlet({
  name: 'Test-Configuration',
  synopsis: 'Checks a configuration file, or the store, without changing anything.',
  description:
    'Form, names and values, references, the negotiation matrix, and whether the certificates cover the domains. Every mistake of a file has its line and column. Exit code 21 when something fails, with -Strict also when something is a warning; 5 when the store itself is damaged.',
  parameters: {
    Path: optional(path, 'The file; - and a folder as with sync-configuration.', {
      position: 0,
      defaultText: 'the store',
    }),
    Strict: optional(switchType, 'Warnings fail too.'),
    Report: testReport,
  },
  examples: [
    { command: 'test-configuration -Path gateway.yaml', shows: 'Whether sync-configuration would take the file.' },
    { command: 'test-configuration -Strict -Quiet', shows: 'The store, for a nightly job: exit code 21.' },
  ],
  output: { kind: 'ConfigurationTest', table: ['Result', 'Name', 'Target', 'Detail', 'Fix'] },
  formats: testFormats,

  async run({ Path, Strict, Report }, context) {
    await tested({ report: Report, caseOf }, context, async (recording) => {
      const { fileFindings, storeFindings } = await import('./declarative/configuration-test.ts');
      const findings = Path === undefined ? await storeFindings(recording) : await fileFindings(Path, recording);
      for (const finding of findings) if (!context.quiet || finding.Result !== 'Success') recording.write(finding);
      const failed = findings.filter(({ Result }) => Result === 'Failure' || (Strict === true && Result === 'Warning'));
      const warnings = findings.filter(({ Result }) => Result === 'Warning').length;
      if (failed.length === 0) {
        return recording.done(warnings === 0 ? 'everything passed.' : `nothing failed, ${warnings} warnings.`);
      }
      throw new CodedError('TestFailed', `${Path ?? 'The configuration'} does not pass: ${countOf(failed.length)}.`, {
        reason: failed[0]?.Detail,
        fix: failed.flatMap(({ Fix }) => Fix ?? []).slice(0, 3),
        target: Path,
      });
    });
  },
});

const countOf = (count: number): string => (count === 1 ? 'one check failed' : `${count} checks failed`);

const caseOf = ({ Target, Name, Detail }: OutputObject) => ({
  subject: String(Target),
  name: String(Name),
  cause: String(Detail),
});
