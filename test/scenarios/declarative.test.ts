/**
 * A configuration in a file, from a shell as a build job would: the steps of the manual as they stand there, with a real
 * partner at their end; and what must leave nothing half-way: two at once, one that is killed, one with a mistake.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { startProcess } from '../peers/running-process.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cleanEnvironment, type Xgw, xgwIn } from '../support/xgw.ts';
import { federate } from './federation.ts';

/** Milliseconds: some twenty cmdlets one after the other, and a real peer. */
const patience = 180_000;
const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');

/** A script of bash with `xgw` on its PATH. */
function bash(script: string, cwd: string, home: string): Promise<{ readonly code: number; readonly text: string }> {
  const bin = path.join(cwd, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'xgw'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  const env = cleanEnvironment({
    XGW_HOME: home,
    SUMMARY: path.join(cwd, 'summary.md'),
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
  });
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, text: stdout + stderr });
    });
  });
}

const pipeline = `
export CI=1 XGW_NONINTERACTIVE=1 XGW_STRICT=1 NO_COLOR=1
set -euo pipefail
xgw test-configuration -Path gateway.yaml
xgw sync-configuration -Path gateway.yaml -WhatIf -OutPlan plan.json -DetailedExitCode || [ $? -eq 20 ]
xgw show-plan -Path plan.json -OutputFormat markdown >> "$SUMMARY"
xgw sync-configuration -Plan plan.json -Prune -Confirm:false
xgw restart-service -Timeout 60
xgw test-federationroute '*' -OutputFormat junit > routes.xml
`;

describeWithPeers('the pipeline of a build job', [peers.prosody, peers.sipp], () => {
  it(
    'runs as it is printed, from the file to a route that is proven, and a second time changes nothing',
    async () => {
      const { site } = await federate({ peer: 'external', partner: ['-SupportDialbackNegotiation', 'false'] });
      const folder = path.dirname(site.home);
      const file = path.join(folder, 'gateway.yaml');
      const { stdout } = await site.type('export-configuration');
      writeFileSync(file, stdout);
      // What was made by hand is the file's from now on.
      await site.run('sync-configuration', file, '-TakeOwnership', '-Confirm:false');
      const described = '    fabrikam.example:\n      description: from git\n';
      writeFileSync(file, stdout.replace('    fabrikam.example:\n', described));
      const { code, text } = await bash(pipeline, folder, site.home);
      expect([code, code === 0 ? '' : text]).toEqual([0, '']);
      expect(readFileSync(path.join(folder, 'summary.md'), 'utf8')).toMatch(
        /\| fabrikam\.example \| Description \| "" \| from git \|/,
      );
      const routes = readFileSync(path.join(folder, 'routes.xml'), 'utf8');
      expect(routes).toMatch(/failures="0"/);
      expect(routes).toContain('fabrikam.example');
      expect(await site.run('get-xmppfederatedpartner')).toMatchObject([{ Description: 'from git' }]);
      const runtime = await site.type('compare-configuration', '-Runtime', '-DetailedExitCode');
      expect([runtime.code, runtime.stdout]).toEqual([0, '']);
      const [before] = await site.run('get-configurationstore');
      const again = await bash(pipeline.replace('-OutPlan plan.json', '-OutPlan plan.json -Force'), folder, site.home);
      expect([again.code, again.code === 0 ? '' : again.text]).toEqual([0, '']);
      const [after] = await site.run('get-configurationstore');
      expect(after?.['Revision']).toBe(before?.['Revision']);
    },
    patience,
  );
});

const partners = (names: readonly string[], description: string): string =>
  names.map((name) => `    ${name}: { partnerType: Federated, description: ${description} }\n`).join('');

const names = Array.from({ length: 50 }, (_, index) => `p${index}.example`);

function document(owner: string, description: string, mistake = ''): string {
  return `apiVersion: xgw/v1
kind: GatewayConfiguration
metadata: { owner: ${owner} }
spec:
  federatedPartners:
${partners(names, description)}${mistake}`;
}

interface Site extends Xgw {
  readonly folder: string;
  write(name: string, text: string): string;
  /** The descriptions that partners have, each once. */
  descriptions(): Promise<readonly unknown[]>;
}

async function siteWith(description: string): Promise<Site> {
  const folder = temporaryFolder();
  const xgw = xgwIn(path.join(folder, 'store'));
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  await xgw.run('new-sipdomain', 'contoso.example');
  await xgw.run('sync-configuration', write('first.yaml', document('git:edge', description)));
  return {
    ...xgw,
    folder,
    write,
    async descriptions() {
      const all = await xgw.run('get-xmppfederatedpartner');
      expect(all).toHaveLength(names.length);
      return [...new Set(all.map(({ Description }) => Description))];
    },
  };
}

describe('a file that is applied', () => {
  it(
    'leaves one of both when two are applied at the same time, whole, and nobody is told anything else',
    async () => {
      const site = await siteWith('zero');
      const files = ['one', 'two'].map((each) => site.write(`${each}.yaml`, document('git:edge', each)));
      const ran = await Promise.all(files.map((file) => site.type('sync-configuration', file)));
      // The second one waits for the first, and then changes it; or it is told that somebody was faster.
      for (const { code } of ran) expect([0, 6, 7]).toContain(code);
      const [found, ...others] = await site.descriptions();
      expect(others).toEqual([]);
      expect(['one', 'two']).toContain(found);
    },
    patience,
  );

  it(
    'is applied or is not when it is killed, at whatever moment',
    async () => {
      const site = await siteWith('even');
      const env = cleanEnvironment({ XGW_HOME: site.home });
      const [even, odd] = ['even', 'odd'].map((each) => site.write(`${each}.yaml`, document('git:edge', each))) as [
        string,
        string,
      ];
      let before = 'even';
      for (let round = 0; round < 12; round += 1) {
        const wanted = before === 'even' ? odd : even;
        const killed = startProcess(process.execPath, [program, 'sync-configuration', wanted], site.folder, { env });
        if (!(await killed.endsWithin(60 + round * 15))) process.kill(killed.pid, 'SIGKILL');
        await killed.finished;
        const found = await site.descriptions();
        expect([['even'], ['odd']]).toContainEqual(found);
        before = String(found[0]);
      }
      expect((await site.type('sync-configuration', before === 'even' ? odd : even)).code).toBe(0);
    },
    patience,
  );

  it('with a mistake changes nothing, and is named with line, column and a caret', async () => {
    const site = await siteWith('zero');
    const wrong = site.write('wrong.yaml', document('git:edge', 'one', '    q.example: { partnerTyp: Federated }\n'));
    const { code, stderr } = await site.type('sync-configuration', wrong);
    expect(code).toBe(5);
    expect(stderr).toMatch(/wrong\.yaml:56:18: "partnerTyp" is not a known setting; did you mean partnerType\?/);
    expect(stderr).toMatch(/\n +\| +\^/);
    expect(await site.descriptions()).toEqual(['zero']);
  });

  it('is not applied by a plan that is stale, and the plan is shown all the same', async () => {
    const site = await siteWith('zero');
    const plan = path.join(site.folder, 'plan.json');
    const file = site.write('one.yaml', document('git:edge', 'one'));
    expect((await site.type('sync-configuration', file, '-WhatIf', '-OutPlan', plan, '-DetailedExitCode')).code).toBe(
      20,
    );
    await site.run('new-sipdomain', 'emea.contoso.example');
    const refused = await site.type('sync-configuration', '-Plan', plan);
    expect([refused.code, /Id: +(\w+)/.exec(refused.stderr)?.[1]]).toEqual([6, 'PlanStale']);
    expect((await site.type('show-plan', plan, '-OutputFormat', 'text')).stdout).toMatch(
      /STALE \(base \d+, store \d+\)/,
    );
    expect(await site.descriptions()).toEqual(['zero']);
  });

  it('comes back unchanged when it is exported, keeps its comments with -Update, and drift is found', async () => {
    const site = await siteWith('zero');
    const { stdout } = await site.type('export-configuration');
    const whole = site.write('export.yaml', stdout);
    expect((await site.type('compare-configuration', whole, '-DetailedExitCode')).code).toBe(0);
    const commented = site.write('gateway.yaml', document('git:edge', 'zero').replace('spec:', 'spec: # what we have'));
    await site.run('set-xmppfederatedpartner', 'p7.example', '-Description', 'by hand');
    const drift = await site.type('compare-configuration', commented, '-DetailedExitCode');
    expect([drift.code, JSON.parse(drift.stdout)]).toEqual([
      20,
      expect.objectContaining({ Identity: 'p7.example', Before: 'by hand', After: 'zero' }),
    ]);
    await site.type('export-configuration', '-Update', commented);
    expect(readFileSync(commented, 'utf8')).toContain('# what we have');
    expect((await site.type('compare-configuration', commented, '-DetailedExitCode')).code).toBe(0);
  });
});
