import { describe, expect, it } from '@jest/globals';

import type { Pidf, PidfTuple } from '../../../src/gateway/sip/bodies/pidf.ts';
import { childText } from '../../../src/gateway/translation/instant-message.ts';
import {
  pidfToPresence,
  presenceToPidf,
  type ResourcePresence,
  resourcePresenceOf,
} from '../../../src/gateway/translation/presence.ts';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { childOf, type Element, element } from '../../../src/gateway/xmpp/xml/element.ts';

const ends = { from: 'alice@contoso.example', to: 'bob@fabrikam.example' };
const tuple = (more: Partial<PidfTuple>): PidfTuple => ({ id: 't1', basic: 'open', activities: [], ...more });
const pidf = (more: Partial<Pidf>): Pidf => ({ entity: 'sip:alice@contoso.example', tuples: [tuple({})], ...more });
const shown = (document: Pidf, note = true): string => {
  const presence = pidfToPresence(document, ends, { note });
  return [presence.attributes['type'] ?? 'available', childText(presence, 'show'), childText(presence, 'status')].join(
    '|',
  );
};
const presence = (show?: string, more: { status?: string; priority?: string; type?: string } = {}) => {
  const children = Object.entries({ show, status: more.status, priority: more.priority })
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => element(name, 'jabber:server', {}, text ?? ''));
  return resourcePresenceOf(stanza('presence', { type: more.type }, ...children));
};

describe('PIDF as presence [RFC 8048 §5]', () => {
  it('open is available, closed and nothing known are unavailable', () => {
    expect(shown(pidf({}))).toBe('available||');
    expect(shown(pidf({ tuples: [tuple({ basic: 'closed' })] }))).toBe('unavailable||');
    expect(shown(pidf({ tuples: [] }))).toBe('unavailable||');
  });

  it.each([
    ['busy', 'dnd'],
    ['on-the-phone', 'dnd'],
    ['meeting', 'dnd'],
    ['away', 'away'],
    ['lunch', 'away'],
    ['vacation', 'xa'],
    ['working', ''],
  ])('activity %s shows as "%s", at the person or at the tuple', (activity, show) => {
    expect(shown(pidf({ person: { activities: [activity] } }))).toBe(`available|${show}|`);
    expect(shown(pidf({ tuples: [tuple({ activities: [activity] })] }))).toBe(`available|${show}|`);
  });

  it('of several devices the most available one speaks', () => {
    const tuples = [tuple({ id: 'a', activities: ['busy'] }), tuple({ id: 'b', activities: ['away'] })];
    expect(shown(pidf({ tuples }))).toBe('available|away|');
    // One that says nothing of itself is available, wherever it stands.
    const free = tuple({ id: 'c' });
    expect(shown(pidf({ tuples: [free, ...tuples] }))).toBe('available||');
    expect(shown(pidf({ tuples: [...tuples, free] }))).toBe('available||');
  });

  it('a note crosses where it may, and only there', () => {
    const document = pidf({ person: { activities: [], note: { text: 'In a review' } } });
    expect(shown(document, true)).toBe('available||In a review');
    expect(shown(document, false)).toBe('available||');
  });
});

describe('presence as PIDF', () => {
  it('is closed when no resource is available', () => {
    const document = presenceToPidf('sip:bob@fabrikam.example', new Map());
    expect(document.tuples.map(({ basic }) => basic)).toEqual(['closed']);
  });

  it('gives each resource a tuple, the highest priority first', () => {
    const resources = new Map([
      ['phone', presence('away', { priority: '1' })],
      ['desk', presence('dnd', { priority: '10', status: 'Busy' })],
    ]);
    const document = presenceToPidf('sip:bob@fabrikam.example', resources);
    expect(document.tuples.map(({ show }) => show)).toEqual(['dnd', 'away']);
    expect(document.tuples[0]?.note?.text).toBe('Busy');
    expect(document.person?.activities).toEqual(['busy']);
  });

  it('does not tell the names of resources', () => {
    const document = presenceToPidf('sip:bob@fabrikam.example', new Map([['secret-laptop', presence()]]));
    expect(JSON.stringify(document)).not.toContain('secret-laptop');
  });

  it('takes an impossible priority as none', () => {
    expect(presence(undefined, { priority: '1000' }).priority).toBe(0);
    expect(presence(undefined, { priority: 'high' }).priority).toBe(0);
  });
});

describe('languages and idle time', () => {
  const received = (...children: readonly Element[]) =>
    resourcePresenceOf(stanza('presence', { 'xml:lang': 'de' }, ...children));
  const status = (attributes = {}) => element('status', 'jabber:server', attributes, 'In Urlaub');
  const idle = (since: string) => element('idle', 'urn:xmpp:idle:1', { since });

  it('the language of a note crosses both ways: its own, else that of the stanza', () => {
    const noteOf = (presence: ResourcePresence) =>
      presenceToPidf('sip:bob@fabrikam.example', new Map([['desk', presence]])).tuples[0]?.note;
    expect(noteOf(received(status()))).toEqual({ text: 'In Urlaub', language: 'de' });
    expect(noteOf(received(status({ 'xml:lang': 'de-CH' })))).toEqual({ text: 'In Urlaub', language: 'de-CH' });
    expect(noteOf(received(status({ 'xml:lang': '"><x/>' })))?.language).toBeUndefined();

    const sent = (language: string) =>
      childOf(
        pidfToPresence(pidf({ person: { activities: [], note: { text: 'Hi', language } } }), ends, { note: true }),
        'status',
        'jabber:server',
      )?.attributes;
    expect(sent('fr')).toEqual({ 'xml:lang': 'fr' });
    expect(sent('no language')).toEqual({});
  });

  it('a person is idle since his last device is, and is not while one is in use [XEP-0319]', () => {
    const [early, late] = [received(idle('2026-11-23T10:00:00Z')), received(idle('2026-11-23T11:00:00+00:00'))];
    const personOf = (...devices: readonly ResourcePresence[]) =>
      presenceToPidf('sip:bob@fabrikam.example', new Map(devices.map((device, index) => [`r${index}`, device]))).person;
    expect(personOf(early, late)?.idle?.since).toEqual(new Date('2026-11-23T11:00:00Z'));
    expect(personOf(early, received())?.idle).toBeUndefined();
    expect(personOf(received(idle('yesterday')))?.idle).toBeUndefined();
  });

  it("an idle SIP user's presence says since when", () => {
    const person = { activities: [], idle: { since: new Date('2026-11-23T10:00:00Z') } };
    const presence = pidfToPresence(pidf({ person }), ends, { note: false });
    expect(childText(presence, 'show')).toBe('away');
    expect(childOf(presence, 'idle', 'urn:xmpp:idle:1')?.attributes).toEqual({ since: '2026-11-23T10:00:00.000Z' });
  });
});
