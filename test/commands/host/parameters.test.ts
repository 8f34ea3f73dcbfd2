import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import type { ValueType } from '../../../src/commands/host/cmdlet.ts';
import { changedList, itemsOf } from '../../../src/commands/host/list-change.ts';
import {
  bool,
  clearable,
  dateTime,
  domainName,
  domainOrHostWithPort,
  duration,
  listChange,
  listOf,
  oneOf,
  sipAddress,
  text,
  textUpTo,
  wholeNumber,
} from '../../../src/commands/host/parameters.ts';
import { spkiPin } from '../../../src/commands/settings/value-types.ts';

function value<T>(type: ValueType<T>, given: string): T {
  const parsed = type.parse(given);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** The name and the words of the refusal. */
function refusal(type: ValueType<unknown>, given: string): readonly [string, string] {
  const parsed = type.parse(given);
  if (parsed.ok) throw new Error(`accepted: ${JSON.stringify(parsed.value)}`);
  return [type.refusal?.(given) ?? 'CannotConvertArgument', parsed.error];
}

describe('Bool', () => {
  it.each(['true', '$true', 'True', '1', 'YES', 'on'])('%s is true', (given) => expect(value(bool, given)).toBe(true));
  it.each(['false', '$FALSE', 'False', '0', 'no', 'Off'])('%s is false', (given) =>
    expect(value(bool, given)).toBe(false),
  );
  it.each(['', 'maybe', '2', 'System.Boolean'])('"%s" is refused', (given) => {
    expect(refusal(bool, given)).toEqual(['CannotConvertArgument', expect.stringMatching(/neither true nor false/)]);
  });
});

describe('listed words', () => {
  const partnerType = oneOf(['Federated', 'PublicVerified', 'PublicUnverified'], 'PartnerType');

  it.each([
    ['federated', 'Federated'],
    ['Fed', 'Federated'],
    ['public-verified', 'PublicVerified'],
    ['Public Unverified', 'PublicUnverified'],
    ['publicu', 'PublicUnverified'],
  ])('%s is %s', (given, word) => expect(value(partnerType, given)).toBe(word));

  it('a word that fits two, none, or is empty is refused with all the words', () => {
    expect(refusal(partnerType, 'Public')[1]).toBe(
      '"Public" fits PublicVerified and PublicUnverified; the values are Federated, PublicVerified, PublicUnverified.',
    );
    for (const given of ['Direct', '', '-']) expect(refusal(partnerType, given)[1]).toMatch(/the values are Federated/);
  });

  it('an exact word wins over the longer one that begins with it', () => {
    expect(value(oneOf(['Xmpp', 'XmppServer']), 'xmpp')).toBe('Xmpp');
  });
});

describe('numbers and times', () => {
  it('a whole number within its limits', () => {
    expect(value(wholeNumber(0, 10), '10')).toBe(10);
    expect(value(wholeNumber(-5, 10), '-5')).toBe(-5);
  });

  it('out of range is an invalid value, no number a usage error', () => {
    expect(refusal(wholeNumber(1, 10), '11')[0]).toBe('InvalidValue');
    for (const given of ['ten', '1.5', '1e3', '0x10', '', ' 1']) {
      expect(refusal(wholeNumber(1, 10), given)[0]).toBe('CannotConvertArgument');
    }
  });

  it('a duration in seconds or hh:mm:ss is milliseconds', () => {
    expect([
      value(duration, '90'),
      value(duration, '1:30'),
      value(duration, '00:10:00'),
      value(duration, '0.5'),
    ]).toEqual([90_000, 90_000, 600_000, 500]);
    expect(refusal(duration, 'ten minutes')[1]).toMatch(/hh:mm:ss/);
  });

  it('a time is ISO 8601', () => {
    expect(value(dateTime, '2026-11-22T09:30:00Z').toISOString()).toBe('2026-11-22T09:30:00.000Z');
    expect(value(dateTime, '2026-11-22').getHours()).toBe(0);
    expect(refusal(dateTime, '22/11/2026')[1]).toMatch(/is no time/);
    expect(refusal(dateTime, '2026-13-40')[1]).toMatch(/is no time/);
  });
});

describe('names and addresses', () => {
  it('a domain becomes A-labels in lower case', () =>
    expect(value(domainName, 'BÜCHER.example')).toBe('xn--bcher-kva.example'));

  it('a host may have a port', () => {
    expect(value(domainOrHostWithPort, 'XMPP.fabrikam.com:5269')).toBe('xmpp.fabrikam.com:5269');
    expect(value(domainOrHostWithPort, '[2001:db8::1]:5269')).toBe('[2001:db8::1]:5269');
    expect(refusal(domainOrHostWithPort, 'fabrikam.com:0')[0]).toBe('InvalidDomain');
    expect(refusal(domainOrHostWithPort, 'fabrikam.com:99999')[0]).toBe('InvalidDomain');
  });

  it('a SIP address needs no scheme and keeps the case of its user', () => {
    expect(value(sipAddress, 'Alice@Contoso.COM')).toBe('sip:Alice@contoso.com');
    expect(value(sipAddress, 'SIP:alice@contoso.com')).toBe('sip:alice@contoso.com');
  });

  it.each([
    'alice',
    'sip:alice',
    'sip:@contoso.com',
    'sip:a b@contoso.com',
    'sip:alice@contoso.com;transport=tls',
    'sip:alice@contoso.com:5060',
    'sip:alice:secret@contoso.com',
  ])('%s names no user', (given) => expect(refusal(sipAddress, given)[0]).toBe('InvalidAddress'));

  it('a text has a length', () => expect(refusal(textUpTo(3), 'four')[0]).toBe('InvalidValue'));

  it('$null and the empty text clear', () => {
    expect([value(clearable(text), '$null'), value(clearable(text), '$NULL'), value(clearable(text), '')]).toEqual([
      null,
      null,
      null,
    ]);
    expect(value(clearable(domainName), 'a.com')).toBe('a.com');
    expect(refusal(clearable(domainName), 'a')[0]).toBe('InvalidDomain');
  });
});

describe('lists', () => {
  it.each([
    ['a.com,b.com', ['a.com', 'b.com']],
    ['a.com;b.com c.com', ['a.com', 'b.com', 'c.com']],
    ['"a.com","b.com"', ['a.com', 'b.com']],
    ['@("a.com", "b.com")', ['a.com', 'b.com']],
    ['a.com,A.COM,', ['a.com']],
    ['$null', []],
    ['', []],
  ])('%s', (given, items) => expect(value(listOf(domainName), given)).toEqual(items));

  it('the name of a refusal is that of the item', () => {
    expect(refusal(listOf(domainName), 'a.com,b')[0]).toBe('InvalidDomain');
    expect(refusal(listChange(wholeNumber(1, 5)), '+6')[0]).toBe('InvalidValue');
  });

  it('quotes keep an item together', () => expect(itemsOf('"a b",c')).toEqual(['a b', 'c']));

  it('reading never throws, and what is printed with quotes is read again', () => {
    const item = fc.stringMatching(/^[a-z0-9 ,;.-]{1,12}$/).filter((each) => !/^[+-]/.test(each));
    fc.assert(
      fc.property(fc.array(item), (items) => {
        expect(itemsOf(items.map((each) => `"${each}"`).join(','))).toEqual(items);
      }),
    );
    fc.assert(fc.property(fc.string(), (given) => void [listOf(text).parse(given), listChange(text).parse(given)]));
  });
});

describe('list changes, as PowerShell and shells spell them', () => {
  const change = listChange(domainName);

  it.each([
    ['a.com,b.com', { replace: ['a.com', 'b.com'], add: [], remove: [] }],
    ['+a.com,-b.com', { add: ['a.com'], remove: ['b.com'] }],
    ['@{Add="a.com","b.com";Remove="c.com"}', { add: ['a.com', 'b.com'], remove: ['c.com'] }],
    ['@{add=a.com}', { add: ['a.com'], remove: [] }],
    ["@{Remove='a.com'}", { add: [], remove: ['a.com'] }],
    ['@{Replace="a.com"}', { replace: ['a.com'], add: [], remove: [] }],
    ['$Null', { replace: [], add: [], remove: [] }],
    ['', { replace: [], add: [], remove: [] }],
  ])('%s', (given, expected) => expect(value(change, given)).toEqual(expected));

  it('take a "+" that belongs to the item for no sign, as base64 has it', () => {
    const pin = `+${'A'.repeat(42)}=`;
    const pins = listChange(spkiPin);
    expect(value(pins, pin)).toEqual({ replace: [pin], add: [], remove: [] });
    expect(value(pins, `+${pin}`)).toEqual({ add: [pin], remove: [] });
    expect(value(pins, `-${pin}`)).toEqual({ add: [], remove: [pin] });
  });

  it.each([
    ['System.Collections.Hashtable', 'HashtableStringified'],
    ['@Add=x.com', 'ListModifierBroken'],
    ['@{Add=x.com', 'ListModifierBroken'],
  ])('%s is what a shell left of a modifier', (given, id) => expect(refusal(change, given)[0]).toBe(id));

  it('signed and unsigned items do not mix, and unknown keys are refused', () => {
    expect(refusal(change, '+a.com,b.com')[1]).toMatch(/cannot be mixed/);
    expect(refusal(change, '@{Append="a.com"}')[1]).toMatch(/Add, Remove and Replace/);
    expect(refusal(change, '@{}')[1]).toMatch(/Add, Remove and Replace/);
  });

  it('applies to what there is, without duplicates and in order', () => {
    expect(changedList(['a', 'b'], { add: ['c', 'b'], remove: ['a'] })).toEqual(['b', 'c']);
    expect(changedList(['a'], { replace: ['z'], add: [], remove: [] })).toEqual(['z']);
  });
});
