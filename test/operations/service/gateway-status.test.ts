import { describe, expect, it } from '@jest/globals';

import { emptyConfiguration } from '../../../src/config/defaults.ts';
import type { Gateway } from '../../../src/gateway/gateway.ts';
import { gatewayStatus } from '../../../src/operations/service/gateway-status.ts';
import { printTimeSpan } from '../../../src/operations/test-xmpp-im.ts';
import { Secret } from '../../../src/primitives/secret.ts';

const gateway = {
  listeners: () => [],
  sessions: () => [],
  registrations: () => 0,
  hops: () => [],
  warnings: () => ['SIP does not listen'],
};
const now = new Date('2026-11-22T12:00:00Z');

function warningsFor(days: number | undefined, localTestCa = false): readonly string[] {
  const notAfter = new Date(now.getTime() + (days ?? 0) * 86_400_000);
  const certificate =
    days === undefined ? undefined : { key: new Secret(''), chain: '', notAfter, thumbprint: 'AB', localTestCa };
  const parts = {
    gateway: gateway as unknown as Gateway,
    configuration: emptyConfiguration,
    startTime: now,
    problems: [],
    certificate,
    certificates: certificate === undefined ? [] : [certificate],
    unnamedDomains: [],
    certificateSince: undefined,
    stopping: false,
    draining: false,
    metrics: { listeners: () => [], problems: () => [] },
    renewals: { next: undefined, problems: [] },
  };
  return gatewayStatus(parts, now).warnings;
}

describe('the status of the gateway', () => {
  it.each<[number | undefined, RegExp | undefined]>([
    [31, undefined],
    [30, undefined],
    [29, /expires in 29 days/],
    [0, /expires within a day/],
    [-1, /has expired/],
    [undefined, /No certificate/],
  ])('warns of the certificate: %s days', (days, warning) => {
    const about = warningsFor(days).filter((each) => each.includes('ertificate'));
    if (warning === undefined) expect(about).toEqual([]);
    else expect(about).toEqual([expect.stringMatching(warning)]);
  });

  it('always warns of the test CA, and of what does not work', () => {
    expect(warningsFor(300, true)).toEqual(['SIP does not listen', expect.stringContaining('LOCAL TEST CA')]);
  });
});

describe('a latency as Lync prints it', () => {
  it.each([
    [0, '00:00:00.0000000'],
    [2536.1946, '00:00:02.5361946'],
    [61_000.5, '00:01:01.0005000'],
    [3_600_000, '01:00:00.0000000'],
  ])('%d ms is %s', (ms, text) => expect(printTimeSpan(ms)).toBe(text));
});
