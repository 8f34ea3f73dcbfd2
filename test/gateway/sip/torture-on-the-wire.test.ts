/** What the whole user agent server answers to the messages of RFC 4475 and RFC 5118, through a socket. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { ipv6Register, ipv6Via } from './ipv6-register.ts';
import { passedOn, servedHome, statusesOf } from './served-home.ts';

const folder = join(import.meta.dirname, '../../vectors/rfc4475');
const read = (name: string): Buffer => readFileSync(join(folder, `${name}.dat`));

/** By the clause of RFC 4475. The sender is a trusted peer, example.com is ours, and its users are offline. */
const answered: readonly (readonly [name: string, status: number, why: string])[] = [
  ['wsinv', 480, '§3.1.1.1: a user of another domain, who is offline'],
  ['intmeth', 501, '§3.1.1.2: a method that nobody knows'],
  ['esc01', 403, '§3.1.1.3: the sender is of another domain, and this is no open relay'],
  ['escnull', 200, '§3.1.1.4: an escaped null is part of the user name'],
  ['esc02', 501, '§3.1.1.5: an escape in a method does not make it REGISTER'],
  ['lwsdisp', 200, '§3.1.1.6: no white space before the bracket'],
  ['longreq', 405, '§3.1.1.7: INVITE is not served for users at home here'],
  ['dblreq', 200, '§3.1.1.8: the INVITE after the REGISTER is no part of it'],
  ['semiuri', 200, '§3.1.1.9: a semicolon in the user part'],
  ['transports', 200, '§3.1.1.10: five transports in Via'],
  ['mpart01', 480, '§3.1.1.11: a binary body, to a user of another domain who is offline'],
  ['badinv01', 400, '§3.1.2.1: extraneous separators'],
  ['clerr', 400, '§3.1.2.2: Content-Length is larger than the datagram'],
  ['ncl', 400, '§3.1.2.3: Content-Length is negative'],
  ['scalar02', 400, '§3.1.2.4: numbers beyond their range'],
  ['quotbal', 400, '§3.1.2.6: an open quote'],
  ['ltgtruri', 400, '§3.1.2.7: brackets around the Request-URI'],
  ['lwsruri', 400, '§3.1.2.8: white space in the Request-URI'],
  ['lwsstart', 400, '§3.1.2.9: several blanks in the start line'],
  ['trws', 400, '§3.1.2.10: blanks at the end of the start line'],
  ['escruri', 400, '§3.1.2.11: headers in the Request-URI'],
  ['baddate', 405, '§3.1.2.12: a date in another zone is of no interest'],
  ['regbadct', 400, '§3.1.2.13: a Contact without its brackets'],
  ['badaspec', 200, '§3.1.2.14: blanks inside an address'],
  ['badvers', 505, '§3.1.2.16: version 7.0'],
  ['mismatch01', 400, '§3.1.2.17: CSeq names another method'],
  ['mismatch02', 501, '§3.1.2.18: CSeq names another method, and the method is unknown'],
  ['badbranch', 200, '§3.2.1: a branch that is the magic cookie alone is one of RFC 2543'],
  ['insuf', 400, '§3.3.1: answered with what is there'],
  ['unkscm', 416, '§3.3.2: a scheme that nobody knows'],
  ['novelsc', 416, '§3.3.3: a scheme that is known and not served'],
  ['unksm2', 400, '§3.3.4: unknown schemes in From and To'],
  ['bext01', 420, '§3.3.5: Require and Proxy-Require name extensions that nobody knows'],
  ['invut', 405, '§3.3.6: the method is refused before the type of the body is looked at'],
  ['regaut01', 200, '§3.3.7: a trusted peer is not asked for credentials'],
  ['multi01', 400, '§3.3.8: singletons twice'],
  ['mcl01', 400, '§3.3.9: two Content-Lengths'],
  ['zeromf', 200, '§3.3.11: Max-Forwards 0, and the request goes no further'],
  ['cparam01', 200, '§3.3.12: a parameter of the Contact'],
  ['cparam02', 200, '§3.3.13: a parameter of the URI in the Contact'],
  ['regescrt', 200, '§3.3.14: escaped headers in the Contact'],
  ['sdp01', 405, '§3.3.15: the method is refused before Accept is looked at'],
  ['inv2543', 405, '§3.4.1: RFC 2543 syntax'],
];

const unanswered: readonly (readonly [name: string, why: string])[] = [
  ['unreason', '§3.1.1.12: a response'],
  ['noreason', '§3.1.1.13: a response'],
  ['scalarlg', '§3.1.2.5: a response with numbers beyond their range'],
  ['baddn', '§3.1.2.15: in the archive its header section does not end'],
  ['bigcode', '§3.1.2.19: a status of more than three digits'],
  ['bcast', '§3.3.10: a response with a foreign Via'],
  ['test', 'no version in the start line, no Via: what the archive holds beside the messages of the text'],
];

describe('RFC 4475 on the wire', () => {
  it('every message has its row', () => {
    const rows = [...answered, ...unanswered].map(([name]) => `${name}.dat`);
    expect(rows.toSorted()).toEqual(readdirSync(folder).toSorted());
  });

  it.each(answered)('%s MUST be answered with %i, once (%s)', async (name, status) => {
    const served = await servedHome();
    expect(await statusesOf(served, passedOn(read(name), name), 1)).toEqual([status]);
  });

  it.each(unanswered)('%s MUST NOT be answered (%s)', async (name) => {
    const served = await servedHome();
    expect(await statusesOf(served, name === 'test' ? read(name) : passedOn(read(name), name), 0)).toEqual([]);
  });

  it('baddn, ended: a comma in a name without quotes is refused with 400 [§3.1.2.15]', async () => {
    const whole = Buffer.concat([read('baddn'), Buffer.from('\r\n')]);
    expect(await statusesOf(await servedHome(), passedOn(whole, 'baddn'), 1)).toEqual([400]);
  });

  it('regaut01 MUST be challenged anew when a stranger sends it [§3.3.7]', async () => {
    expect(await statusesOf(await servedHome(false), passedOn(read('regaut01'), 'a'), 1)).toEqual([401]);
  });

  it('zeromf as a MESSAGE for another domain MUST be answered with 483 [§3.3.11]', async () => {
    const message = String(read('zeromf')).replaceAll('OPTIONS', 'MESSAGE').replaceAll('example.com', 'example.org');
    expect(await statusesOf(await servedHome(), passedOn(Buffer.from(message), 'mf'), 1)).toEqual([483]);
  });
});

/** By the clause of RFC 5118 §4. */
const ipv6: readonly (readonly [clause: string, message: Buffer, status: number])[] = [
  ['§4.1: a valid message', ipv6Register('sip:[2001:db8::10]'), 200],
  ['§4.2: a Request-URI without brackets', ipv6Register('sip:2001:db8::10'), 400],
  ['§4.3: what looks like a port inside the brackets', ipv6Register('sip:[2001:db8::10:5070]'), 200],
  ['§4.4: a port after the brackets', ipv6Register('sip:[2001:db8::10]:5070'), 200],
  ['§4.5: received with brackets', ipv6Register('sip:[2001:db8::10]', `${ipv6Via};received=[2001:db8::9:255]`), 200],
  ['§4.5: received without brackets', ipv6Register('sip:[2001:db8::10]', `${ipv6Via};received=2001:db8::9:255`), 200],
  ['§4.7: several Via values', ipv6Register('sip:[2001:db8::10]', `${ipv6Via}, ${ipv6Via}9, ${ipv6Via}8`), 200],
  [
    '§4.8: several Contacts',
    ipv6Register('sip:[2001:db8::10]', ipv6Via, '<sip:user@[2001:db8::1]>, <sip:user@[2001:db8::2]:5070>'),
    200,
  ],
  ['§4.9: an IPv4-mapped address', ipv6Register('sip:user@[::ffff:192.0.2.10]:19823'), 200],
  ['§4.10: a reference with three colons', ipv6Register('sip:user@[2001:db8:::192.0.2.1]'), 400],
];

describe('RFC 5118 on the wire', () => {
  it.each(ipv6)('%s', async (_clause, message, status) => {
    expect(await statusesOf(await servedHome(), passedOn(message, 'ipv6'), 1)).toEqual([status]);
  });
});
