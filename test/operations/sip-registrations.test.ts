import { expect, it } from '@jest/globals';

import { imSessionObject, selectImSessions } from '../../src/operations/im-session-object.ts';
import type { ImSessionNow, Registration } from '../../src/operations/sip-control.ts';
import { registrationObject, selectRegistrations } from '../../src/operations/sip-registrations.ts';

const device = (user: string, more: Partial<Registration> = {}): Registration => ({
  aor: `sip:${user}@contoso.example`,
  contact: `sip:${user}@192.0.2.1:5060`,
  transport: 'udp',
  address: '192.0.2.1',
  port: 5060,
  expiresIn: 600,
  since: '2026-01-01T00:00:00.000Z',
  isTrusted: false,
  ...more,
});

const all = [device('bob'), device('alice', { since: '2026-01-02T00:00:00.000Z', contact: 'sip:b' }), device('alice')];

it.each([
  [{}, ['alice', 'alice', 'bob']],
  [{ user: 'ALICE@contoso.example' }, ['alice', 'alice']],
  [{ user: 'sip:b*' }, ['bob']],
  [{ user: '*', contact: 'sip:b' }, ['alice']],
  [{ user: 'carol@contoso.example' }, []],
])('%j finds the devices of %j, by user and the oldest first', (selection, users) => {
  const found = selectRegistrations(all, selection);
  expect(found.map(({ aor }) => aor)).toEqual(users.map((user) => `sip:${user}@contoso.example`));
  expect(found.map(({ since }) => since).filter((_, index) => users[index] === 'alice')).toEqual(
    found.flatMap(({ aor, since }) => (aor.includes('alice') ? [since] : [])).toSorted(),
  );
});

it('what a device says of itself is escaped', () => {
  const hostile = device('alice', {
    contact: 'sip:a\u001b[2J@x',
    userAgent: 'Phone\r\n\u202e',
    address: '2001:db8::1',
  });
  expect(registrationObject(hostile)).toMatchObject({
    Contact: String.raw`sip:a\u{1b}[2J@x`,
    UserAgent: String.raw`Phone\u{d}\u{a}\u{202e}`,
    Source: '[2001:db8::1]:5060',
  });
  expect(registrationObject(device('alice')).UserAgent).toBeNull();
});

const session = (contact: string): ImSessionNow => ({
  ends: { userAor: 'sip:alice@contoso.example', contactAor: `sip:${contact}` },
  callId: 'a\u0007b',
  openedBy: 'contact',
  messages: 3,
  since: '2026-01-01T00:00:00.000Z',
  lastActivity: '2026-01-01T00:01:00.000Z',
  phase: 'inviting',
  destination: undefined,
  mode: 'Auto',
});

it('a session is found by either end, and without a next hop it has none', () => {
  const sessions = [session('bob@fabrikam.example'), session('eve@adatum.example')];
  expect(selectImSessions(sessions, { contact: '*@fabrikam.example' })).toEqual([sessions[0]]);
  expect(selectImSessions(sessions, { user: 'alice@contoso.example' })).toHaveLength(2);
  expect(selectImSessions(sessions, { user: 'bob*' })).toEqual([]);
  expect(imSessionObject(session('bob@fabrikam.example'))).toMatchObject({
    State: 'Inviting',
    OpenedBy: 'Contact',
    Hop: null,
    CallId: String.raw`a\u{7}b`,
  });
});
