import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseMsrtcCategories } from '../../../../src/gateway/sip/bodies/msrtc-categories.ts';
import { printMsrtcCategories } from '../../../../src/gateway/sip/bodies/msrtc-categories-writer.ts';
import { type Pidf, type PidfTuple, printPidf } from '../../../../src/gateway/sip/bodies/pidf.ts';
import { parsePidf } from '../../../../src/gateway/sip/bodies/pidf-reader.ts';
import { childText } from '../../../../src/gateway/translation/instant-message.ts';
import { pidfToPresence, presenceToPidf, type ResourcePresence } from '../../../../src/gateway/translation/presence.ts';

const entity = 'sip:juliet@fabrikam.example';
const now = new Date('2026-11-23T12:00:00.123Z');
const ends = { from: 'juliet@fabrikam.example', to: 'alice@contoso.example' };

const print = (document: Partial<Pidf> & Pick<Pidf, 'tuples'>): string =>
  printMsrtcCategories({ entity, ...document }, now);
const open = (more: Partial<PidfTuple> = {}): PidfTuple => ({ id: 'ID-1', basic: 'open', activities: [], ...more });
const device = (more: Partial<ResourcePresence> = {}): ResourcePresence => ({
  available: true,
  status: '',
  priority: 0,
  ...more,
});
/** Of a contact with these devices, by way of the text that subscriptions keep. */
function contact(...devices: readonly ResourcePresence[]): Pidf {
  const resources = new Map(devices.map((one, index) => [String(index), one]));
  const read = parsePidf(Buffer.from(printPidf(presenceToPidf(entity, resources))));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const numberIn = (text: string): number => Number(/<availability>([0-9]+)</.exec(text)?.[1]);
const tokenIn = (text: string): string | undefined => /<activity token="([^"]*)"/.exec(text)?.[1];

/** `available|dnd|In a call`, as an XMPP contact would see it. */
function seen(document: Pidf): string {
  const presence = pidfToPresence(document, ends, { note: true });
  const type = presence.attributes['type'] ?? 'available';
  return [type, childText(presence, 'show'), childText(presence, 'status')].join('|');
}

function reread(text: string): Pidf {
  const read = parseMsrtcCategories(Buffer.from(text));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

describe('a categories document of a contact', () => {
  it.each([
    ['no show', undefined, 3500],
    ['chat', 'chat', 3500],
    ['away', 'away', 15_500],
    ['xa', 'xa', 15_500],
    ['dnd', 'dnd', 9500],
  ] as const)('%s is %s: availability %i', (_title, show, availability) =>
    expect(numberIn(print(contact(device({ show }))))).toBe(availability),
  );

  it('of whom no device is there says Offline', () => expect(numberIn(print(contact()))).toBe(18_500));

  it('of whom nothing is known withdraws the state', () => {
    expect(print({ tuples: [] })).toContain(
      ' name="state" instance="1" publishTime="2026-11-23T12:00:00.123"></category>',
    );
    expect(reread(print({ tuples: [] })).tuples).toEqual([]);
  });

  it('says Available-Idle and when he was last there; who is away has been idle as well', () => {
    const idleSince = new Date('2026-11-23T11:30:00Z');
    const idle = print(contact(device({ idleSince })));
    expect([numberIn(idle), idle.includes(' lastActive="2026-11-23T11:30:00">')]).toEqual([5000, true]);
    expect(numberIn(print(contact(device({ idleSince, show: 'away' }))))).toBe(15_500);
    expect(numberIn(print({ tuples: [open({ activities: ['busy'] })], person: { activities: [], idle: {} } }))).toBe(
      7500,
    );
  });

  it('says Busy of whom only activities tell, with the word that Lync has for them', () => {
    const busy = print({ tuples: [open()], person: { activities: ['on-the-phone'] } });
    expect([numberIn(busy), tokenIn(busy)]).toEqual([6500, 'on-the-phone']);
    expect(tokenIn(print({ tuples: [open({ activities: ['meeting'] })] }))).toBe('in-a-meeting');
    const plain = print({ tuples: [open({ activities: ['constructor', 'busy'] })] });
    expect([numberIn(plain), tokenIn(plain)]).toEqual([6500, undefined]);
    const disturbed = print({ tuples: [open({ show: 'dnd', activities: ['on-the-phone'] })] });
    expect([numberIn(disturbed), tokenIn(disturbed)]).toEqual([9500, undefined]);
  });

  it('of several devices that of the highest priority speaks, and is not outdone by one that is less available', () => {
    expect(numberIn(print(contact(device({ show: 'dnd', priority: 9 }), device({ show: 'away' }))))).toBe(9500);
    expect(numberIn(print(contact(device({ show: 'dnd' }), device({ priority: 1 }))))).toBe(3500);
    expect(numberIn(print(contact(device({ show: 'dnd' }), device({ show: 'away', priority: 1 }))))).toBe(15_500);
  });

  it('has the form in which Lync Server sends it', () =>
    expect(print({ ...contact(device({ show: 'dnd', status: 'In a <review>' })), displayName: 'Juliet "C"' })).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>\r\n',
        `<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="${entity}">`,
        '<category name="state" instance="1" publishTime="2026-11-23T12:00:00.123">',
        '<state xmlns="http://schemas.microsoft.com/2006/09/sip/state" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="aggregateState">',
        '<availability>9500</availability></state></category>',
        '<category name="note" instance="0" publishTime="2026-11-23T12:00:00.123">',
        '<note xmlns="http://schemas.microsoft.com/2006/09/sip/note"><body type="personal" uri="">In a &lt;review&gt;</body></note></category>',
        '<category name="contactCard" instance="0" publishTime="2026-11-23T12:00:00.123">',
        '<contactCard xmlns="http://schemas.microsoft.com/2006/09/sip/contactcard"><identity><name><displayName>Juliet &quot;C&quot;</displayName></name></identity></contactCard></category>',
        '</categories>',
      ].join(''),
    ));

  it('withdraws the note and the name that are no more', () => {
    const text = print(contact(device()));
    expect(text).toContain('<category name="note" instance="0" publishTime="2026-11-23T12:00:00.123"></category>');
    expect(text).toMatch(/<category name="contactCard"[^>]*><\/category>/);
  });

  it('is bounded: notes of 1000 characters, names of 256', () => {
    const tuples = [open({ note: { text: 'n'.repeat(5000) } })];
    const { note, displayName } = reread(print({ tuples, displayName: 'd'.repeat(5000) }));
    expect([note?.text.length, displayName?.length]).toEqual([1000, 256]);
  });

  it('read again shows the contact that it was made of, whatever he says and on how many devices', () => {
    const devices = fc.array(
      fc.record({
        available: fc.boolean(),
        show: fc.constantFrom('chat', 'away', 'xa', 'dnd', undefined),
        status: fc.string({ unit: 'binary', maxLength: 1200 }),
        priority: fc.integer({ min: -128, max: 127 }),
        idleSince: fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: now }), { nil: undefined }),
      }),
      { maxLength: 4 },
    );
    const name = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(devices, name, (list, displayName) => {
        const document = { ...contact(...list), displayName };
        const text = printMsrtcCategories(document, now);
        // What this format cannot tell apart: a longer away, and white space at the ends.
        const expected = seen(document).replace('|xa|', '|away|').replace('|chat|', '||');
        const [type, show, ...status] = expected.split('|');
        const [typeRead, showRead, ...statusRead] = seen(reread(text)).split('|');
        expect([typeRead, showRead]).toEqual([type, show]);
        expect(statusRead.join('|').trim()).toBe(lineEndsRead(status.join('|')).trim());
      }),
    );
  });
});

/** XML reads every line end as LF [XML 1.0 §2.11]. */
const lineEndsRead = (text: string): string => text.replace(/\r\n?/g, '\n');
