import { describe, expect, it } from '@jest/globals';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import {
  errorReply,
  readStanzaError,
  stanzaError,
  stanzaErrorConditions,
} from '../../../src/gateway/xmpp/stanza-error.ts';
import { printElement } from '../../../src/gateway/xmpp/xml/xml-writer.ts';

const addresses = { from: 'bob@fabrikam.example/a', to: 'alice@contoso.example', id: 'x' };

describe('stanza errors [RFC 6120 §8.3]', () => {
  it('returns a stanza to its sender', () => {
    const reply = errorReply(
      stanza('message', { ...addresses, type: 'chat' }),
      stanzaError('item-not-found', 'No such user.'),
    );
    expect(reply && printElement(reply)).toBe(
      '<message from="alice@contoso.example" to="bob@fabrikam.example/a" id="x" type="error"><error type="cancel">' +
        '<item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/><text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas" xml:lang="en">No such user.</text></error></message>',
    );
    expect(reply && readStanzaError(reply)).toEqual({
      type: 'cancel',
      condition: 'item-not-found',
      text: 'No such user.',
    });
  });

  it.each([['error'], ['result']])('never answers type %s', (type) => {
    expect(errorReply(stanza('iq', { ...addresses, type }), stanzaError('bad-request'))).toBeUndefined();
  });

  it('never answers a stanza without a sender', () => {
    expect(errorReply(stanza('message', { to: 'alice@contoso.example' }), stanzaError('bad-request'))).toBeUndefined();
  });

  it('knows the 22 conditions', () => expect(Object.keys(stanzaErrorConditions)).toHaveLength(22));

  it('reads an error it does not know as undefined-condition', () => {
    expect(readStanzaError(stanza('message', { ...addresses, type: 'error' }))).toEqual({
      type: 'cancel',
      condition: 'undefined-condition',
    });
  });
});
