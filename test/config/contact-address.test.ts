import { describe, expect, it } from '@jest/globals';

import { parseContactAddress } from '../../src/config/contact-address.ts';

describe('a contact address [XEP-0157 §2]', () => {
  it.each([
    ['abuse=mailto:abuse@contoso.com', 'abuse', 'mailto:abuse@contoso.com'],
    ['admin=xmpp:ops@contoso.com', 'admin', 'xmpp:ops@contoso.com'],
    ['support=https://contoso.com/help?a=b', 'support', 'https://contoso.com/help?a=b'],
  ])('is a kind and a URI: %s', (text, kind, uri) => {
    expect(parseContactAddress(text)).toEqual({ ok: true, value: { kind, uri } });
  });

  it.each([
    'abuse@contoso.com',
    'abuse=abuse@contoso.com',
    'postmaster=mailto:postmaster@contoso.com',
    'Abuse=mailto:abuse@contoso.com',
    'abuse=javascript:alert(1)',
    'abuse=mailto:',
    'abuse=mailto:a b@contoso.com',
    'abuse=mailto:a\u0007@contoso.com',
    'abuse',
    '',
  ])('is nothing else: %j', (text) => expect(parseContactAddress(text).ok).toBe(false));
});
