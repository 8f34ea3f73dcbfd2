/** Two gateways that acknowledge [XEP-0198], and a wire between them that breaks: a message is seen once, or its sender is told. */
import { describe, expect, it } from '@jest/globals';

import type { Delivery } from '../../../src/gateway/xmpp/delivery.ts';
import type { S2sLimits } from '../../../src/gateway/xmpp/s2s-limits.ts';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { childOf, type Element, element } from '../../../src/gateway/xmpp/xml/element.ts';
import type { Clock } from '../../../src/primitives/clock.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { createAuthority } from '../../support/pki.ts';
import { startTcpRelay, type TcpRelay } from '../../support/tcp-relay.ts';
import { bodyOf, chat, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const authority = createAuthority('test-root');
const root = authority.rootPem;
const certificates = {
  contoso: authority.issue({ names: ['contoso.example'] }),
  fabrikam: authority.issue({ names: ['fabrikam.example'] }),
};
const strict = row('required', 'required', false);
const chatStates = 'http://jabber.org/protocol/chatstates';

interface Scene {
  readonly contoso: Federation;
  readonly fabrikam: Federation;
  readonly wire: TcpRelay;
}

async function scene(
  handle: (stanza: Element) => Promise<void> | void = () => undefined,
  limits: Partial<S2sLimits> = {},
  fabrikamClock?: Clock,
): Promise<Scene> {
  const dns = await startDnsServer();
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    partners: { 'fabrikam.example': strict },
    certificate: certificates.contoso,
    root,
    limits,
  });
  const fabrikam = await startFederation({
    domains: ['fabrikam.example'],
    dns: dns.address,
    partners: { 'contoso.example': strict },
    certificate: certificates.fabrikam,
    root,
    handle,
    ...(fabrikamClock && { clock: fabrikamClock }),
  });
  const wire = await startTcpRelay(fabrikam.port);
  dns.xmppServer('fabrikam.example', wire.port);
  dns.xmppServer('contoso.example', contoso.port);
  return { contoso, fabrikam, wire };
}

/** A consumer whose work ends when the test says so. */
function work(): { readonly done: Promise<void>; finish: () => void } {
  let finish = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { done, finish: () => finish() };
}

const say = (body: string): Element => chat('alice@contoso.example/desk', 'bob@fabrikam.example', body);
const saying = (body: string) => (stanza: Element) => bodyOf(stanza) === body;
const ended = (federation: Federation, direction: string) =>
  federation.waitForEvent('closed', ({ stream }) => stream.direction === direction);

describe('a message', () => {
  it('is delivered when the peer says that it is handled, and not before', async () => {
    const { done, finish } = work();
    const { contoso, fabrikam } = await scene(() => done);
    let settled: Delivery | undefined;
    const delivery = contoso.s2s.send(say('one')).then((result) => (settled = result));
    await fabrikam.waitForStanza('one', saying('one'));
    // Typing notices are not waited for: this one is written behind the message, and taken by the kernel.
    const composing = element('composing', chatStates);
    const typing = stanza('message', { from: 'alice@contoso.example', to: 'bob@fabrikam.example' }, composing);
    expect(await contoso.s2s.send(typing)).toMatchObject({ ok: true, acknowledged: false });
    expect(settled).toBeUndefined();
    expect(contoso.s2s.sessions()).toMatchObject([{ unacknowledged: 2 }]);
    finish();
    expect(await delivery).toMatchObject({ ok: true, acknowledged: true });
  });

  it('whose stream broke before that is sent again with its id and time, and seen once', async () => {
    const { done, finish } = work();
    const { contoso, fabrikam, wire } = await scene(() => done);
    const delivery = contoso.s2s.send(say('one'));
    await fabrikam.waitForStanza('one', saying('one'));
    wire.cut();
    await fabrikam.waitForEvent('ignored', ({ reason }) => reason.includes('another stream'));
    finish();
    expect(await delivery).toMatchObject({ ok: true, acknowledged: true });
    expect(fabrikam.received).toHaveLength(1);
    const again = contoso.events.filter((event) => event.type === 'stanza-sent').at(-1);
    expect(again?.stanza.attributes['id']).toBe('one');
    expect(childOf(again?.stanza as Element, 'delay', 'urn:xmpp:delay')).toMatchObject({
      attributes: { from: 'contoso.example' },
    });
  });

  it('whose stream broke twice is returned to its sender', async () => {
    const { contoso, fabrikam, wire } = await scene(() => work().done);
    const delivery = contoso.s2s.send(say('one'));
    await fabrikam.waitForStanza('one', saying('one'));
    wire.cut();
    await fabrikam.waitForEvent('ignored', ({ reason }) => reason.includes('another stream'));
    wire.cut();
    expect(await delivery).toMatchObject({ ok: false, error: { type: 'wait', condition: 'remote-server-timeout' } });
    expect(fabrikam.received).toHaveLength(1);
  });

  it('is sent again on another stream when the peer has fallen silent', async () => {
    const { contoso, fabrikam, wire } = await scene(() => undefined, { acknowledgementMs: 100, closeMs: 50 });
    await contoso.s2s.send(say('one'));
    wire.fallSilent();
    expect(await contoso.s2s.send(say('two'))).toMatchObject({ ok: true, acknowledged: true });
    expect((await ended(contoso, 'outbound')).reason).toMatch(/acknowledges nothing/);
    expect(fabrikam.received.map(({ stanza }) => bodyOf(stanza))).toEqual(['one', 'two']);
  });

  it('that nobody acknowledged is returned when the stream is ended on purpose', async () => {
    const { contoso, fabrikam } = await scene(() => work().done);
    const delivery = contoso.s2s.send(say('one'));
    await fabrikam.waitForStanza('one', saying('one'));
    contoso.s2s.disconnect('fabrikam.example', 'maintenance');
    expect(await delivery).toMatchObject({ ok: false, error: { condition: 'remote-server-timeout' } });
    expect(contoso.events.filter(({ type }) => type === 'authenticated')).toHaveLength(1);
  });

  it('that was handled is not returned when the peer ends the stream', async () => {
    const { done, finish } = work();
    const { contoso, fabrikam } = await scene(() => done);
    const delivery = contoso.s2s.send(say('one'));
    await fabrikam.waitForStanza('one', saying('one'));
    finish();
    await done;
    fabrikam.s2s.disconnect('contoso.example', 'maintenance');
    expect(await delivery).toMatchObject({ ok: true, acknowledged: true });
    expect(fabrikam.received).toHaveLength(1);
  });

  it('larger than the peer takes is returned, and costs the stream nothing [XEP-0478]', async () => {
    const { contoso, fabrikam } = await scene();
    expect(await contoso.s2s.send(say('x'.repeat(262_144)))).toMatchObject({
      ok: false,
      error: { type: 'modify', condition: 'policy-violation' },
    });
    expect(await contoso.s2s.send(say('one'))).toMatchObject({ ok: true });
    expect(fabrikam.received).toHaveLength(1);
    expect(contoso.events.filter(({ type }) => type === 'authenticated')).toHaveLength(1);
  });
});

describe('a user who does not answer', () => {
  it('holds back what others sent for ten seconds, and no longer', async () => {
    const clock = movableClock();
    const { contoso, fabrikam } = await scene(
      (stanza) => (bodyOf(stanza) === 'never' ? work().done : undefined),
      {},
      { ...clock, wallTime: () => new Date() },
    );
    const settled: string[] = [];
    const deliveries = ['never', 'other'].map(async (body) => {
      const delivery = await contoso.s2s.send(say(body));
      settled.push(body);
      return delivery;
    });
    await fabrikam.waitForStanza('other', saying('other'));
    clock.advance(9_999);
    // What is asked behind that is answered: the two before it are not done.
    await contoso.s2s.send(
      stanza(
        'message',
        { from: 'alice@contoso.example', to: 'bob@fabrikam.example' },
        element('composing', chatStates),
      ),
    );
    expect(settled).toEqual([]);
    clock.advance(1);
    for (const delivery of await Promise.all(deliveries))
      expect(delivery).toMatchObject({ ok: true, acknowledged: true });
  });
});

describe('many messages', () => {
  it('are each seen once, or their sender is told, and come in order, over a wire that breaks', async () => {
    const cuts = new Set(['20', '21', '90', '150']);
    let cut = (): void => undefined;
    const { contoso, fabrikam, wire } = await scene((stanza) => {
      if (cuts.delete(bodyOf(stanza))) cut();
    });
    cut = () => wire.cut();
    const numbers = Array.from({ length: 300 }, (_, index) => String(index));
    const deliveries: Delivery[] = [];
    for (let wave = 0; wave < numbers.length; wave += 50)
      deliveries.push(
        ...(await Promise.all(numbers.slice(wave, wave + 50).map(async (number) => contoso.s2s.send(say(number))))),
      );
    const seen = fabrikam.received.map(({ stanza }) => bodyOf(stanza));
    expect(cuts.size).toBe(0);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.toSorted((one, other) => Number(one) - Number(other))).toEqual(seen);
    const lost = numbers.filter((number, index) => deliveries[index]?.ok === true && !seen.includes(number));
    expect(lost).toEqual([]);
    // Three of the six waves meet no cut.
    expect(deliveries.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(150);
  });

  it('wait for acknowledgements beyond five hundred, and are lost neither', async () => {
    const { done, finish } = work();
    const { contoso, fabrikam } = await scene(() => done);
    const numbers = Array.from({ length: 700 }, (_, index) => String(index));
    const deliveries = numbers.map(async (number) => contoso.s2s.send(say(number)));
    await fabrikam.waitForStanza('the last of the first', saying('499'));
    expect(contoso.events.filter(({ type }) => type === 'stanza-sent')).toHaveLength(500);
    finish();
    expect((await Promise.all(deliveries)).every(({ ok }) => ok)).toBe(true);
    expect(fabrikam.received.map(({ stanza }) => bodyOf(stanza))).toEqual(numbers);
  });
});
