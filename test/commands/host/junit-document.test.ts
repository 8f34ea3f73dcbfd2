import { execFileSync } from 'node:child_process';

import { describe, expect, it } from '@jest/globals';

import { printJunit, type TestCase } from '../../../src/commands/host/junit-document.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';

const one = (changes: Partial<TestCase>): TestCase => ({
  subject: 'fabrikam.example',
  name: '6 TCP',
  result: 'Success',
  milliseconds: 12.5,
  cause: '',
  details: [],
  ...changes,
});
const printed = (...cases: readonly Partial<TestCase>[]): string =>
  printJunit({ name: 'Test-FederationRoute', began: new Date('2026-11-23T09:00:00Z'), cases: cases.map(one) });

describe('a test as a build server reads it', () => {
  it('counts its cases, failures, errors and skipped ones, and adds up their time', () => {
    const totals = 'tests="4" failures="1" errors="1" skipped="1" time="0.050"';
    const text = printed({}, { result: 'Failure' }, { result: 'Skipped' }, { result: 'Broken' });
    expect(text.match(/<testsuites? .*>/g)).toEqual([
      `<testsuites name="xgw" ${totals}>`,
      `<testsuite name="Test-FederationRoute" timestamp="2026-11-23T09:00:00" ${totals}>`,
    ]);
  });

  it.each<[TestCase['result'], string]>([
    ['Failure', '><failure message="closed">Fix: x\nagain</failure></testcase>'],
    ['Broken', '><error message="closed">Fix: x\nagain</error></testcase>'],
    ['Skipped', '><skipped message="closed"/></testcase>'],
    ['Warning', '><system-out>Warning: closed\nFix: x\nagain</system-out></testcase>'],
  ])('says of a %s why, and what to do', (result, body) => {
    const head = '<testcase classname="fabrikam.example" name="6 TCP" time="0.013"';
    expect(printed({ result, cause: 'closed', details: ['Fix: x', 'again'] })).toContain(`${head}${body}`);
  });

  it('has nothing to say of a success without details', () => {
    expect(printed({})).toContain('<testcase classname="fabrikam.example" name="6 TCP" time="0.013"/>');
  });
});

describeWithPeers('its XML', [peers.python], () => {
  it('is well-formed whatever a peer says', () => {
    const hostile = `]]></failure><x a="'&\u0000\u001b[2J\ufffe\ud800\u202e`;
    const text = printed({ result: 'Failure', subject: hostile, name: hostile, cause: hostile, details: [hostile] });
    const check = 'import sys, xml.dom.minidom as m; print(len(m.parse(sys.stdin).getElementsByTagName("*")))';
    expect(execFileSync('python3', ['-c', check], { input: text, encoding: 'utf8' }).trim()).toBe('4');
  });
});
