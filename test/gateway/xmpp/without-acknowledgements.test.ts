/** A partner that acknowledges nothing [RFC 6120], and a wire that breaks: a message is seen, or its sender is told; never neither. */
import { describe, expect, it } from '@jest/globals';

import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { readStanzaError } from '../../../src/gateway/xmpp/stanza-error.ts';
import { type Element, element } from '../../../src/gateway/xmpp/xml/element.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { type MovableClock, movableClock } from '../../support/movable-clock.ts';
import { createAuthority } from '../../support/pki.ts';
import { header, listenRaw, proceed, type RawStream } from '../../support/raw-stream.ts';
import { startTcpRelay, type TcpRelay } from '../../support/tcp-relay.ts';
import { chat, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const authority = createAuthority('test-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });

interface Scene {
  readonly contoso: Federation;
  readonly wire: TcpRelay;
  readonly clock: MovableClock;
  /** One for each connection so far. */
  readonly peers: readonly RawStream[];
  /** Ids of the messages whose senders were told afterwards. */
  told(): readonly string[];
}

const opened = (id: string): string => header({ from: 'fabrikam.example', to: 'contoso.example', id });
const features = (inside: string): string => `<stream:features>${inside}</stream:features>`;
const external = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism></mechanisms>";

/** fabrikam.example as a server of RFC 6120 and nothing more. */
async function serve(peer: RawStream): Promise<void> {
  await peer.hears(/<stream:stream [^>]*>/);
  peer.send(opened('one') + features("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"));
  await peer.hears(/<starttls [^>]*>/);
  peer.send(proceed);
  await peer.secure(fabrikamCertificate);
  await peer.hears(/<stream:stream [^>]*>/);
  // Successors of SASL and others that are not known here are passed over [XEP-0388].
  const unknown = "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>EXTERNAL</mechanism><inline/></authentication>";
  peer.send(opened('two') + features(unknown + external));
  await peer.hears(/<auth [^>]*>[^<]*<\/auth>/);
  peer.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  await peer.hears(/<stream:stream [^>]*>/);
  peer.send(opened('three') + features(''));
}

async function scene(): Promise<Scene> {
  const dns = await startDnsServer();
  const clock = movableClock();
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    partners: { 'fabrikam.example': row('required', 'required', false) },
    certificate: contosoCertificate,
    root: authority.rootPem,
    clock: { ...clock, wallTime: () => new Date(Date.now() + clock.now()) },
  });
  const peers: RawStream[] = [];
  const wire = await startTcpRelay(
    await listenRaw(async (peer) => {
      peers.push(peer);
      // A connection that is cut while it is being opened is another one's business.
      await serve(peer).catch(() => undefined);
    }),
  );
  dns.xmppServer('fabrikam.example', wire.port);
  const told = (): readonly string[] => contoso.received.map((each) => each.stanza.attributes['id'] ?? '');
  return { contoso, wire, clock, peers, told };
}

const say = (body: string): Element => chat('alice@contoso.example/desk', 'bob@fabrikam.example', body);
const outboundEnd = (contoso: Federation) =>
  contoso.waitForEvent('closed', ({ stream }) => stream.direction === 'outbound');

async function sayAndHear({ contoso, peers }: Scene, body: string): Promise<RawStream> {
  expect(await contoso.s2s.send(say(body))).toMatchObject({ ok: true, acknowledged: false });
  const [peer] = peers;
  if (peer === undefined) throw new Error('nobody connected');
  await peer.hears(new RegExp(`<message [^>]*id="${body}"`));
  return peer;
}

describe('a message that was written right before', () => {
  it('the connection broke is in doubt, and its sender is told once', async () => {
    const there = await scene();
    await sayAndHear(there, 'one');
    there.wire.cut();
    const answer = await there.contoso.waitForStanza('answer', ({ attributes }) => attributes['type'] === 'error');
    expect(answer.attributes).toMatchObject({
      from: 'bob@fabrikam.example',
      to: 'alice@contoso.example/desk',
      id: 'one',
    });
    expect(readStanzaError(answer)).toMatchObject({ type: 'wait', condition: 'remote-server-timeout' });
    expect(await there.contoso.s2s.send(say('two'))).toMatchObject({ ok: true });
    expect(there.told()).toEqual(['one']);
    expect(there.peers[1]?.heard()).not.toContain('id="one"');
  });

  it('the partner broke off over it is in doubt as well', async () => {
    const there = await scene();
    const peer = await sayAndHear(there, 'one');
    const blame = "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";
    peer.send(`<stream:error>${blame}</stream:error></stream:stream>`);
    await there.contoso.waitForStanza('answer', ({ attributes }) => attributes['id'] === 'one');
  });

  it.each([
    ['said goodbye', ''],
    ['shut down', "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"],
  ])('the partner %s is delivered: nobody is told anything', async (_, error) => {
    const there = await scene();
    const peer = await sayAndHear(there, 'one');
    peer.send(`${error}</stream:stream>`);
    await peer.hears(/<\/stream:stream>/);
    await outboundEnd(there.contoso);
    expect(there.told()).toEqual([]);
  });
});

it("a message to a server that answers no ping is delivered after a while, and a typing notice is nobody's loss", async () => {
  const there = await scene();
  await sayAndHear(there, 'one');
  there.clock.advance(30_000);
  const composing = element('composing', 'http://jabber.org/protocol/chatstates');
  await there.contoso.s2s.send(
    stanza('message', { from: 'alice@contoso.example', to: 'bob@fabrikam.example', id: 'typing' }, composing),
  );
  await there.peers[0]?.hears(/<composing/);
  there.wire.cut();
  await outboundEnd(there.contoso);
  expect(there.told()).toEqual([]);
});

it('of many large messages over a wire that stalls and breaks, each is seen, or its sender is told', async () => {
  const there = await scene();
  const { contoso, peers, wire } = there;
  await sayAndHear(there, 'first');
  wire.fallSilent();
  const filling = 'x'.repeat(100_000);
  const ids = Array.from({ length: 60 }, (_, index) => `large${index}`);
  const sending = ids.map(async (id) =>
    contoso.s2s.send(
      stanza(
        'message',
        { from: 'alice@contoso.example', to: 'bob@fabrikam.example', type: 'chat', id },
        element('body', 'jabber:server', {}, filling),
      ),
    ),
  );
  // At least one was taken by the kernel, which is not to say by the partner.
  await Promise.any(sending.map(async (one) => ((await one).ok ? undefined : Promise.reject(new Error('not taken')))));
  wire.cut();
  const deliveries = await Promise.all(sending);
  const accepted = ids.filter((_, index) => deliveries[index]?.ok === true);
  expect(accepted.length).toBeGreaterThan(0);
  // Whatever goes out on the new connection arrives before what is said last.
  expect(await contoso.s2s.send(say('last'))).toMatchObject({ ok: true });
  await peers.at(-1)?.hears(/id="last"/);
  const seen = peers.map((peer) => peer.heard()).join('');
  const told = there.told();
  expect(accepted.filter((id) => !seen.includes(`id="${id}"`) && !told.includes(id))).toEqual([]);
  expect(told.filter((id) => id.startsWith('large')).length).toBeGreaterThan(0);
  const twice = accepted.filter((id) => seen.split(`id="${id}"`).length > 2);
  expect(twice).toEqual([]);
});
