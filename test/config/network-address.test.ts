import { describe, expect, it } from '@jest/globals';

import { parseSipNextHop } from '../../src/config/network-address.ts';

describe('SipNextHop', () => {
  it.each<[string, string, number, string]>([
    ['pool.contoso.example', 'pool.contoso.example', 5061, 'tls'],
    ['pool.contoso.example:5070', 'pool.contoso.example', 5070, 'tls'],
    ['Pool.Contoso.Example;transport=TCP', 'pool.contoso.example', 5060, 'tcp'],
    ['192.0.2.1:5060;transport=udp', '192.0.2.1', 5060, 'udp'],
    ['192.0.2.1;transport=udp', '192.0.2.1', 5060, 'udp'],
    ['[2001:db8::1]:5062;transport=tls', '2001:db8::1', 5062, 'tls'],
    ['2001:db8::1;transport=tcp', '2001:db8::1', 5060, 'tcp'],
    ['bücher.example', 'xn--bcher-kva.example', 5061, 'tls'],
  ])('%s is %s, port %i, by %s', (text, host, port, transport) => {
    expect(parseSipNextHop(text)).toEqual({ ok: true, value: { host, port, transport } });
  });

  it.each([
    '',
    ':5061',
    'pool.contoso.example:0',
    'pool.contoso.example:65536',
    'pool.contoso.example:5061x',
    'pool.contoso.example;transport=sctp',
    'pool.contoso.example;transport=',
    'pool.contoso.example;lr',
    'pool.contoso.example;transport=tcp;transport=tls',
    'sip:pool.contoso.example',
    '2001:db8::1:5061;transport=tls;',
    '[pool.contoso.example]:5061',
    '*.contoso.example',
  ])('"%s" is refused with an example', (text) => {
    const parsed = parseSipNextHop(text);
    expect(parsed.ok ? '' : parsed.error).toMatch(/pool\.contoso\.com:5061;transport=tls|is not a port/);
  });
});
