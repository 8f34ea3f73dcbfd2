/** -Report: what a cmdlet did and answered, kept in a file. The ending of its name says in which form. */

import { checkOutputFile, writeOutputFile } from '../../operations/output-file.ts';
import { CodedError } from '../../primitives/errors.ts';
import { ok, refuse } from '../../primitives/result.ts';
import type { CmdletContext, OutputObject, ValueType } from '../host/cmdlet.ts';
import { contextWith } from '../host/context-with.ts';
import { printReport, type ReportFormat } from '../host/report-document.ts';

export interface ReportFile {
  readonly path: string;
  readonly format: ReportFormat;
}

const formats = new Map<string, ReportFormat>([
  ['html', 'html'],
  ['htm', 'html'],
  ['md', 'md'],
  ['json', 'json'],
]);

/** A path that ends in .html, .md or .json. */
export const reportFile: ValueType<ReportFile> = {
  name: 'Path',
  kind: 'value',
  refusal: () => 'InvalidValue',
  parse(given) {
    const format = formats.get(/\.([a-z]+)$/i.exec(given)?.[1]?.toLowerCase() ?? '');
    if (format !== undefined) return ok({ path: given, format });
    return refuse(`"${given}" names no kind of report; it must end in .html, .md or .json.`);
  },
};

/**
 * A context that keeps what is written and said; the report is made when the work has ended, also when it has failed.
 * An older report is replaced.
 *
 * @param work - Its second parameter keeps an object for the report that is not written elsewhere.
 * @throws CodedError `FileNotFound` before the work when the folder does not exist, `OutputDenied` after it.
 */
export async function reported(
  report: ReportFile | undefined,
  context: CmdletContext,
  work: (context: CmdletContext, keep: (object: OutputObject) => void) => Promise<void>,
): Promise<void> {
  if (report === undefined || context.whatIf) return await work(context, () => undefined);
  checkOutputFile(report.path, true);
  const objects: OutputObject[] = [];
  const sentences: string[] = [];
  const recording = recordingOf(context, objects, sentences);
  try {
    await work(recording, (object) => void objects.push(object));
  } catch (error) {
    if (error instanceof CodedError) sentences.push([error.message, ...(error.reason ? [error.reason] : [])].join(' '));
    throw error;
  } finally {
    const { cmdlet } = context;
    const document = { cmdlet, commandLine: undefined, generated: context.now(), sentences, objects };
    writeOutputFile(report.path, printReport(document, report.format), 0o644);
  }
}

function recordingOf(context: CmdletContext, objects: OutputObject[], sentences: string[]): CmdletContext {
  return contextWith(context, {
    write(object: OutputObject) {
      objects.push(object);
      context.write(object);
    },
    done(sentence: string) {
      sentences.push(sentence);
      context.done(sentence);
    },
    warn(sentence: string) {
      sentences.push(sentence);
      context.warn(sentence);
    },
  });
}
