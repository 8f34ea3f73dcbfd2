import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Pidf } from '../../../../src/gateway/sip/bodies/pidf.ts';
import { parsePresenceDocument, presenceDocumentTypes } from '../../../../src/gateway/sip/bodies/presence-document.ts';
import { childText } from '../../../../src/gateway/translation/instant-message.ts';
import { pidfToPresence } from '../../../../src/gateway/translation/presence.ts';

const categoriesType = 'application/msrtc-event-categories+xml';
const msrtcType = 'text/xml+msrtc.pidf';
const ends = { from: 'alice@contoso.example', to: 'bob@fabrikam.example' };

function read(type: string, body: string): Pidf {
  const document = parsePresenceDocument(type, Buffer.from(body));
  if (!document.ok) throw new Error(document.error);
  return document.value;
}

/** What an XMPP contact sees: `available|dnd|In a call`. */
function seen(document: Pidf): string {
  const presence = pidfToPresence(document, ends, { note: true });
  return [presence.attributes['type'] ?? 'available', childText(presence, 'show'), childText(presence, 'status')].join(
    '|',
  );
}

const categories = (...list: string[]): string =>
  `<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:alice@contoso.example">${list.join('')}</categories>`;
const state = (availability: number, activity = '', type = 'aggregateState'): string =>
  `<category name="state" instance="1" publishTime="2026-11-23T12:00:00.000"><state xmlns="http://schemas.microsoft.com/2006/09/sip/state" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}"><availability>${availability}</availability>${activity}</state></category>`;
const note = (text: string): string =>
  `<category name="note" instance="0"><note xmlns="http://schemas.microsoft.com/2006/09/sip/note"><body type="personal">${text}</body></note></category>`;

describe("Lync's categories document", () => {
  it.each([
    [0, 'unavailable||'],
    [2999, 'unavailable||'],
    [3000, 'available||'],
    [3500, 'available||'],
    [4499, 'available||'],
    [4500, 'available|away|'],
    [5999, 'available|away|'],
    [6000, 'available|dnd|'],
    [7500, 'available|dnd|'],
    [8999, 'available|dnd|'],
    [9000, 'available|dnd|'],
    [11_999, 'available|dnd|'],
    [12_000, 'available|away|'],
    [14_999, 'available|away|'],
    [15_000, 'available|away|'],
    [17_999, 'available|away|'],
    [18_000, 'unavailable||'],
    [18_500, 'unavailable||'],
  ])('availability %i is %s', (availability, expected) =>
    expect(seen(read(categoriesType, categories(state(availability))))).toBe(expected),
  );

  it('says more by the token of the activity', () => {
    const away = (token: string) =>
      seen(read(categoriesType, categories(state(15_500, `<activity token="${token}"/>`))));
    expect([away('out-of-office'), away('off-work'), away('away')]).toEqual([
      'available|xa|',
      'available|xa|',
      'available|away|',
    ]);
  });

  it("gives the user's note, else his own words for what he does", () => {
    const custom = state(6500, '<activity><custom LCID="1033">Painting</custom></activity>');
    expect(seen(read(categoriesType, categories(custom)))).toBe('available|dnd|Painting');
    expect(seen(read(categoriesType, categories(custom, note('Ask Eve'))))).toBe('available|dnd|Ask Eve');
  });

  it('takes the aggregate of several states, and without one the least available', () => {
    const machine = state(3500, '', 'machineState');
    expect(seen(read(categoriesType, categories(machine, state(6500), state(15_500, '', 'userState'))))).toBe(
      'available|dnd|',
    );
    expect(seen(read(categoriesType, categories(machine, state(9500, '', 'userState'))))).toBe('available|dnd|');
  });

  it('knows nothing when the state was withdrawn', () => {
    expect(read(categoriesType, categories('<category name="state" instance="1"/>')).tuples).toEqual([]);
  });

  it('gives the display name of the contact card', () => {
    const card =
      '<category name="contactCard"><contactCard><identity><name><displayName>Alice A.</displayName></name></identity></contactCard></category>';
    expect(read(categoriesType, categories(card)).displayName).toBe('Alice A.');
  });
});

describe('the document of LCS 2005', () => {
  const presentity = (available: number, activity: number, more = ''): string =>
    `<?xml version="1.0" encoding="utf-16"?><presentity uri="sip:alice@contoso.example"><availability aggregate="${available}"/><activity aggregate="${activity}"/>${more}</presentity>`;

  it.each([
    [0, 0, 'unavailable||'],
    [100, 400, 'available|away|'],
    [300, 100, 'available|away|'],
    [300, 150, 'available|away|'],
    [300, 200, 'available|away|'],
    [300, 300, 'available|away|'],
    [300, 400, 'available||'],
    [300, 500, 'available|dnd|'],
    [300, 600, 'available|dnd|'],
    [300, 700, 'available|away|'],
    [300, 800, 'available||'],
  ])('availability %i with activity %i is %s', (available, activity, expected) =>
    expect(seen(read(msrtcType, presentity(available, activity)))).toBe(expected),
  );

  it('the state that the user chose wins when it is the less available', () => {
    const chosen = (avail: number) =>
      `<userInfo><note>Gone fishing</note><states><state avail="${avail}"/></states></userInfo>`;
    expect(seen(read(msrtcType, presentity(300, 400, chosen(9500))))).toBe('available|dnd|Gone fishing');
    expect(seen(read(msrtcType, presentity(300, 600, chosen(3500))))).toBe('available|dnd|Gone fishing');
    expect(seen(read(msrtcType, presentity(300, 400, chosen(18_500))))).toBe('unavailable||');
  });

  it('gives the display name', () =>
    expect(read(msrtcType, presentity(300, 400, '<displayName displayName="Alice"/>')).displayName).toBe('Alice'));
});

describe('any presence document', () => {
  const types = presenceDocumentTypes.split(', ');

  it.each(types)('%s of another kind, or broken, is refused', (type) => {
    for (const body of ['', '<x/>', '<presence', '<!DOCTYPE x [<!ENTITY a "b">]><presentity/>', '\u0000'])
      expect(parsePresenceDocument(type, Buffer.from(body)).ok).toBe(false);
  });

  it('of a type nobody knows is refused', () =>
    expect(parsePresenceDocument('application/xpidf+xml', Buffer.from('<presence/>')).ok).toBe(false));

  it('never throws, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.string({ unit: 'binary' }), (type, text) => {
        const wrapped = categories(state(0, text)) + text;
        parsePresenceDocument(type, Buffer.from(text));
        parsePresenceDocument(type, Buffer.from(wrapped));
      }),
    );
  });
});
