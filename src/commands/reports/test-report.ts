/** What every test- cmdlet can make of its answer beside its objects: -Report in a file, -OutputFormat junit for build servers. */

import { CodedError } from '../../primitives/errors.ts';
import type { CmdletContext, OutputObject } from '../host/cmdlet.ts';
import { contextWith } from '../host/context-with.ts';
import { printJunit, type TestCase } from '../host/junit-document.ts';
import { optional } from '../host/parameters.ts';
import { type ReportFile, reported, reportFile } from './report-file.ts';

/** For `formats` of the cmdlet. */
export const testFormats = ['junit'] as const;

export const testReport = optional(reportFile, 'File for a report; it ends in .html, .md or .json.');

export interface TestRun {
  readonly report: ReportFile | undefined;
  /** What an object says, for build servers; what is absent is read from the properties that test objects share. */
  caseOf?(object: OutputObject): Partial<TestCase>;
}

/** @param work - Writes its objects to the context that it gets; a `TestFailed` that it throws is the answer No. */
export async function tested(
  { report, caseOf }: TestRun,
  context: CmdletContext,
  work: (context: CmdletContext) => Promise<void>,
): Promise<void> {
  if (context.format !== 'junit') return await reported(report, context, work);
  const [began, cases]: [Date, TestCase[]] = [context.now(), []];
  const counting = contextWith(context, {
    write: (object: OutputObject): void => void cases.push({ ...commonCase(object), ...caseOf?.(object) }),
  });
  try {
    await reported(report, counting, work);
  } catch (error) {
    if (error instanceof CodedError && error.id !== 'TestFailed') cases.push(brokenCase(error, context.cmdlet));
    throw error;
  } finally {
    context.writeText(printJunit({ name: context.cmdlet, began, cases }));
  }
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

const commonCase = (object: OutputObject): TestCase => ({
  subject: text(object['Domain']),
  name: [object['Order'], object['Name']].map(text).join(' ').trim(),
  result: resultOf(object['Result']),
  milliseconds: typeof object['LatencyMs'] === 'number' ? object['LatencyMs'] : undefined,
  cause: text(object['Cause']),
  details: [
    ...['Target', 'Detail'].map((name) => text(object[name])).filter((value) => value !== ''),
    ...[object['Fix']]
      .flat()
      .map(text)
      .filter((fix) => fix !== '')
      .map((fix) => `Fix: ${fix}`),
  ],
});

function resultOf(value: unknown): TestCase['result'] {
  return value === 'Success' || value === 'Warning' || value === 'Skipped' ? value : 'Failure';
}

const brokenCase = (error: CodedError, cmdlet: string): TestCase => ({
  subject: cmdlet,
  name: error.id,
  result: 'Broken',
  milliseconds: undefined,
  cause: error.message,
  details: [...(error.reason === undefined ? [] : [error.reason]), ...error.fix.map((fix) => `Fix: ${fix}`)],
});
