import { describe, expect, it } from '@jest/globals';

import { codeOf, DialFailureLog, type DialFailureRecord } from '../../../src/gateway/xmpp/dial-failure-log.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';

const record = (
  remote: string,
  second: number,
  code: DialFailureRecord['code'] = 'unreachable',
): DialFailureRecord => ({
  time: new Date(second * 1000),
  localDomain: 'contoso.example' as DomainName,
  remoteDomain: remote as DomainName,
  purpose: 'stanzas',
  step: 'tcp',
  code,
  reason: String(second),
});

describe('the log of failed dials', () => {
  it('keeps the last 20 of each domain, in the order of time', () => {
    const log = new DialFailureLog();
    for (let second = 0; second < 25; second += 1) log.add(record('fabrikam.example', second));
    log.add(record('northwind.example', 10));
    const seconds = log.all().map(({ time }) => time.getTime() / 1000);
    expect(seconds).toEqual([5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
  });

  it('keeps 50 domains: the one that failed longest ago makes room', () => {
    const log = new DialFailureLog();
    for (let index = 0; index < 50; index += 1) log.add(record(`d${index}.example`, index));
    log.add(record('d0.example', 50));
    log.add(record('d50.example', 51));
    const domains = new Set(log.all().map(({ remoteDomain }) => String(remoteDomain)));
    expect(domains.size).toBe(50);
    expect([domains.has('d0.example'), domains.has('d1.example'), domains.has('d50.example')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('says what to do where that is known', () => {
    const log = new DialFailureLog();
    log.add(record('fabrikam.example', 1, 'peer-rejects-certificate'));
    log.add(record('fabrikam.example', 2));
    expect(log.all().map(({ hint }) => hint)).toEqual([expect.stringContaining('dialback over TLS'), undefined]);
  });

  it('names every cause, by the step where nothing more is known', () => {
    const failure = { step: 'tls', condition: 'remote-server-timeout', reason: 'reset' } as const;
    expect(codeOf(failure)).toBe('tls-failed');
    expect(codeOf({ ...failure, code: 'tls-not-offered' })).toBe('tls-not-offered');
  });
});
