/** Test-AuditLog: whether the audit log is what was written, and the first line that is not. */
import { testAuditLog } from '../operations/audit/test-audit-log.ts';
import { CodedError } from '../primitives/errors.ts';
import { auditFolder } from '../store/audit-files.ts';
import type { AuditFault, AuditVerdict } from '../store/audit-verification.ts';
import { defineCmdlet } from './host/cmdlet.ts';

export default defineCmdlet({
  name: 'Test-AuditLog',
  synopsis: 'Tests whether a line of the audit log was changed, removed, inserted, moved or cut off.',
  description:
    'Every line holds the hash of the one before it; head.json and every revision of the configuration remember the last. Exit code 21 names the first line that does not fit. Keep the EndHash elsewhere: it shows also that the whole folder was replaced.',
  parameters: {},
  examples: [
    { command: 'test-auditlog', shows: 'Whether all lines are there as they were written.' },
    { command: 'test-auditlog -ExpandProperty EndHash', shows: 'What to write down elsewhere.' },
  ],
  output: { kind: 'AuditLogTest', table: ['Result', 'Lines', 'FirstFaultyLine', 'Fault', 'Detail'] },

  async run(_values, context) {
    const { folder } = context.store;
    const verdict = testAuditLog(folder);
    context.write(verdictObject(verdict));
    if (verdict.fault) throw testFailed(verdict.fault, folder);
  },
});

const verdictObject = ({ lines, end, fault }: AuditVerdict) => ({
  Result: fault === undefined ? 'Success' : 'Failure',
  Lines: lines,
  EndLine: end?.line ?? null,
  EndHash: end?.hash ?? null,
  ...faultFacts(fault),
});

const faultFacts = (fault: AuditFault | undefined) => ({
  FirstFaultyLine: fault?.line ?? null,
  Fault: fault?.kind ?? null,
  Place: fault?.place ?? null,
  Detail: fault?.detail ?? null,
});

const testFailed = ({ line, place, detail }: AuditFault, folder: string): CodedError =>
  new CodedError('TestFailed', `the audit log is not what was written: ${detail}.`, {
    reason: place === undefined ? `its files are in ${auditFolder(folder)}` : `the place is ${place}`,
    fix: ['xgw get-auditlog -First 5', 'xgw get-configurationhistory'],
    target: String(line),
  });
