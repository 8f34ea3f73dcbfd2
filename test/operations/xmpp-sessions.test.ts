import { describe, expect, it } from '@jest/globals';

import {
  refuseUnknown,
  selectSessions,
  sessionObject,
  type XmppSession,
  xmppSessions,
} from '../../src/operations/xmpp-sessions.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { openConfiguration } from '../support/crossing.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const domain = (name: string): DomainName => name as DomainName;
const session = (id: string, changes: Partial<XmppSession> = {}): XmppSession => ({
  id,
  direction: 'inbound',
  bidirectional: false,
  localDomain: domain('contoso.example'),
  remoteDomain: domain('fabrikam.example'),
  state: 'established',
  since: '2026-11-22T12:00:00.000Z',
  peerAddress: '192.0.2.7',
  peerPort: 45_000,
  tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  method: 'SASL over TLS',
  certificate: 'DNS:fabrikam.example',
  partner: 'fabrikam.example',
  authenticated: [domain('fabrikam.example')],
  stanzasIn: 3,
  stanzasOut: 0,
  queued: 0,
  lastActivity: '2026-11-22T12:05:00.000Z',
  ...changes,
});
const several = session('b2', {
  direction: 'outbound',
  since: '2026-11-22T11:00:00.000Z',
  authenticated: [domain('fabrikam.example'), domain('emea.fabrikam.example')],
});
const { remoteDomain: _, ...unnamed } = session('c3', { state: 'negotiating', authenticated: [] });
const stranger: XmppSession = unnamed;
const all = [session('a1'), several, stranger];
const idsOf = (sessions: readonly XmppSession[]): readonly string[] => sessions.map(({ id }) => id);

describe('the live streams', () => {
  it('come oldest first, strangers too', () => {
    expect(idsOf(selectSessions(all, {}))).toEqual(['b2', 'a1', 'c3']);
    expect(idsOf(selectSessions(all, { domain: '*' }))).toEqual(['b2', 'a1', 'c3']);
  });

  it('are found by any domain that they carry, by a pattern, by id and by direction', () => {
    expect(idsOf(selectSessions(all, { domain: 'emea.fabrikam.example' }))).toEqual(['b2']);
    expect(idsOf(selectSessions(all, { domain: 'FABRIKAM.*' }))).toEqual(['b2', 'a1']);
    expect(idsOf(selectSessions(all, { id: 'A1' }))).toEqual(['a1']);
    expect(idsOf(selectSessions(all, { direction: 'Outbound' }))).toEqual(['b2']);
    const both = session('d4', { bidirectional: true });
    expect(idsOf(selectSessions([...all, both], { direction: 'Both' }))).toEqual(['d4']);
    expect(idsOf(selectSessions(all, { domain: 'adatum.example' }))).toEqual([]);
  });

  it('that are not there are an error for an id, and for a domain that is no partner; none for a partner', () => {
    const ask = (selection: Parameters<typeof refuseUnknown>[1]) => () =>
      refuseUnknown([], selection, openConfiguration);
    expect(ask({ id: 'ffff' })).toThrow(expect.objectContaining({ id: 'ObjectNotFound', target: 'ffff' }));
    expect(ask({ domain: 'stranger.example' })).toThrow(expect.objectContaining({ id: 'ObjectNotFound' }));
    expect(ask({ domain: 'fabrikam.example' })).not.toThrow();
    expect(() => refuseUnknown(all, { id: 'ffff' }, openConfiguration)).not.toThrow();
  });

  it('cannot be asked for where no gateway runs', async () => {
    await expect(xmppSessions(temporaryFolder())).rejects.toMatchObject({ id: 'ServiceNotRunning' });
  });
});

describe('the object of a stream', () => {
  it('has the columns of an operator', () => {
    expect(sessionObject(session('a1'))).toMatchObject({
      Id: 'a1',
      Local: 'contoso.example',
      Remote: 'fabrikam.example',
      Direction: 'Inbound',
      State: 'Established',
      Since: '2026-11-22T12:00:00.000Z',
      Tls: 'TLSv1.3',
      Cipher: 'TLS_AES_256_GCM_SHA384',
      Auth: 'SASL over TLS',
      Certificate: 'DNS:fabrikam.example',
      InMessages: 3,
      OutMessages: 0,
      Queue: 0,
      LastActivity: '2026-11-22T12:05:00.000Z',
      Address: '192.0.2.7:45000',
      Partner: 'fabrikam.example',
    });
  });

  it('tells whether stanzas are acknowledged, and how many are not yet', () => {
    expect(sessionObject(session('a1'))).toMatchObject({
      Bidi: false,
      Domains: ['fabrikam.example'],
      StreamManagement: false,
      Unacknowledged: null,
    });
    const managed = session('a1', { streamManagement: true, unacknowledged: 2 });
    expect(sessionObject(managed)).toMatchObject({ StreamManagement: true, Unacknowledged: 2 });
  });

  it('for both directions says so, and who opened it', () => {
    const both = session('a1', { bidirectional: true });
    expect(sessionObject(both)).toMatchObject({ Direction: 'Both', OpenedBy: 'Partner' });
    expect(sessionObject({ ...both, direction: 'outbound' })).toMatchObject({ Direction: 'Both', OpenedBy: 'Gateway' });
  });

  it('has null, never nothing, for what is not known yet', () => {
    const bare: XmppSession = {
      id: 'd4',
      direction: 'inbound',
      bidirectional: false,
      state: 'connecting',
      since: '',
      peerAddress: '2001:db8::1',
      peerPort: 1,
      authenticated: [],
      stanzasIn: 0,
      stanzasOut: 0,
      queued: 0,
      lastActivity: '',
    };
    const object = sessionObject(bare);
    expect(Object.values(object)).not.toContain(undefined);
    expect(object).toMatchObject({ Remote: null, Tls: null, Auth: null, Partner: null, Address: '[2001:db8::1]:1' });
  });
});
