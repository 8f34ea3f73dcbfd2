/** Which stream a pair's stanzas take, where the peer may have opened one for both directions [XEP-0288]. */
import { describe, expect, it } from '@jest/globals';
import type { DomainPair } from '../../../src/gateway/xmpp/dialback.ts';
import type { DialFailure } from '../../../src/gateway/xmpp/outbound-state.ts';
import type { OutboundStream } from '../../../src/gateway/xmpp/outbound-stream.ts';
import { PairQueue } from '../../../src/gateway/xmpp/pair-queue.ts';
import { cancelled, type Dialled, type DialRequest } from '../../../src/gateway/xmpp/s2s-connector.ts';
import { defaultS2sLimits } from '../../../src/gateway/xmpp/s2s-limits.ts';
import type { S2sOptions } from '../../../src/gateway/xmpp/s2s-options.ts';
import type { StanzaCarrier } from '../../../src/gateway/xmpp/stanza-carrier.ts';
import { ByteBudget } from '../../../src/primitives/byte-budget.ts';
import { randomIds } from '../../../src/primitives/ids.ts';
import { ok, type Result, refuse } from '../../../src/primitives/result.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { bodyOf, chat } from '../../support/xmpp-federation.ts';

const pair = { local: 'contoso.example', remote: 'fabrikam.example' } as DomainPair;
const failure: DialFailure = { step: 'tcp', condition: 'remote-server-timeout', reason: 'nobody there' };
const say = (body: string) => chat('alice@contoso.example', 'bob@fabrikam.example', body);

/** A stream that takes everything at once, without acknowledgements. */
class Carrier {
  readonly sent: string[] = [];
  readonly record;
  readonly method = 'SASL over TLS';
  readonly maxBytes = Number.POSITIVE_INFINITY;
  readonly doubt = 'none';
  hasRoom = true;
  isEstablished = true;
  closedFor: string | undefined;

  constructor(direction: 'inbound' | 'outbound') {
    this.record = { id: randomIds.token(32), direction, queued: 0, summary: () => ({ peerAddress: '192.0.2.1' }) };
  }

  sendsFor(): boolean {
    return this.isEstablished;
  }

  sendStanza(stanza: Parameters<StanzaCarrier['sendStanza']>[0], progress: { onAccepted(counted: boolean): void }) {
    if (stanza.name !== 'iq') this.sent.push(bodyOf(stanza));
    progress.onAccepted(false);
  }

  close(reason: string): void {
    this.closedFor = reason;
  }
}

class Scene {
  readonly dials: { readonly request: DialRequest; readonly finish: (result: Result<Dialled, DialFailure>) => void }[] =
    [];
  offered: Carrier | undefined;
  readonly queue: PairQueue;

  constructor() {
    const options = { clock: movableClock(), ids: randomIds, limits: defaultS2sLimits, onEvent: () => undefined };
    this.queue = new PairQueue(pair, options as unknown as S2sOptions, {
      budget: new ByteBudget(() => defaultS2sLimits.queuedBytesTotal),
      receiver: { deliver: () => undefined, returnStanza: () => undefined },
      carrier: () => this.offered as unknown as StanzaCarrier | undefined,
      dial: (request) => new Promise((finish) => this.dials.push({ request, finish })),
      onStream: () => undefined,
      onClosed: () => undefined,
      onIdle: () => undefined,
    });
  }

  use(carrier: Carrier): void {
    this.queue.use(carrier as unknown as StanzaCarrier);
  }

  ends(carrier: Carrier): void {
    carrier.isEstablished = false;
    this.queue.onEnding(carrier as unknown as StanzaCarrier);
    this.queue.onClosed(carrier as unknown as StanzaCarrier);
  }

  get dial(): Scene['dials'][number] {
    const [first] = this.dials;
    if (first === undefined) throw new Error('nothing was dialled');
    return first;
  }
}

const established = (carrier: Carrier): Result<Dialled, DialFailure> =>
  ok({ stream: carrier as unknown as OutboundStream });

describe('the stanzas of a pair', () => {
  it('take a stream of the peer and dial nothing', async () => {
    const scene = new Scene();
    scene.offered = new Carrier('inbound');
    expect(await scene.queue.send(say('one'))).toMatchObject({ ok: true });
    expect([scene.offered.sent, scene.dials]).toEqual([['one'], []]);
    expect(scene.queue.isConnected).toBe(false);
  });

  it('wait no longer for a dial that has not reached anybody when the peer comes', async () => {
    const scene = new Scene();
    const carrier = new Carrier('inbound');
    const delivery = scene.queue.send(say('one'));
    scene.use(carrier);
    expect(await delivery).toMatchObject({ ok: true });
    expect(scene.dial.request.signal.reason).toBe(cancelled);
    const next = scene.queue.send(say('two'));
    scene.dial.finish(refuse(failure));
    expect(await next).toMatchObject({ ok: true });
    expect([carrier.sent, scene.dials]).toMatchObject([['one', 'two'], { length: 1 }]);
  });

  it('dial again when the peer went before the dial that it made needless had ended', async () => {
    const scene = new Scene();
    const carrier = new Carrier('inbound');
    carrier.hasRoom = false;
    const delivery = scene.queue.send(say('one'));
    scene.use(carrier);
    scene.ends(carrier);
    scene.dial.finish(refuse(failure));
    const ours = new Carrier('outbound');
    await new Promise(setImmediate);
    expect(scene.dials).toHaveLength(2);
    scene.dials[1]?.finish(established(ours));
    expect(await delivery).toMatchObject({ ok: true });
    expect(ours.sent).toEqual(['one']);
  });

  it('stay on the stream of the peer while a stream of ours comes up, and take that when the other ends', async () => {
    const scene = new Scene();
    const [theirs, ours] = [new Carrier('inbound'), new Carrier('outbound')];
    const first = scene.queue.send(say('one'));
    scene.dial.request.onStream(ours as unknown as OutboundStream);
    scene.use(theirs);
    await first;
    // The peer may be about to send on it.
    expect(scene.dial.request.signal.aborted).toBe(false);
    scene.dial.finish(established(ours));
    await new Promise(setImmediate);
    await scene.queue.send(say('two'));
    expect([theirs.sent, ours.sent]).toEqual([['one', 'two'], []]);
    expect(scene.queue.isConnected).toBe(true);
    scene.ends(theirs);
    await scene.queue.send(say('three'));
    expect([ours.sent, scene.dials]).toMatchObject([['three'], { length: 1 }]);
  });

  it('do not change over to a stream of the peer while one of ours is in use', async () => {
    const scene = new Scene();
    const [theirs, ours] = [new Carrier('inbound'), new Carrier('outbound')];
    const first = scene.queue.send(say('one'));
    scene.dial.finish(established(ours));
    await first;
    scene.use(theirs);
    await scene.queue.send(say('two'));
    expect([theirs.sent, ours.sent]).toEqual([[], ['one', 'two']]);
  });

  it('go on when the stream of the peer has room again', async () => {
    const scene = new Scene();
    const carrier = new Carrier('inbound');
    scene.offered = carrier;
    carrier.hasRoom = false;
    const delivery = scene.queue.send(say('one'));
    expect([carrier.sent, scene.dials]).toEqual([[], []]);
    carrier.hasRoom = true;
    scene.use(carrier);
    expect(await delivery).toMatchObject({ ok: true });
  });

  it('leave no stream behind when they are stopped', async () => {
    const scene = new Scene();
    const [theirs, ours] = [new Carrier('inbound'), new Carrier('outbound')];
    const first = scene.queue.send(say('one'));
    scene.dial.request.onStream(ours as unknown as OutboundStream);
    scene.use(theirs);
    scene.dial.finish(established(ours));
    await first;
    await new Promise(setImmediate);
    scene.queue.stop('maintenance');
    expect([theirs.closedFor, ours.closedFor]).toEqual(['maintenance', 'maintenance']);
  });
});
