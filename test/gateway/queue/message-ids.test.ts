import { expect, it } from '@jest/globals';

import { MessageIds } from '../../../src/gateway/queue/message-ids.ts';
import { randomIds } from '../../../src/primitives/ids.ts';
import { Secret } from '../../../src/primitives/secret.ts';

const ends = { user: 'alice@contoso.example', contact: 'bob@fabrikam.example' };
const idsOf = (...secrets: readonly string[]): MessageIds =>
  new MessageIds(randomIds, () => secrets.map((secret) => new Secret(secret)));

it('an id proves itself to another process with the same secret, or with the one that followed it', () => {
  const id = idsOf('one').make(ends);
  expect([idsOf('one').proves(id, ends), idsOf('two', 'one').proves(id, ends)]).toEqual([true, true]);
  expect(id).toMatch(/^[0-9a-f]{16}\.[\w-]{16}$/);
});

it('proves nothing of other people, in the other direction, or when any of it is changed', () => {
  const ids = idsOf('one');
  const id = ids.make(ends);
  expect(ids.proves(id, { ...ends, user: 'carol@contoso.example' })).toBe(false);
  expect(ids.proves(id, { ...ends, contact: 'eve@fabrikam.example' })).toBe(false);
  expect(ids.proves(id, { user: ends.contact, contact: ends.user })).toBe(false);
  expect(idsOf('two').proves(id, ends)).toBe(false);
  for (const other of ['', '.', id.slice(1), id.slice(0, -1), `${id}x`, `0${id}`, 'a.b.c'])
    expect(ids.proves(other, ends)).toBe(false);
});

it('is never the same twice', () => {
  const ids = idsOf('one');
  expect(new Set(Array.from({ length: 100 }, () => ids.make(ends))).size).toBe(100);
});
