/** new-, get-, set- and remove-siproute as they are typed. */
import path from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Xgw, xgwIn } from '../support/xgw.ts';

let xgw: Xgw;
beforeEach(async () => {
  xgw = xgwIn(path.join(temporaryFolder(), 'store'));
  await xgw.run('new-sipdomain', 'contoso.com');
});

const pool = 'pool.contoso.com:5061;transport=tls';
const first = async (...words: readonly string[]): Promise<Record<string, unknown>> =>
  (await xgw.run(...words))[0] ?? {};

/** Exit code, error id, and the first command to fix it. */
async function refusal(...words: readonly string[]): Promise<readonly [number | null, ...(string | undefined)[]]> {
  const { code, stderr } = await xgw.type(...words);
  return [code, /^ {2}Id: {5}([A-Za-z]+),/m.exec(stderr)?.[1], /^ {2}Fix: {4}(.*)$/m.exec(stderr)?.[1]];
}

const newPool = (...more: readonly string[]) => xgw.run('new-siproute', 'contoso.com', '-NextHop', pool, ...more);

describe('idempotency', () => {
  it('new- creates with the defaults; then refuses, replaces with -Force, leaves alone with -IfNotExists', async () => {
    expect((await newPool())[0]).toEqual({
      ...{ Identity: 'contoso.com', NextHop: [pool], DnsLookup: 'Host', TlsName: null, SessionMode: 'Auto' },
      ...{ State: null, Hops: [], Changed: true, Revision: 2, Kind: 'SipRoute' },
    });
    expect(await refusal('new-siproute', 'contoso.com', '-NextHop', pool)).toEqual([
      ...[6, 'ObjectAlreadyExists', 'xgw get-siproute contoso.com'],
    ]);
    expect((await newPool('-Force'))[0]).toMatchObject({ Changed: false, Revision: 2 });
    expect((await newPool('-SessionMode', 'Pager', '-IfNotExists'))[0]).toMatchObject({ SessionMode: 'Auto' });
    expect((await newPool('-SessionMode', 'Pager', '-Force'))[0]).toMatchObject({ SessionMode: 'Pager', Revision: 3 });
  });

  it('set- refuses what is absent, creates with -Create, and the same again is no revision', async () => {
    expect(await refusal('set-siproute', 'contoso.com', '-NextHop', pool)).toEqual([
      3,
      'ObjectNotFound',
      'xgw get-siproute',
    ]);
    const create = ['set-siproute', 'contoso.com', '-NextHop', pool, '-Create', '-PassThru'];
    expect(await first(...create)).toMatchObject({ NextHop: [pool], SessionMode: 'Auto', Changed: true, Revision: 2 });
    expect(await first(...create)).toMatchObject({ Changed: false, Revision: 2 });
    expect(await refusal('set-siproute', 'contoso.com', '-NextHop', '$null')).toEqual([
      ...[5, 'InvalidValue', 'xgw remove-siproute contoso.com'],
    ]);
  });

  it('remove- refuses what is absent, not with -IfExists; the SIP domain can go after its route', async () => {
    await newPool();
    await xgw.run('new-sipdomain', 'emea.contoso.com', '-IsDefault', 'true');
    expect(await refusal('remove-sipdomain', 'contoso.com')).toEqual([
      6,
      'ObjectInUse',
      'xgw remove-siproute contoso.com',
    ]);
    expect(await first('remove-siproute', 'CONTOSO.com', '-PassThru')).toMatchObject({
      Identity: 'contoso.com',
      Changed: true,
    });
    expect(await refusal('remove-siproute', 'contoso.com')).toEqual([3, 'ObjectNotFound', 'xgw get-siproute']);
    expect((await xgw.type('remove-siproute', 'contoso.com', '-IfExists')).code).toBe(0);
    expect((await xgw.type('remove-sipdomain', 'contoso.com')).code).toBe(0);
  });

  it('-WhatIf shows each field and what follows, and changes nothing', async () => {
    const shown = await xgw.run('new-siproute', 'contoso.com', '-NextHop', '192.0.2.1', '-WhatIf');
    expect(shown.find(({ Property }) => Property === 'NextHops')).toMatchObject({
      Action: 'Add',
      After: ['192.0.2.1'],
    });
    expect(await xgw.run('get-siproute')).toEqual([]);
  });
});

describe('next hops', () => {
  it('are a list whose items have a semicolon in them; +x,-y adds and removes', async () => {
    const words = ['-NextHop', `${pool},fe02.contoso.com, [2001:db8::1]:5070;transport=tcp`];
    const made = await first('new-siproute', 'contoso.com', ...words);
    expect(made['NextHop']).toEqual([pool, 'fe02.contoso.com', '[2001:db8::1]:5070;transport=tcp']);
    const change = ['-NextHop', `-${pool},+FE03.contoso.com:5061;transport=TLS`];
    const changed = await first('set-siproute', 'contoso.com', ...change, '-PassThru');
    const hops = ['fe02.contoso.com', '[2001:db8::1]:5070;transport=tcp', 'fe03.contoso.com:5061;transport=tls'];
    expect(changed['NextHop']).toEqual(hops);
  });

  it('that are none are refused with the form they have', async () => {
    const { code, stderr } = await xgw.type(
      'new-siproute',
      'contoso.com',
      '-NextHop',
      'pool.contoso.com;transport=sctp',
    );
    expect([code, /is not a next hop such as (\S+)/.exec(stderr)?.[1]]).toEqual([5, pool]);
  });

  it('that a certificate cannot prove are told, once something has changed', async () => {
    const words = ['-NextHop', '192.0.2.1', '-TlsName'];
    const warned = await xgw.type('new-siproute', 'contoso.com', '-NextHop', '192.0.2.1');
    expect(warned.stderr).toContain('WARNING: contoso.com: 192.0.2.1:5061;transport=tls is an address');
    expect((await xgw.type('set-siproute', 'contoso.com', '-SessionMode', 'Auto')).stderr).toBe('');
    expect((await xgw.type('set-siproute', 'contoso.com', ...words, 'pool.contoso.com')).stderr).toBe('');
    expect((await xgw.type('set-siproute', 'contoso.com', '-TlsName', '$null')).stderr).toContain('is an address');
  });
});

describe('the route Global', () => {
  it('is shown while SipMode is NextHop, is no object of its own, and no pattern removes it', async () => {
    expect(await refusal('get-siproute', 'Global')).toEqual([3, 'ObjectNotFound', 'xgw get-siproute']);
    await xgw.run('set-xmppgatewayconfiguration', '-SipMode', 'NextHop', '-SipNextHop', pool);
    expect(await first('get-siproute', 'global')).toMatchObject({ Identity: 'Global', NextHop: [pool], State: null });
    for (const cmdlet of ['new-siproute', 'set-siproute']) {
      const [code, id, fix] = await refusal(cmdlet, 'Global', '-NextHop', pool);
      expect([code, id, fix]).toEqual([
        5,
        'InvalidValue',
        expect.stringMatching(/^xgw set-xmppgatewayconfiguration -SipNextHop /),
      ]);
    }
    expect((await refusal('remove-siproute', 'Global')).slice(0, 2)).toEqual([5, 'InvalidValue']);
    expect((await xgw.type('remove-siproute', '*', '-Confirm:false')).code).toBe(0);
    expect(await xgw.run('get-siproute')).toHaveLength(1);
  });
});

describe('get-siproute', () => {
  it('takes a name, a pattern, SIP domains from a pipe, and the names of Lync', async () => {
    await newPool();
    expect(await xgw.run('Get-CsStaticRoutingConfiguration', '*.org')).toEqual([]);
    expect(await xgw.run('get-siproute', '-Filter', 'cont*')).toHaveLength(1);
    const lync = ['New-CsStaticRoute', '-MatchUri', 'contoso.com', '-Destination', 'fe01.contoso.com', '-Force'];
    expect(await first(...lync)).toMatchObject({ NextHop: ['fe01.contoso.com'] });
  });

  it('prints what to type on the other side, with its warnings; another word is refused with those that are taken', async () => {
    await newPool();
    expect(await refusal('get-siproute', '-OutputFormat', 'powershell')).toEqual([
      ...[9, 'AccessEdgeMissing', 'xgw set-xmppgatewayconfiguration -AccessEdgeFqdn sip.contoso.com'],
    ]);
    await xgw.run('set-xmppgatewayconfiguration', '-AccessEdgeFqdn', 'sip.contoso.com');
    await xgw.run('new-xmppfederatedpartner', 'fabrikam.com');
    for (const format of ['powershell', 'kamailio']) {
      const { code, stdout, stderr } = await xgw.type('get-siproute', 'contoso.com', '-OutputFormat', format);
      expect(code).toBe(0);
      expect(stdout).toContain('fabrikam.com');
      expect(stdout).toContain('# WARNING: No certificate is assigned');
      expect(stderr).toMatch(
        /^WARNING: No certificate is assigned, so there is no TLS: xgw request-certificate -New -Type InternalEdge/,
      );
    }
    const { code, stderr } = await xgw.type('get-siproute', '-OutputFormat', 'opensips');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'the values are auto, table, list, json, ndjson, yaml, csv, tsv, name, none, powershell, kamailio.',
    );
  });
});
