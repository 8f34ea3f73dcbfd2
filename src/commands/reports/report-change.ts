/** What a changing cmdlet tells a person, and what it returns: the same for every kind of object. */
import { printDifference, propertyDifferences } from '../../config/property-difference.ts';
import type { CmdletContext, Committed, OutputObject } from '../host/cmdlet.ts';

/** `Global: EnableXmppAccess False -> True. Revision 3.` */
export function changeSentence(name: string, before: object | undefined, after: object, revision: number): string {
  if (before === undefined) return `${name} created. Revision ${revision}.`;
  const differences = propertyDifferences(before, after).map(printDifference);
  return differences.length === 0 ? `${name} unchanged.` : `${name}: ${differences.join(', ')}. Revision ${revision}.`;
}

export interface Report {
  /** How the sentence calls the object: `partner fabrikam.com`. */
  readonly name: string;
  readonly before: object | undefined;
  readonly after: object;
  readonly output: OutputObject;
}

/** Says what changed, and returns the object when -PassThru asks for it. */
export function reportChange(context: CmdletContext, committed: Committed, report: Report): void {
  const revision = committed.after.revision;
  context.done(changeSentence(report.name, report.before, report.after, revision));
  if (context.passThru) context.write(report.output);
}

/** The warning of -IfNotExists, when what is there is not what was asked for. */
export function warnLeftAlone(context: CmdletContext, name: string, existing: object, wanted: object): void {
  const differences = propertyDifferences(existing, wanted).map(printDifference);
  if (differences.length > 0) context.warn(`${name} exists and was left alone: ${differences.join(', ')}.`);
}
