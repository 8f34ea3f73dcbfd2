/** docs/troubleshooting.md: symptoms, then every failure by its exit code and every event of the log. A test says when it is stale. */
import { type Category, type Failure, failurePages } from '../../primitives/failures.ts';
import { type EventPage, logEvents } from '../../primitives/log-events.ts';
import { outcomes } from '../host/exit-code.ts';
import { symptoms } from './symptoms.ts';

/** @returns Markdown that ends in a line break. */
export function troubleshootingPage(): string {
  const events = Object.entries<EventPage>(logEvents).map(([id, page]) => row(id, page));
  return `# Troubleshooting

Made from the program's own tables by \`npm run docs\`. Each id has the same page offline: \`xgw get-help StoreBusy\`. The names in the
commands are examples.

| What is wrong | Type this first |
|---|---|
${symptoms.map(([symptom, first]) => `| ${symptom} | \`${first}\` |`).join('\n')}

## Failures

The last line of an error names its id; scripts go by the exit code. A message says more than its page: it names the object, the
reason and a Fix that can be typed.

${(Object.keys(outcomes) as Category[]).map(sectionOf).join('\n\n')}

## Events of the log

\`xgw get-eventlog -Filter PartnerUnreachable\` shows those of one id, \`-Follow\` each as it happens.

${table(events)}
`;
}

function sectionOf(category: Category): string {
  const { code, meaning, retryable } = outcomes[category];
  const again = retryable ? ' The same command may succeed later.' : '';
  const rows = failurePages.filter(([, page]) => page.category === category).map(([id, page]) => row(id, page));
  return `### Exit code ${code}\n\n${capital(meaning)}.${again}\n\n${table(rows)}`;
}

const table = (rows: readonly string[]): string =>
  ['| Id | What it means | Look here first |', '|---|---|---|', ...rows].join('\n');

const row = (id: string, { meaning, next }: Pick<Failure, 'meaning' | 'next'>): string =>
  `| \`${id}\` | ${text(meaning)} | ${next === undefined ? '' : shown(next)} |`;

/** A sentence is a sentence. */
const shown = (next: string): string => (/^[a-z]+ /.test(next) ? `\`${next}\`` : text(next));

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

/** What the text says is no markup. */
const text = (value: string): string => value.replaceAll(/[*_<>[\]|]/g, String.raw`\$&`);
