/** get-dnsrecord and test-dnsrecord as they are typed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, expect, it } from '@jest/globals';

import { freePort } from '../peers/free-port.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Xgw, xgwIn } from '../support/xgw.ts';

const edge = 'edge.contoso.example';
let xgw: Xgw;

beforeEach(async () => {
  xgw = xgwIn(path.join(temporaryFolder(), 'store'));
  await xgw.run('new-sipdomain', 'contoso.example');
});

const idIn = (stderr: string): string | undefined => /^ {2}Id: {5}([A-Za-z]+),/m.exec(stderr)?.[1];
const named = (): Promise<unknown> => xgw.run('set-xmppgatewayconfiguration', '-AccessEdgeFqdn', edge);

it('get-dnsrecord says what to publish, once it knows the name of the edge', async () => {
  const unknown = await xgw.type('get-dnsrecord');
  expect([unknown.code, idIn(unknown.stderr)]).toEqual([9, 'AccessEdgeMissing']);
  await named();
  expect(await xgw.run('get-dnsrecord')).toMatchObject([
    { Name: '_xmpp-server._tcp.contoso.example', Type: 'SRV', Data: `0 0 5269 ${edge}`, Port: 5269, Target: edge },
    { Name: '_xmpps-server._tcp.contoso.example', Type: 'SRV', Data: `0 0 5270 ${edge}` },
    { Name: edge, Type: 'A/AAAA', Purpose: 'AccessEdge' },
  ]);
  expect(await xgw.run('get-dnsrecord', '-Purpose', 'AccessEdge')).toHaveLength(1);
  expect((await xgw.type('get-dnsrecord', 'adatum.example')).code).toBe(3);
});

it('test-dnsrecord ends with 0, with 21 where a record fails, and with 9 where nobody answers; -Report keeps it', async () => {
  await named();
  const dns = await startDnsServer();
  const report = path.join(xgw.home, 'dns.md');
  const test = (...words: readonly string[]) => xgw.type('test-dnsrecord', '-Server', dns.address, ...words);
  const failing = await test('-Report', report);
  expect([failing.code, idIn(failing.stderr)]).toEqual([21, 'TestFailed']);
  expect(failing.stderr).toContain('xgw get-dnsrecord');
  expect(readFileSync(report, 'utf8')).toContain('publish: ');

  dns.srv('_xmpp-server._tcp.contoso.example', { priority: 0, weight: 0, port: 5269, target: edge });
  dns.a(edge, '192.0.2.10');
  const passing = await test();
  expect([passing.code, passing.stdout.split('\n').filter((line) => line.includes('"Success"')).length]).toEqual([
    0, 2,
  ]);

  const nobody = await xgw.type('test-xmppdns', '-Server', `127.0.0.1:${await freePort()}`);
  expect([nobody.code, idIn(nobody.stderr)]).toEqual([9, 'DnsUnanswered']);
});

it('test-dnsrecord -Peer shows where the gateway would connect to, and goes with no -Domain', async () => {
  const dns = await startDnsServer();
  dns.srv('_xmpp-server._tcp.fabrikam.example', { priority: 5, weight: 1, port: 5269, target: 'x.fabrikam.example' });
  dns.a('x.fabrikam.example', '192.0.2.1');
  expect(await xgw.run('test-dnsrecord', '-Peer', 'fabrikam.example', '-Server', dns.address)).toMatchObject([
    { Order: 1, Result: 'Success', Actual: ['5 1 x.fabrikam.example [192.0.2.1]:5269'] },
  ]);
  const both = await xgw.type('test-dnsrecord', 'contoso.example', '-Peer', 'fabrikam.example');
  expect([both.code, idIn(both.stderr)]).toEqual([2, 'ParameterConflict']);
  const none = await xgw.type('test-dnsrecord', '-Peer', 'adatum.example', '-Server', dns.address);
  expect([none.code, idIn(none.stderr)]).toEqual([21, 'TestFailed']);
});
