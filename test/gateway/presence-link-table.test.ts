import { expect, it } from '@jest/globals';

import type { LinkEnds } from '../../src/gateway/link-ends.ts';
import { PresenceLinkTable } from '../../src/gateway/presence-link-table.ts';

const ends = (user: string, contact: string): LinkEnds => ({
  userAor: `sip:${user}@contoso.example`,
  userJid: `${user}@contoso.example`,
  contactAor: `sip:${contact}`,
  contact,
});

it('finds the links of one user, and forgets those that mean nothing', () => {
  const table = new PresenceLinkTable();
  const link = table.add(ends('alice', 'bob@fabrikam.example'));
  table.add(ends('carol', 'bob@fabrikam.example'));
  expect(table.ofUser('sip:alice@contoso.example')).toEqual([link]);
  if (link === undefined) throw new Error('no link');
  table.removeIfIdle(link);
  expect(table.find(link)).toBeUndefined();
  link.state = 'both';
  expect(table.all()).toHaveLength(1);
});

it('gives the contacts of one domain fifty thousand links and no more, whatever other domains have', () => {
  const table = new PresenceLinkTable();
  for (let count = 0; count < 50_000; count += 1) table.add(ends('alice', `c${count}@flood.example`));
  expect(table.add(ends('alice', 'one-more@flood.example'))).toBeUndefined();
  expect(table.add(ends('alice', 'bob@fabrikam.example'))).toBeDefined();
  const [first] = table.all();
  if (first === undefined) throw new Error('no link');
  table.remove(first);
  expect(table.add(ends('alice', 'one-more@flood.example'))).toBeDefined();
});
