/** The IPv6 torture messages of RFC 5118 §4, as one line of interest each. */
import { describe, expect, it } from '@jest/globals';

import { parseMessage } from '../../../src/gateway/sip/message-parser.ts';
import { parseSipUri } from '../../../src/gateway/sip/sip-uri.ts';
import { parseVia } from '../../../src/gateway/sip/via.ts';
import { ipv6Register, ipv6Via } from './ipv6-register.ts';

describe('RFC 5118 IPv6 messages', () => {
  it('§4.1: a valid message with IPv6 references is accepted', () => {
    expect(parseMessage(ipv6Register('sip:[2001:db8::10]', ipv6Via)).ok).toBe(true);
  });

  it('§4.2: an IPv6 address without brackets is refused with 400', () => {
    expect(parseMessage(ipv6Register('sip:2001:db8::10', ipv6Via))).toMatchObject({
      ok: false,
      error: { status: 400 },
    });
  });

  it('§4.3: a port that could belong to the address belongs to the address', () => {
    expect(parseSipUri('sip:[2001:db8::10:5070]')).toMatchObject({
      value: { host: '[2001:db8::10:5070]', port: undefined },
    });
  });

  it('§4.4: a port after the bracket is the port', () => {
    expect(parseSipUri('sip:[2001:db8::10]:5070')).toMatchObject({ value: { host: '[2001:db8::10]', port: 5070 } });
  });

  it('§4.5: both spellings of the received parameter are taken', () => {
    for (const received of ['[2001:db8::9:255]', '2001:db8::9:255']) {
      const parsed = parseVia(`${ipv6Via};received=${received}`);
      expect(parsed.ok && parsed.value.parameters.get('received')).toBe(received);
    }
  });

  it('§4.6: addresses in SDP bodies are not looked at', () => {
    const bytes = Buffer.concat([
      Buffer.from(
        String(ipv6Register('sip:[2001:db8::20]', ipv6Via)).replace('Content-Length: 0', 'Content-Length: 24'),
      ),
      Buffer.from('c=IN IP6 2001:db8::20\r\n\r\n').subarray(0, 24),
    ]);
    expect(parseMessage(bytes)).toMatchObject({ ok: true, value: { body: { length: 24 } } });
  });

  it('§4.7: several IPv6 Via elements stay apart', () => {
    const message = parseMessage(
      ipv6Register('sip:[2001:db8::10]', `${ipv6Via}, SIP/2.0/TCP [2001:db8::9:2]:5070;branch=z9hG4bKas3`),
    );
    expect(message.ok && message.value.headers.getAll('Via')).toHaveLength(2);
  });

  it('§4.8: several references in one header are read', () => {
    const contacts = '<sip:a@[2001:db8::1]>, <sip:b@[2001:db8::2]:5070;transport=tcp>';
    const message = parseMessage(ipv6Register('sip:[2001:db8::10]', ipv6Via, contacts));
    expect(message.ok && message.value.headers.getAll('Contact')).toHaveLength(2);
  });

  it('§4.9: IPv4-mapped addresses are addresses', () => {
    expect(parseSipUri('sip:user@[::ffff:192.0.2.10]:19823')).toMatchObject({
      value: { host: '[::ffff:192.0.2.10]', port: 19823 },
    });
  });

  it('§4.10: an old reference with three colons is refused', () => {
    expect(parseSipUri('sip:user@[2001:db8:::192.0.2.1]').ok).toBe(false);
  });
});
