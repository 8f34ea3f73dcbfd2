/** What test- cmdlets answer as build servers read it: the XML of JUnit, one suite a run. Everything in it is escaped. */
import { visibleText } from '../../primitives/visible-text.ts';

export interface TestCase {
  /** What was tested: a domain. Build servers group by it. */
  readonly subject: string;
  readonly name: string;
  /** Broken: the test itself could not be made. */
  readonly result: 'Success' | 'Warning' | 'Failure' | 'Skipped' | 'Broken';
  readonly milliseconds: number | undefined;
  /** Why, in one line; empty where all is well. */
  readonly cause: string;
  /** What was found, and what to do; one item a line. */
  readonly details: readonly string[];
}

export interface TestSuite {
  readonly name: string;
  readonly began: Date;
  readonly cases: readonly TestCase[];
}

export function printJunit({ name, began, cases }: TestSuite): string {
  const count = (result: TestCase['result']): number => cases.filter((each) => each.result === result).length;
  const total = cases.reduce((sum, { milliseconds = 0 }) => sum + milliseconds, 0);
  const totals = [
    `tests="${cases.length}" failures="${count('Failure')}" errors="${count('Broken')}" skipped="${count('Skipped')}"`,
    `time="${seconds(total)}"`,
  ].join(' ');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="xgw" ${totals}>`,
    `  <testsuite name="${escapeXml(name)}" timestamp="${began.toISOString().slice(0, 19)}" ${totals}>`,
    ...cases.map(printCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function printCase(test: TestCase): string {
  const { subject, name, milliseconds = 0 } = test;
  const head = `    <testcase classname="${escapeXml(subject)}" name="${escapeXml(name)}" time="${seconds(milliseconds)}"`;
  const body = bodyOf(test);
  return body === '' ? `${head}/>` : `${head}>${body}</testcase>`;
}

function bodyOf({ result, cause, details }: TestCase): string {
  const text = details.map(escapeXml).join('\n');
  const why = `message="${escapeXml(cause)}"`;
  switch (result) {
    case 'Failure':
      return `<failure ${why}>${text}</failure>`;
    case 'Broken':
      return `<error ${why}>${text}</error>`;
    case 'Skipped':
      return `<skipped ${why}/>`;
    default: {
      const said = [...(cause === '' ? [] : [`${result}: ${cause}`]), ...details].map(escapeXml).join('\n');
      return said === '' ? '' : `<system-out>${said}</system-out>`;
    }
  }
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML cannot hold becomes visible, or the replacement character [XML 1.0 §2.2]. */
const escapeXml = (text: string): string =>
  visibleText(text)
    .replaceAll(/[\ud800-\udfff\ufffe\uffff]/gu, '\ufffd')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
