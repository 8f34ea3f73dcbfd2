import { describe, expect, it } from '@jest/globals';

import { linkRecordKey, readLinkRecord } from '../../src/gateway/link-record.ts';

const record = {
  userAor: 'sip:alice@contoso.example',
  userJid: 'alice@contoso.example',
  contactAor: 'sip:bob@fabrikam.example',
  contact: 'bob@fabrikam.example',
  state: 'from+po',
  since: 1_790_000_000_000,
  listed: true,
  blocked: false,
};

describe('the record of a presence link', () => {
  it('is read as it was written', () => {
    expect(readLinkRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
    const { since: _, ...young } = record;
    expect(readLinkRecord(young)).toEqual(young);
  });

  it.each([
    ['nothing', null],
    ['a text', 'both'],
    ['a state that does not exist', { ...record, state: 'everything' }],
    ['a state that objects have by nature', { ...record, state: 'constructor' }],
    ['no contact', { ...record, contact: '' }],
    ['a user that is no text', { ...record, userAor: 7 }],
  ])('is nothing for %s', (_title, value) => expect(readLinkRecord(value)).toBeUndefined());

  it('never makes a blocked contact of something unclear, nor a listed one', () => {
    expect(readLinkRecord({ ...record, listed: 'yes', blocked: 1 })).toMatchObject({ listed: false, blocked: false });
  });

  it('has a key of one length, whatever the addresses are', () => {
    const long = { ...record, contact: `${'b'.repeat(1023)}@fabrikam.example` };
    expect(linkRecordKey(long)).toMatch(/^[\w-]{43}$/);
    expect(linkRecordKey(long)).not.toBe(linkRecordKey(record));
  });
});
