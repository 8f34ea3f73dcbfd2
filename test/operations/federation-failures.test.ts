import { describe, expect, it } from '@jest/globals';

import { failureObject, failuresIn } from '../../src/operations/federation-failures.ts';
import type { LoggedEvent } from '../../src/store/event-log-reader.ts';
import { openConfiguration } from '../support/crossing.ts';

const event = (minute: number, id: LoggedEvent['id'], facts: Readonly<Record<string, unknown>>): LoggedEvent => ({
  id,
  level: 'warn',
  component: 'xmpp',
  message: '',
  facts: { localDomain: 'contoso.example', ...facts },
  time: `2026-11-22T09:0${minute}:00.000Z`,
});
const unreachable = (minute: number, facts: Readonly<Record<string, unknown>> = {}): LoggedEvent =>
  event(minute, 'PartnerUnreachable', {
    partner: 'fabrikam.example',
    step: 'tcp',
    code: 'unreachable',
    reason: 'connection refused',
    ...facts,
  });
const refused = (minute: number, facts: Readonly<Record<string, unknown>> = {}): LoggedEvent =>
  event(minute, 'StreamRefused', {
    remoteDomain: 'fabrikam.example',
    condition: 'policy-violation',
    reason: 'Use of STARTTLS required',
    peerAddress: '192.0.2.1',
    ...facts,
  });

it('a failure of somebody who is no partner any more names no setting of theirs', () => {
  const [failure] = failuresIn([unreachable(1, { partner: 'gone.example' })], undefined);
  if (failure === undefined) throw new Error('no failure');
  expect(failureObject(failure, openConfiguration).Fix).toBe('xgw test-federationroute gone.example -Offline');
});

describe('the failures of federation', () => {
  it('are those of both directions, newest first; other events are none', () => {
    const events = [unreachable(1), event(2, 'StreamClosed', { remoteDomain: 'fabrikam.example' }), refused(3)];
    expect(failuresIn(events, undefined)).toEqual([
      expect.objectContaining({ direction: 'Inbound', step: 'refused', condition: 'policy-violation' }),
      expect.objectContaining({ direction: 'Outbound', step: 'tcp', code: 'unreachable' }),
    ]);
  });

  it('that repeat are one, with their count and since when', () => {
    const other = unreachable(2, { partner: 'adatum.example' });
    const events = [unreachable(1), other, unreachable(3), unreachable(4, { step: 'dns' }), unreachable(5)];
    const shown = failuresIn(events, undefined).map(({ time, since, count, domain, step }) => [
      ...[domain, step, count, since.slice(14, 16), time.slice(14, 16)],
    ]);
    expect(shown).toEqual([
      ['fabrikam.example', 'tcp', 1, '05', '05'],
      ['fabrikam.example', 'dns', 1, '04', '04'],
      ['fabrikam.example', 'tcp', 2, '01', '03'],
      ['adatum.example', 'tcp', 1, '02', '02'],
    ]);
  });

  it('of one domain leave out the others and the strangers', () => {
    const events = [
      unreachable(1),
      unreachable(2, { partner: 'adatum.example' }),
      refused(3, { remoteDomain: undefined }),
    ];
    expect(failuresIn(events, 'FABRIKAM.example')).toHaveLength(1);
    expect(failuresIn(events, '*.example')).toHaveLength(2);
    expect(failuresIn(events, undefined)).toHaveLength(3);
  });

  it('come with a hint and a command that names the partner, not its additional domain', () => {
    const [failure] = failuresIn([unreachable(1, { partner: 'emea.fabrikam.example' })], undefined);
    if (failure === undefined) throw new Error('there is one');
    expect(failureObject(failure, openConfiguration)).toMatchObject({
      Domain: 'emea.fabrikam.example',
      Fix: 'xgw set-xmppfederatedpartner fabrikam.example -ProxyFqdn xmpp.emea.fabrikam.example:5269',
      Condition: null,
    });
  });

  it('of a stranger advise nothing about a partner', () => {
    const [failure] = failuresIn([refused(1, { remoteDomain: undefined })], undefined);
    if (failure === undefined) throw new Error('there is one');
    expect(failureObject(failure, openConfiguration)).toMatchObject({ Domain: null, Address: '192.0.2.1' });
    expect(failureObject(failure, openConfiguration).Hint).toContain('stranger');
  });
});
