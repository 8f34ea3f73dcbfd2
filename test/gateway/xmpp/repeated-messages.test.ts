import { describe, expect, it } from '@jest/globals';

import { RepeatedMessages } from '../../../src/gateway/xmpp/repeated-messages.ts';
import { type Handled, stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { type Element, element } from '../../../src/gateway/xmpp/xml/element.ts';
import { movableClock } from '../../support/movable-clock.ts';

const said = (
  text: string,
  attributes: Record<string, string | undefined> = {},
  ...more: readonly Element[]
): Element =>
  stanza(
    'message',
    { from: 'bob@fabrikam.example/a', to: 'alice@contoso.example', id: 'm1', ...attributes },
    element('body', 'jabber:server', {}, text),
    ...more,
  );

function door() {
  const clock = movableClock();
  const messages = new RepeatedMessages(clock);
  const pass = (message: Element, stream: string, handled?: Promise<void>): { was: string; handled: Handled } => {
    let was = '';
    const result = messages.pass(
      message,
      stream,
      () => {
        was = 'delivered';
        return handled;
      },
      () => {
        was = 'repeated';
      },
    );
    return { was, handled: result };
  };
  return { clock, pass };
}

describe('a message', () => {
  it('that comes again on another stream is delivered once [XEP-0198 §5]', () => {
    const { pass } = door();
    expect(pass(said('hi'), 'first').was).toBe('delivered');
    const delayed = element('delay', 'urn:xmpp:delay', { stamp: '2026-01-01T00:00:00Z' });
    expect(pass(said('hi', {}, delayed), 'second').was).toBe('repeated');
  });

  it('that comes again on the same stream is its sender saying it again', () => {
    const { pass } = door();
    pass(said('hi'), 'first');
    expect(pass(said('hi'), 'first').was).toBe('delivered');
    expect(pass(said('hi'), 'second').was).toBe('repeated');
    expect(pass(said('hi'), 'second').was).toBe('delivered');
  });

  it.each([
    ['another text', said('ho')],
    ['another id', said('hi', { id: 'm2' })],
    ['another sender', said('hi', { from: 'eve@fabrikam.example/a' })],
    ['another recipient', said('hi', { to: 'carol@contoso.example' })],
    ['no id', said('hi', { id: undefined })],
  ])('with %s is another message', (_, other) => {
    const { pass } = door();
    pass(said('hi'), 'first');
    pass(other, 'first');
    expect(door().pass(other, 'second').was).toBe('delivered');
    const { pass: passAgain } = door();
    passAgain(said('hi'), 'first');
    expect(passAgain(other, 'second').was).toBe('delivered');
  });

  it('is known by the id that its sender gave it, where a server on the way changed the other [XEP-0359]', () => {
    const { pass } = door();
    const own = element('origin-id', 'urn:xmpp:sid:0', { id: 'o1' });
    pass(said('hi', { id: 'a' }, own), 'first');
    expect(pass(said('hi', { id: 'b' }, own), 'second').was).toBe('repeated');
  });

  it('is forgotten after ten minutes', () => {
    const { pass, clock } = door();
    pass(said('hi'), 'first');
    clock.advance(600_001);
    expect(pass(said('hi'), 'second').was).toBe('delivered');
  });

  it('that is repeated is done when the first is', () => {
    const { pass } = door();
    const handled = Promise.resolve();
    pass(said('hi'), 'first', handled);
    expect(pass(said('hi'), 'second').handled).toBe(handled);
  });

  it('is forgotten when too many came after it', () => {
    const { pass } = door();
    pass(said('hi'), 'first');
    for (let number = 0; number < 10_000; number += 1) pass(said('x', { id: String(number) }), 'first');
    expect(pass(said('hi'), 'second').was).toBe('delivered');
  });
});
