import { describe, expect, it } from '@jest/globals';

import { DnsCache } from '../../../src/gateway/xmpp/dns-cache.ts';
import { dnsResolver } from '../../../src/gateway/xmpp/dns-resolver.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { type MovableClock, movableClock } from '../../support/movable-clock.ts';

type Answer = string | { readonly addresses: readonly string[]; readonly ttl: number } | { readonly target: string };

interface Stage {
  readonly cache: DnsCache;
  readonly clock: MovableClock;
  /** What DNS would say now, by question; otherwise the name does not exist. */
  readonly answers: Record<string, Answer>;
  readonly asked: string[];
}

function stage(): Stage {
  const clock = movableClock();
  const answers: Record<string, Answer> = {};
  const asked: string[] = [];
  const ask = async (question: string): Promise<Exclude<Answer, string>> => {
    asked.push(question);
    const answer = answers[question] ?? 'ENOTFOUND';
    if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
    return answer;
  };
  const addresses = async (question: string): Promise<{ address: string; ttl: number }[]> => {
    const answer = await ask(question);
    return 'ttl' in answer ? answer.addresses.map((address) => ({ address, ttl: answer.ttl })) : [];
  };
  const cache = new DnsCache(
    {
      resolve4: async (name) => addresses(`A ${name}`),
      resolve6: async (name) => addresses(`AAAA ${name}`),
      resolveSrv: async (name) => {
        const answer = await ask(`SRV ${name}`);
        return 'target' in answer ? [{ name: answer.target, port: 5269, priority: 0, weight: 0 }] : [];
      },
    },
    clock,
  );
  return { cache, clock, answers, asked };
}

const codeOf = async (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'an answer',
    (error: unknown) => (error as { code?: string }).code,
  );

/** Lets what is pending happen; no time passes on any clock that the code knows. */
const settled = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** As `codeOf`, moving the clock for as long as the answer waits for it. */
async function codeInTime(answer: Promise<unknown>, clock: MovableClock): Promise<unknown> {
  let code: unknown;
  const done = codeOf(answer).then((value) => {
    code = value;
  });
  await settled();
  while (clock.pending() > 0) {
    clock.advance(1_000);
    await settled();
  }
  await done;
  return code;
}

describe('answers of DNS', () => {
  it('are kept for their TTL', async () => {
    const { cache, clock, answers, asked } = stage();
    answers['A a.example'] = { addresses: ['192.0.2.1'], ttl: 30 };
    expect(await cache.resolve4('a.example')).toEqual([{ address: '192.0.2.1', ttl: 30 }]);
    answers['A a.example'] = { addresses: ['192.0.2.2'], ttl: 30 };
    clock.advance(29_999);
    expect(await cache.resolve4('a.example')).toMatchObject([{ address: '192.0.2.1' }]);
    clock.advance(1);
    expect(await cache.resolve4('a.example')).toMatchObject([{ address: '192.0.2.2' }]);
    expect(asked).toHaveLength(2);
  });

  it('are kept for an hour at most, and not at all with TTL 0', async () => {
    const { cache, clock, answers, asked } = stage();
    answers['AAAA long.example'] = { addresses: ['2001:db8::1'], ttl: 604_800 };
    answers['AAAA short.example'] = { addresses: ['2001:db8::2'], ttl: 0 };
    await cache.resolve6('long.example');
    clock.advance(3_599_999);
    await cache.resolve6('long.example');
    clock.advance(1);
    await cache.resolve6('long.example');
    expect(asked.splice(0)).toHaveLength(2);
    await cache.resolve6('short.example');
    await cache.resolve6('short.example');
    expect(asked).toHaveLength(2);
  });

  it('are kept for 60 s where there is no TTL, and where there is no such name', async () => {
    const { cache, clock, answers, asked } = stage();
    answers['SRV s.example'] = { target: 'a.example' };
    for (const ms of [0, 59_999, 1]) {
      clock.advance(ms);
      await cache.resolveSrv('s.example');
      expect(await codeOf(cache.resolve4('none.example'))).toBe('ENOTFOUND');
    }
    expect(asked).toEqual(['SRV s.example', 'A none.example', 'SRV s.example', 'A none.example']);
  });

  it('are asked for once by several at the same time', async () => {
    const { cache, answers, asked } = stage();
    answers['A a.example'] = { addresses: ['192.0.2.1'], ttl: 0 };
    await Promise.all([cache.resolve4('a.example'), cache.resolve4('a.example'), cache.resolve4('a.example')]);
    expect(asked).toHaveLength(1);
  });

  it.each([['ESERVFAIL'], ['ETIMEOUT'], ['ECONNREFUSED']])(
    'are asked for twice more after %s, which is not kept',
    async (code) => {
      const { cache, clock, answers, asked } = stage();
      answers['A a.example'] = code;
      expect(await codeInTime(cache.resolve4('a.example'), clock)).toBe(code);
      expect(asked.splice(0)).toHaveLength(3);
      answers['A a.example'] = { addresses: ['192.0.2.1'], ttl: 60 };
      expect(await cache.resolve4('a.example')).toHaveLength(1);
      expect(asked).toHaveLength(1);
    },
  );

  it('come on the second or third question too', async () => {
    const { cache, clock, answers } = stage();
    answers['A a.example'] = 'ESERVFAIL';
    const answer = codeInTime(cache.resolve4('a.example'), clock);
    answers['A a.example'] = { addresses: ['192.0.2.1'], ttl: 60 };
    expect(await answer).toBe('an answer');
  });

  it('are forgotten for one domain with the addresses of its servers, or for all', async () => {
    const { cache, answers, asked } = stage();
    answers['SRV _xmpp-server._tcp.a.example'] = { target: 'xmpp.hoster.example' };
    answers['A xmpp.hoster.example'] = { addresses: ['192.0.2.1'], ttl: 600 };
    answers['A b.example'] = { addresses: ['192.0.2.2'], ttl: 600 };
    const askAll = async (): Promise<string[]> => {
      await cache.resolveSrv('_xmpp-server._tcp.a.example');
      await cache.resolve4('xmpp.hoster.example');
      await cache.resolve4('b.example');
      return asked.splice(0);
    };
    expect(await askAll()).toHaveLength(3);
    expect(await askAll()).toEqual([]);
    cache.clear('a.example');
    expect(await askAll()).toEqual(['SRV _xmpp-server._tcp.a.example', 'A xmpp.hoster.example']);
    cache.clear();
    expect(await askAll()).toHaveLength(3);
  });

  it('are kept for a bounded number of names', async () => {
    const { cache, asked } = stage();
    const names = Array.from({ length: 1_001 }, (_, index) => `n${index}.example`);
    for (const name of names) await codeOf(cache.resolve4(name));
    asked.length = 0;
    await codeOf(cache.resolve4('n1.example'));
    expect(asked).toEqual([]);
    await codeOf(cache.resolve4('n0.example'));
    expect(asked).toEqual(['A n0.example']);
  });

  it('come from a real server with their TTL', async () => {
    const dns = await startDnsServer();
    dns.a('a.example', '192.0.2.1');
    const clock = movableClock();
    const cache = new DnsCache(dnsResolver([dns.address]), clock);
    expect(await cache.resolve4('a.example')).toEqual([{ address: '192.0.2.1', ttl: 0 }]);
  });
});
