import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { type Pidf, printPidf } from '../../../../src/gateway/sip/bodies/pidf.ts';
import { parsePidf } from '../../../../src/gateway/sip/bodies/pidf-reader.ts';

const read = (text: string): Pidf => {
  const result = parsePidf(Buffer.from(text));
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
const presence = (inner: string) =>
  read(
    `<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
       xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:bob@sip.example">${inner}</presence>`,
  );

const juliet: Pidf = {
  entity: 'sip:juliet@xmpp.example',
  tuples: [
    {
      id: 'ID-a1b2',
      basic: 'open',
      activities: ['busy'],
      show: 'dnd',
      contact: 'sip:juliet@xmpp.example',
      priority: 0.5,
      note: { text: 'In a <review>', language: 'en' },
      timestamp: new Date('2026-01-01T12:00:00Z'),
    },
  ],
  person: { activities: ['busy'] },
  displayName: 'Juliet',
};

describe('writing presence [RFC 3863]', () => {
  it('says busy in each place where a client looks for it', () => {
    const text = printPidf(juliet);
    expect(text).toContain('<basic>open</basic>'); // baresip, libpurple
    expect(text).toContain('<rpid:busy/>'); // baresip by regular expression; linphone
    expect(text).toContain('<ep:activities><ep:activity>busy</ep:activity></ep:activities>'); // Lync, SIPE
    expect(text).toContain('<show xmlns="jabber:client">dnd</show>'); // RFC 8048
    expect(text).toContain('<contact priority="0.5">sip:juliet@xmpp.example</contact>');
    expect(text).toContain('<note xml:lang="en">In a &lt;review&gt;</note>');
    expect(text).toContain('<timestamp>2026-01-01T12:00:00Z</timestamp>');
    expect(text).toContain('<ci:display-name>Juliet</ci:display-name>');
  });

  it('leaves out an activity that is no XML name rather than writing it as markup', () => {
    expect(printPidf({ ...juliet, person: { activities: ['><x', 'away'] } })).toContain(
      '<rpid:activities><rpid:away/></rpid:activities>',
    );
  });

  it('comes back as it went', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((s) => `.${s.replace(/[\u0000-\u001f]/g, '')}.`);
    const note = fc.record({ text, language: fc.constantFrom('en', 'de-CH') });
    const time = fc.integer({ min: 0, max: 4e9 }).map((seconds) => new Date(seconds * 1000));
    const activities = fc.array(fc.constantFrom('busy', 'away', 'on-the-phone'));
    const tuple = fc.record({
      id: text,
      basic: fc.constantFrom('open' as const, 'closed' as const),
      activities,
      show: fc.constantFrom('dnd', 'xa'),
      contact: text,
      priority: fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000),
      note,
      timestamp: time,
    });
    const person = fc.record({ activities, note, idle: fc.record({ since: time }), timestamp: time });
    const document = fc.record({
      entity: text,
      tuples: fc.array(tuple, { maxLength: 4 }),
      person,
      note,
      displayName: text,
    });
    fc.assert(fc.property(document, (pidf) => expect(read(printPidf(pidf))).toEqual(pidf)));
  });
});

describe('reading presence [RFC 3863, RFC 4480]', () => {
  it('reads what baresip 1.0 publishes', () => {
    const { tuples, person } = presence(
      `<dm:person id="p4159"><r:activities/></dm:person><tuple id="t4109"><status><basic>open</basic></status>
       <contact>sip:carol@sip.test</contact></tuple>`,
    );
    expect(tuples).toMatchObject([{ id: 't4109', basic: 'open', activities: [], contact: 'sip:carol@sip.test' }]);
    expect(person?.activities).toEqual([]);
  });

  it('reads the activities of RFC 4480 and of the draft that Lync uses', () => {
    expect(
      presence('<dm:person><r:activities><r:on-the-phone/></r:activities></dm:person>').person?.activities,
    ).toEqual(['on-the-phone']);
    const draft = 'urn:ietf:params:xml:ns:pidf:status:rpid-status';
    const { tuples } = presence(
      `<tuple id="0"><status><basic>open</basic><ep:activities xmlns:ep="${draft}"><ep:activity>Away</ep:activity>
       </ep:activities></status></tuple>`,
    );
    expect(tuples[0]?.activities).toEqual(['away']);
  });

  it('reads every tuple, and of several persons the newest, else the last', () => {
    const person = (activity: string, time: string) =>
      `<dm:person id="p1"><r:activities><r:${activity}/></r:activities>${time}</dm:person>`;
    const at = (time: string) => `<dm:timestamp>${time}</dm:timestamp>`;
    expect(presence('<tuple id="a"/><tuple id="a"/>').tuples).toHaveLength(2);
    expect(presence(person('away', '') + person('busy', '')).person?.activities).toEqual(['busy']);
    const stamped = person('away', at('2026-01-01T12:00:00Z')) + person('busy', at('2026-01-01T12:30:00+01:00'));
    expect(presence(stamped).person?.activities).toEqual(['away']);
    expect(presence(person('away', at('2026-01-01T12:00:00Z')) + person('busy', '')).person?.activities).toEqual([
      'away',
    ]);
  });

  it('reads the note of the tuple, of the person, and of the presentity', () => {
    const { tuples, person, note } = presence(
      '<tuple id="a"><note xml:lang="en"> Away </note></tuple><note/><note>all</note><dm:person><dm:note>me</dm:note></dm:person>',
    );
    expect(tuples[0]?.note).toEqual({ text: 'Away', language: 'en' });
    expect(person?.note).toEqual({ text: 'me' });
    expect(note).toEqual({ text: 'all' });
  });

  it('knows no basic, priority or time that is malformed', () => {
    const { tuples } = presence(
      `<tuple id="a"><status><basic>maybe</basic></status><contact priority="7">x</contact><timestamp>noon</timestamp></tuple>`,
    );
    expect(tuples[0]).toMatchObject({ basic: undefined, priority: undefined, timestamp: undefined });
  });

  it('refuses other documents', () => {
    expect(parsePidf(Buffer.from('<presence entity="x"/>')).ok).toBe(false);
    expect(
      parsePidf(Buffer.from('<?xml version="1.0"?><!DOCTYPE presence PUBLIC "-//IETF//DTD XPIDF" "x"><presence/>')).ok,
    ).toBe(false);
  });
});
