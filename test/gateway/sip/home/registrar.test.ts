import { describe, expect, it } from '@jest/globals';

import type { HeaderField } from '../../../../src/gateway/sip/headers.ts';
import { type Binding, createLocation } from '../../../../src/gateway/sip/home/location.ts';
import {
  maxBindings,
  maxContactLength,
  maxUserAgentLength,
  register,
} from '../../../../src/gateway/sip/home/registrar.ts';
import type { Source } from '../../../../src/gateway/sip/transport.ts';
import { movableClock } from '../../../support/movable-clock.ts';
import { sipRequest, tcpSource, udpSource } from './request-script.ts';

const contact = (value: string): HeaderField => ['Contact', value];
const expires = (value: string): HeaderField => ['Expires', value];
const phone = contact('<sip:alice@192.0.2.1:5060>');

interface Register {
  readonly callId?: string;
  readonly cSeq?: number;
  readonly source?: Source;
  readonly now?: number;
  readonly isTrusted?: boolean;
}

function registering(current: readonly Binding[], headers: readonly HeaderField[], more: Register = {}) {
  const { source = udpSource, now = 0, isTrusted = false, ...parts } = more;
  const request = sipRequest('REGISTER', { uri: 'sip:sip.example', headers, ...parts });
  return register(current, { request, source, now, isTrusted, wallTime: new Date(Date.UTC(2026, 0, 1) + now) });
}

function registered(current: readonly Binding[], headers: readonly HeaderField[], more: Register = {}) {
  const outcome = registering(current, headers, more);
  if (!outcome.ok) throw new Error(`${outcome.error.status} ${outcome.error.reason}`);
  return outcome.value;
}
const refusal = (...parts: Parameters<typeof registering>) => {
  const outcome = registering(...parts);
  return outcome.ok ? undefined : outcome.error;
};
const uris = (bindings: readonly Binding[]) => bindings.map((binding) => binding.contact.uri);

describe('REGISTER [RFC 3261 §10.3]', () => {
  it('MUST return every binding with its expires parameter, and tells the time in an Expires header', () => {
    const first = registered([], [phone, expires('600')]);
    const second = registered(first.bindings, [contact('<sip:alice@192.0.2.1:5070>;q=0.5'), expires('7200')], {
      callId: 'call-2',
      now: 100_000,
    });
    expect(second.headers).toEqual([
      ['Contact', '<sip:alice@192.0.2.1:5060>;expires=500'],
      ['Contact', '<sip:alice@192.0.2.1:5070>;q=0.5;expires=7200'],
      ['Expires', '7200'],
      ['Date', 'Thu, 01 Jan 2026 00:01:40 GMT'],
    ]);
  });

  it('returns the bindings to a request without Contact and changes nothing', () => {
    const { bindings } = registered([], [phone]);
    expect(registered(bindings, [], { callId: 'call-2' }).bindings).toEqual(bindings);
  });

  it.each([
    ['the expires parameter before the header', '<sip:alice@192.0.2.1>;expires=120', '600', 120],
    ['the header', '<sip:alice@192.0.2.1>', '600', 600],
    ['3600 s when nothing is asked for', '<sip:alice@192.0.2.1>', undefined, 3600],
    ['3600 s for a malformed value [§20.19]', '<sip:alice@192.0.2.1>', 'soon', 3600],
    ['7200 s at most', '<sip:alice@192.0.2.1>', '4294967295', 7200],
  ])('grants %s', (_, value, header, seconds) => {
    const { bindings } = registered([], header === undefined ? [contact(value)] : [contact(value), expires(header)]);
    expect(bindings[0]?.expiresAt).toBe(seconds * 1000);
  });

  it('answers 423 with Min-Expires below a minute, and nothing is changed', () => {
    expect(refusal([], [phone, contact('<sip:alice@192.0.2.1:5070>;expires=59')])).toEqual({
      status: 423,
      headers: [['Min-Expires', '60']],
    });
  });

  it('removes one binding with expires 0 and leaves the others', () => {
    const { bindings } = registered([], [phone, contact('<sip:alice@192.0.2.1:5070>')]);
    expect(uris(registered(bindings, [phone, expires('0')], { cSeq: 2 }).bindings)).toEqual([
      'sip:alice@192.0.2.1:5070',
    ]);
  });

  it('removes all with * and Expires 0, and MUST refuse * otherwise', () => {
    const { bindings } = registered([], [phone]);
    expect(registered(bindings, [contact('*'), expires('0')], { cSeq: 2 }).bindings).toEqual([]);
    expect(refusal(bindings, [contact('*'), expires('60')], { cSeq: 2 })).toMatchObject({ status: 400 });
    expect(refusal(bindings, [contact('*')], { cSeq: 2 })).toMatchObject({ status: 400 });
    expect(refusal(bindings, [contact('*'), phone, expires('0')], { cSeq: 2 })).toMatchObject({ status: 400 });
  });

  it('MUST fail a request that comes out of order: same Call-ID, CSeq not higher', () => {
    const { bindings } = registered([], [phone], { cSeq: 5 });
    expect(refusal(bindings, [phone], { cSeq: 5 })).toMatchObject({ status: 500 });
    expect(refusal(bindings, [phone, expires('0')], { cSeq: 4 })).toMatchObject({ status: 500 });
    expect(refusal(bindings, [contact('*'), expires('0')], { cSeq: 4 })).toMatchObject({ status: 500 });
    expect(registered(bindings, [phone], { cSeq: 1, callId: 'after-restart' }).bindings).toHaveLength(1);
  });

  it('takes the same device for the same, whatever else its Contact says', () => {
    const { bindings } = registered([], [contact('"A" <sip:alice@192.0.2.1:5060;transport=UDP;ob>;q=0.1')]);
    const again = registered(bindings, [contact('<sip:alice@192.0.2.1:5060;transport=udp>')], { cSeq: 2 });
    expect(uris(again.bindings)).toEqual(['sip:alice@192.0.2.1:5060;transport=udp']);
  });

  it('remembers since when a device is there, what it calls itself, and whether it was believed', () => {
    const named: HeaderField = ['User-Agent', 'x'.repeat(maxUserAgentLength + 1)];
    const { bindings } = registered([], [phone, named], { isTrusted: true });
    const again = registered(bindings, [phone], { cSeq: 2, now: 60_000 });
    expect(bindings).toMatchObject([{ userAgent: 'x'.repeat(maxUserAgentLength), isTrusted: true }]);
    expect(again.bindings).toMatchObject([
      { since: new Date('2026-01-01T00:00:00Z'), userAgent: undefined, isTrusted: false },
    ]);
  });

  it('keeps ten devices: one more takes the place of the one that expires first', () => {
    let bindings: readonly Binding[] = [];
    for (let device = 1; device <= maxBindings + 1; device += 1) {
      const value = `<sip:alice@192.0.2.1:${5000 + device}>;expires=${device === 3 ? 60 : 3600}`;
      bindings = registered(bindings, [contact(value)], { callId: `call-${device}` }).bindings;
    }
    expect(bindings).toHaveLength(maxBindings);
    expect(uris(bindings)).not.toContain('sip:alice@192.0.2.1:5003');
    const many = Array.from({ length: maxBindings + 1 }, (_, index) =>
      contact(`<sip:alice@192.0.2.1:${6000 + index}>`),
    );
    expect(refusal([], many)).toMatchObject({ status: 400 });
  });

  it('refuses a Contact that is too long: an answer with ten of them must fit a datagram', () => {
    const ofLength = (length: number) => contact(`<sip:alice@192.0.2.1;x=${'y'.repeat(length - 24)}>`);
    expect(ofLength(maxContactLength)[1]).toHaveLength(maxContactLength);
    expect(registered([], [ofLength(maxContactLength)]).bindings).toHaveLength(1);
    expect(refusal([], [ofLength(maxContactLength + 1)])).toMatchObject({ status: 400 });
    expect(maxBindings * maxContactLength).toBeLessThan(60_000);
  });

  it.each(['nonsense', '<tel:+45123>', '<sip:alice@>', '<sip:alice@host'])('refuses the Contact %s', (value) => {
    expect(refusal([], [contact(value)])).toMatchObject({ status: 400 });
  });
});

describe('where a registered device is reached', () => {
  const destination = (value: string, source: Source) =>
    registered([], [contact(value)], { source }).bindings[0]?.destination;

  it('is the port of its Contact when it registers from the same host: it may send from another', () => {
    expect(destination('<sip:alice@192.0.2.1:7777>', { ...udpSource, port: 50_000 })).toMatchObject({
      transport: 'udp',
      host: '192.0.2.1',
      port: 7777,
    });
    expect(destination('<sip:alice@[2001:db8::1]:7777>', { ...udpSource, address: '2001:db8::1' })).toMatchObject({
      host: '2001:db8::1',
      port: 7777,
    });
  });

  it('is the address and connection its REGISTER came from when the Contact names another host: NAT', () => {
    expect(destination('<sip:alice@10.0.0.7:5060;transport=tcp>', tcpSource)).toEqual({
      transport: 'tcp',
      host: '192.0.2.1',
      port: 40_000,
      connectionId: 'c1',
    });
  });

  it('is never a third party', () => {
    expect(destination('<sip:alice@victim.example:22;transport=udp;maddr=198.51.100.1>', udpSource)).toMatchObject({
      host: '192.0.2.1',
      port: 5060,
    });
  });

  it('replaces the address of ;proxy=replace, which pidgin-sipe asks for', () => {
    const sipe = contact('<sip:alice@sip.example:42236;maddr=127.0.0.1;transport=tcp>;proxy=replace');
    expect(registered([], [sipe], { source: tcpSource }).headers[0]).toEqual([
      'Contact',
      '<sip:alice@192.0.2.1:40000;transport=tcp>;expires=3600',
    ]);
  });
});

describe('the location service', () => {
  function setUp() {
    const clock = movableClock();
    const changes: string[] = [];
    const location = createLocation(clock, (aor, isRegistered) => changes.push(`${aor} ${isRegistered}`));
    const binding = (seconds: number) => {
      const { bindings } = registered([], [phone, expires(String(seconds))], { now: clock.now() });
      return bindings;
    };
    return { clock, changes, location, binding };
  }

  it('forgets a binding when it expires, and tells when the user came and went', () => {
    const { clock, changes, location, binding } = setUp();
    location.replace('sip:alice@sip.example', binding(60));
    location.replace('sip:alice@sip.example', binding(120));
    expect(clock.pending()).toBe(1);
    clock.advance(119_999);
    expect(location.of('sip:alice@sip.example')).toHaveLength(1);
    clock.advance(1);
    expect(location.of('sip:alice@sip.example')).toEqual([]);
    expect(location.keys()).toEqual([]);
    expect(changes).toEqual(['sip:alice@sip.example true', 'sip:alice@sip.example false']);
    expect(clock.pending()).toBe(0);
  });

  it('keeps the bindings that live longer', () => {
    const { clock, changes, location, binding } = setUp();
    location.replace('sip:alice@sip.example', [...binding(60), ...binding(600)]);
    clock.advance(60_000);
    expect(location.of('sip:alice@sip.example')).toHaveLength(1);
    expect(changes).toEqual(['sip:alice@sip.example true']);
  });

  it('leaves no timer behind when it is closed', () => {
    const { clock, location, binding } = setUp();
    location.replace('sip:alice@sip.example', binding(60));
    location.close();
    expect(clock.pending()).toBe(0);
  });
});
