/** The pages that are made from the definitions. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { cmdletsPage } from '../../../src/commands/documentation/cmdlets-page.ts';
import { manPages } from '../../../src/commands/documentation/man-page.ts';
import { symptoms } from '../../../src/commands/documentation/symptoms.ts';
import { troubleshootingPage } from '../../../src/commands/documentation/troubleshooting-page.ts';
import { aboutTopics } from '../../../src/commands/host/about-topics.ts';
import { describeCmdlet } from '../../../src/commands/host/cmdlet.ts';
import { cmdlets } from '../../../src/commands/index.ts';
import { failures } from '../../../src/primitives/failures.ts';
import { logEvents } from '../../../src/primitives/log-events.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { faultOf } from '../line-fault.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const pages = manPages({ version: '0.1.0', cmdlets: cmdlets.map(describeCmdlet), topics: aboutTopics });

it('docs/cmdlets.md is current; npm run docs makes it so', () => {
  const page = cmdletsPage(cmdlets.map(describeCmdlet));
  // Not the two texts: a difference would fill the screen.
  expect(readFileSync(path.join(root, 'docs/cmdlets.md'), 'utf8') === page).toBe(true);
});

it('docs/troubleshooting.md is current, has each id once, and each symptom a command', () => {
  const page = troubleshootingPage();
  expect(readFileSync(path.join(root, 'docs/troubleshooting.md'), 'utf8') === page).toBe(true);
  const ids = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, id = '']) => id);
  expect(ids.toSorted()).toEqual([...Object.keys(failures), ...Object.keys(logEvents)].toSorted());
  for (const [, first] of symptoms) expect(faultOf(first)).toBeUndefined();
});

it('package.json lists every manual page, since npm links no other; npm run docs makes it so', () => {
  const { man } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly man: readonly string[];
  };
  expect(man).toEqual(pages.map(({ file }) => `dist/man/${file}`));
});

it('there is a manual page for the program, each cmdlet and each topic', () => {
  const files = pages.map(({ file }) => file);
  expect(files).toEqual([
    'xgw.1',
    ...cmdlets.map(({ name }) => `xgw-${name.toLowerCase()}.1`),
    ...aboutTopics.map(({ name }) => `xgw-${name}.7`),
  ]);
});

it('no line of a manual page is taken for a request by accident', () => {
  const known = /^\.(?:TH|SH|TP|nf|fi|nh|ad l|B .+|BR .+|I .+)(?: |$)|^[^.']|^$/;
  for (const { text } of pages) expect(text.split('\n').filter((line) => !known.test(line))).toEqual([]);
});

describeWithPeers('groff', [peers.groff], () => {
  const formatted = (text: string, ...options: readonly string[]) =>
    spawnSync('groff', ['-man', '-Tutf8', ...options], {
      input: text,
      encoding: 'utf8',
      env: { ...process.env, GROFF_NO_SGR: '1' },
    });

  it('has nothing to say against any page', () => {
    const { stderr, status } = formatted(pages.map(({ text }) => text).join(''), '-ww', '-z');
    expect([status, stderr]).toEqual([0, '']);
  });

  describe('shows', () => {
    const { stdout } = formatted(
      pages.find(({ file }) => file === 'xgw-set-xmppfederatedpartner.1')?.text ?? '',
      '-P-cbou',
    );
    it.each([
      "xgw set-xmppfederatedpartner fabrikam.com -ProxyFqdn '$null'",
      '-AdditionalDomains ListChange<Domain>',
      'Values: Required, Optional, NotSupported.',
    ])('%s', (text) => expect(stdout).toContain(text));
  });
});
