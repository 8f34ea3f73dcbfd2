/** Hop counts and marks of messages that cross gateways, as SIP and as XMPP carry them. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Headers } from '../../../src/gateway/sip/headers.ts';
import { LoopGuard } from '../../../src/gateway/sip/loop-guard.ts';
import type { SipRequest } from '../../../src/gateway/sip/message.ts';
import { maxMarks, parseTrail, type Trail, trailFields, trailOf } from '../../../src/gateway/sip/trail.ts';
import { shimNamespace, trailOfStanza, withTrail } from '../../../src/gateway/translation/stanza-trail.ts';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { element } from '../../../src/gateway/xmpp/xml/element.ts';
import { randomIds } from '../../../src/primitives/ids.ts';

const bobToAlice = { from: 'sip:bob@fabrikam.example', to: 'sip:alice@contoso.example' };
const begun = parseTrail(undefined, undefined);

function goneOn(guard: LoopGuard, trail: Trail, ends = bobToAlice): Trail {
  const next = guard.passed(trail, ends);
  if (!next.ok) throw new Error(next.error.reason);
  return next.value;
}

const request = (trail: Trail, { from, to } = bobToAlice, toTag = ''): SipRequest => ({
  kind: 'request',
  method: 'MESSAGE',
  requestUri: toTag === '' ? to : 'sip:127.0.0.1:5060',
  headers: Headers.of([['From', `<${from}>;tag=1`], ['To', `<${to}>${toTag}`], ...trailFields(trail)]),
  body: Buffer.alloc(0),
});

describe('a message that this gateway has sent on before', () => {
  const guard = new LoopGuard(randomIds);
  const trail = goneOn(guard, begun);

  it('is known again when it comes back from and to the same, by whatever way: 482', () => {
    expect(guard.returned(request(trail))).toEqual(bobToAlice);
    expect(guard.returned(request(trail, bobToAlice, ';tag=2'))).toEqual(bobToAlice);
    expect(guard.passed(trail, bobToAlice)).toMatchObject({ ok: false, error: { status: 482 } });
  });

  it('is known in any spelling of its addresses', () => {
    const spelled = { from: 'sip:B%6Fb@FABRIKAM.example:5061;transport=tls', to: bobToAlice.to };
    expect(guard.returned(request(trail, spelled))).toEqual(bobToAlice);
  });

  it('passes where somebody has forwarded it to another user: that is no loop', () => {
    expect(guard.returned(request(trail, { ...bobToAlice, to: 'sip:carol@contoso.example' }))).toBeUndefined();
    const forwarded = goneOn(guard, trail, { from: bobToAlice.to, to: 'sip:carol@fabrikam.example' });
    expect(forwarded.marks).toHaveLength(2);
    expect(guard.passed(forwarded, bobToAlice).ok).toBe(false);
  });

  it('is not taken for one of another gateway, whose marks it cannot make', () => {
    const other = new LoopGuard(randomIds);
    expect(other.returned(request(trail))).toBeUndefined();
    expect(goneOn(other, trail).marks).toEqual([...trail.marks, expect.any(String)]);
  });

  it('tells nobody by its mark whom it went through', () => {
    expect(trail.marks).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  });

  it('MUST be refused when its hops are used up, whatever gateways it went through [RFC 3261 §8.1.1.6]', () => {
    expect(guard.passed({ maxForwards: 0, marks: [] }, bobToAlice)).toMatchObject({ error: { status: 483 } });
    const others = Array.from({ length: maxMarks }, (_, index) => String(index).padStart(16, '0'));
    expect(guard.passed({ maxForwards: 50, marks: others }, bobToAlice)).toMatchObject({ error: { status: 483 } });
  });
});

describe('a trail', () => {
  const trails = fc.record({
    maxForwards: fc.integer({ min: 0, max: 70 }),
    marks: fc.array(fc.stringMatching(/^[0-9a-f]{16}$/), { maxLength: maxMarks }),
  });

  it('is the same on both sides: header fields of SIP, and the same in a stanza [XEP-0131]', () => {
    fc.assert(
      fc.property(trails, (trail) => {
        expect(trailOf(Headers.of(trailFields(trail)))).toEqual(trail);
        expect(trailOfStanza(withTrail(stanza('message', {}), trail))).toEqual(trail);
      }),
    );
  });

  it('loses one hop a gateway, and cannot be made longer than 70', () => {
    const guard = new LoopGuard(randomIds);
    expect(goneOn(guard, parseTrail('69', '')).maxForwards).toBe(68);
    expect(parseTrail('255', '').maxForwards).toBe(70);
  });

  it('is bounded and never throws, whatever strangers write', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ maxLength: 2000 }), (hops, marks) => {
        const { maxForwards, marks: read } = parseTrail(hops, marks);
        expect(maxForwards >= 0 && maxForwards <= 70 && read.length <= maxMarks + 1).toBe(true);
      }),
    );
    const many = '0123456789abcdef '.repeat(1000);
    expect(parseTrail('70', many).marks).toHaveLength(maxMarks + 1);
  });

  it('of a stanza is in its own headers, and not in those of a message that it quotes', () => {
    const quoted = withTrail(stanza('message', {}), parseTrail('5', '0123456789abcdef'));
    expect(trailOfStanza(stanza('message', {}, element('forwarded', 'urn:xmpp:forward:0', {}, quoted)))).toEqual(begun);
    const odd = element(
      'headers',
      shimNamespace,
      {},
      element('header', shimNamespace, { name: 'max-forwards' }, ' 7 '),
    );
    expect(trailOfStanza(stanza('message', {}, odd)).maxForwards).toBe(7);
  });
});
