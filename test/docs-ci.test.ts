/** docs/ci.md and its workflow: each command is one that the program takes. */
import { readFileSync } from 'node:fs';

import { expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { faultOf } from './commands/line-fault.ts';
import { commandsIn, shellLines } from './support/documentation.ts';

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

const page = readFileSync('docs/ci.md', 'utf8');
const workflow = parse(readFileSync('docs/ci/github-actions.yaml', 'utf8')) as Workflow;

const shell = [...Object.values(workflow.jobs)].flatMap(({ steps }) => steps.map(({ run }) => run ?? '')).join('\n');
/** `CMD ["xgw", "wait-service", ...]`, and what is given to the entry point. */
const container = [...page.matchAll(/^.*CMD (\[.*\])$/gm)].map(([, words = '[]']) => {
  const [first = '', ...others] = JSON.parse(words) as readonly string[];
  return ['xgw', ...(first === 'xgw' ? others : [first, ...others])].join(' ');
});

const lines = [...commandsIn(shellLines(page)), ...commandsIn(shell), ...container];

it('the pages hold commands, and the container its two', () => {
  expect([lines.length > 10, container.length]).toEqual([true, 2]);
});

it.each([...new Set(lines)])('%s', (line) => {
  expect(faultOf(line)).toBeUndefined();
});
