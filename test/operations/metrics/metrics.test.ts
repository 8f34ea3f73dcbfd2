import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import {
  type MetricsService,
  maxNamedPartners,
  metricsService,
} from '../../../src/operations/metrics/metrics-service.ts';
import type { Readings } from '../../../src/operations/metrics/prometheus.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import type { LogEvent } from '../../../src/primitives/log-event.ts';
import { freePort } from '../../peers/free-port.ts';
import { fabrikam, openConfiguration } from '../../support/crossing.ts';

const readings: Readings = {
  streams: { inbound: 2, outbound: 1 },
  queuedStanzas: 3,
  queuedMessages: 7,
  registrations: 4,
  hops: [
    { route: 'contoso.example', hop: 'fe01:5061', state: 'Up' },
    { route: 'contoso.example', hop: 'fe02:5061', state: 'Down' },
    { route: 'contoso.example', hop: 'fe03:5061', state: 'Unknown' },
  ],
  configurationRevision: 5,
  certificateEnd: new Date('2027-01-01T00:00:00Z'),
};

const services: MetricsService[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map(async (service) => service.close()));
});

function running(read: () => Readings = () => readings) {
  const events: LogEvent[] = [];
  const service = metricsService({ read, onEvent: (event) => void events.push(event) });
  services.push(service);
  return { service, events };
}

const withPort = (metricsPort: number): Configuration => ({
  ...openConfiguration,
  gateway: { ...openConfiguration.gateway, metricsPort },
});

const get = async (port: number, path = '/metrics', method = 'GET') =>
  fetch(`http://127.0.0.1:${port}${path}`, { method });

/** The value of a line; undefined when there is none. */
async function value(port: number, line: string): Promise<number | undefined> {
  const text = await (await get(port)).text();
  const found = text.split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

const event = (id: LogEvent['id'], facts: LogEvent['facts'], level: LogEvent['level'] = 'info'): LogEvent => ({
  id,
  level,
  component: 'xmpp',
  message: '',
  ...(facts && { facts }),
});

describe('the metrics', () => {
  it('are off until a port is configured, and move with it', async () => {
    const { service } = running();
    await service.follow(withPort(0));
    expect(service.listeners()).toEqual([]);
    const [first, second] = [await freePort(), await freePort()];
    await service.follow(withPort(first));
    expect(service.listeners()).toEqual([{ protocol: 'metrics', address: '127.0.0.1', port: first }]);
    await service.follow(withPort(second));
    await expect(get(first)).rejects.toThrow();
    expect((await get(second)).status).toBe(200);
    await service.follow(withPort(0));
    await expect(get(second)).rejects.toThrow();
  });

  it('say what is the case when they are collected', async () => {
    let current = readings;
    const { service } = running(() => current);
    const port = await freePort();
    await service.follow(withPort(port));
    expect(await value(port, 'xgw_streams{direction="inbound"}')).toBe(2);
    expect(await value(port, 'xgw_queued_stanzas')).toBe(3);
    expect(await value(port, 'xgw_queued_messages')).toBe(7);
    expect(await value(port, 'xgw_sip_registrations')).toBe(4);
    const up = (hop: string) => value(port, `xgw_next_hop_up{route="contoso.example",hop="${hop}"}`);
    expect([await up('fe01:5061'), await up('fe02:5061'), await up('fe03:5061')]).toEqual([1, 0, undefined]);
    expect(await value(port, 'xgw_configuration_revision')).toBe(5);
    expect(await value(port, 'xgw_certificate_expiry_seconds')).toBe(Date.UTC(2027, 0, 1) / 1000);
    current = { ...readings, queuedStanzas: 0, certificateEnd: undefined };
    expect(await value(port, 'xgw_queued_stanzas')).toBe(0);
    expect(await value(port, 'xgw_certificate_expiry_seconds')).toBeUndefined();
  });

  it('count what happens, and go on counting over a change of port', async () => {
    const { service } = running();
    const [first, second] = [await freePort(), await freePort()];
    await service.follow(withPort(first));
    service.count(event('StreamAuthenticated', { direction: 'inbound', method: 'SASL over TLS' }));
    service.count(event('MessageDelivered', { direction: 'XmppToSip', partner: 'fabrikam.example', latencyMs: 40 }));
    service.count(event('PartnerUnreachable', { partner: 'fabrikam.example', step: 'dns' }, 'warn'));
    await service.follow(withPort(second));
    service.count(event('MessageDelivered', { direction: 'XmppToSip', partner: 'fabrikam.example', latencyMs: 400 }));
    expect(await value(second, 'xgw_streams_authenticated_total{direction="inbound",method="SASL over TLS"}')).toBe(1);
    expect(await value(second, 'xgw_messages_delivered_total{direction="XmppToSip",partner="fabrikam.example"}')).toBe(
      2,
    );
    const labels = 'direction="XmppToSip",partner="fabrikam.example"';
    expect(await value(second, `xgw_message_seconds_bucket{le="0.05",${labels}}`)).toBe(1);
    expect(await value(second, `xgw_message_seconds_sum{${labels}}`)).toBeCloseTo(0.44);
    expect(await value(second, 'xgw_partner_unreachable_total{partner="fabrikam.example",step="dns"}')).toBe(1);
    expect(await value(second, 'xgw_events_total{event="PartnerUnreachable",level="warn"}')).toBe(1);
  });

  it('are those that docs/metrics.md lists', async () => {
    const { service } = running();
    const port = await freePort();
    await service.follow(withPort(port));
    const text = await (await get(port)).text();
    const offered = [...text.matchAll(/^# HELP (xgw_\w+)/gm)].map(([, name]) => name ?? '');
    const rows = readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| `(xgw_\w+)`/gm);
    expect([...rows].map(([, name]) => name ?? '').toSorted()).toEqual(offered.toSorted());
  });

  it('name no stranger: a thousand of them are one line', async () => {
    const { service } = running();
    const port = await freePort();
    await service.follow(withPort(port));
    for (let number = 0; number < 1000; number += 1)
      service.count(event('PartnerUnreachable', { partner: `stranger-${number}.example`, step: 'dns' }));
    expect(await value(port, 'xgw_partner_unreachable_total{partner="other",step="dns"}')).toBe(1000);
    expect(await (await get(port)).text()).not.toContain('stranger-');
  });

  it('count what the policy refused by its gate', async () => {
    const { service } = running();
    const port = await freePort();
    await service.follow(withPort(port));
    service.count(event('MessageRefused', { gate: 'partner' }, 'warn'));
    expect(await value(port, 'xgw_messages_failed_total{direction="SipToXmpp",condition="partner"}')).toBe(1);
  });

  it('name as many partners as may have lines of their own, and count the others together', async () => {
    const { service } = running();
    const port = await freePort();
    const names = Array.from(
      { length: maxNamedPartners + 1 },
      (_, index) => `p${String(index).padStart(4, '0')}.example`,
    );
    const federatedPartners = Object.fromEntries(
      names.map((name) => [name, { ...fabrikam, identity: name as DomainName, additionalDomains: [] }]),
    );
    await service.follow({ ...withPort(port), federatedPartners });
    const delivered = (partner: string): void =>
      service.count(event('MessageDelivered', { direction: 'XmppToSip', partner, latencyMs: 40 }));
    for (const name of names) delivered(name);
    const count = (partner: string) =>
      value(port, `xgw_messages_delivered_total{direction="XmppToSip",partner="${partner}"}`);
    expect([await count(names[0] ?? ''), await count(names.at(-2) ?? ''), await count(names.at(-1) ?? '')]).toEqual([
      1,
      1,
      undefined,
    ]);
    expect(await count('other')).toBe(1);
  });

  it('answer GET of /metrics and nothing else', async () => {
    const { service } = running();
    const port = await freePort();
    await service.follow(withPort(port));
    expect((await get(port, '/')).status).toBe(404);
    expect((await get(port, '/metrics/../etc')).status).toBe(404);
    expect((await get(port, '/metrics', 'POST')).status).toBe(405);
  });

  it('say that their port is taken, and take the next one that is configured', async () => {
    const { service, events } = running();
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => void taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await service.follow(withPort(port));
    taken.close();
    expect(service.problems()).toEqual([`The metrics cannot listen on 127.0.0.1:${port}.`]);
    expect(events.map(({ id }) => id)).toEqual(['MetricsNotListening']);
    await service.follow(withPort(await freePort()));
    expect([service.problems(), service.listeners().length]).toEqual([[], 1]);
  });
});
