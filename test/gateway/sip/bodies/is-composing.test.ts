import { describe, expect, it } from '@jest/globals';

import { parseIsComposing, printIsComposing } from '../../../../src/gateway/sip/bodies/is-composing.ts';

const ns = 'urn:ietf:params:xml:ns:im-iscomposing';
const parse = (text: string) => parseIsComposing(Buffer.from(text));
const document = (inner: string) => parse(`<isComposing xmlns="${ns}">${inner}</isComposing>`);

describe('typing notices [RFC 3994]', () => {
  it('reads the example of §5', () => {
    const example = `<?xml version="1.0" encoding="UTF-8"?>
   <isComposing xmlns="${ns}"
   xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
   xsi:schemaLocation="urn:ietf:params:xml:ns:im-composing
   iscomposing.xsd">
     <state>active</state>
     <contenttype>text/plain</contenttype>
     <refresh>90</refresh>
   </isComposing>`;
    expect(parse(example)).toEqual({ ok: true, value: { state: 'active', refreshSeconds: 90 } });
  });

  it('MUST treat a state other than active and idle as idle [§3.5]', () => {
    expect(document('<state>thinking</state>')).toMatchObject({ value: { state: 'idle' } });
    expect(document('')).toMatchObject({ value: { state: 'idle' } });
  });

  it.each([
    ['', 120],
    ['<refresh>0</refresh>', 120],
    ['<refresh>-5</refresh>', 120],
    ['<refresh>1e9</refresh>', 120],
    ['<refresh>999999</refresh>', 3600],
  ])('takes 120 s for an interval that is missing or senseless, and at most an hour [§3.3]: %s', (refresh, seconds) => {
    expect(document(`<state>active</state>${refresh}`)).toMatchObject({ value: { refreshSeconds: seconds } });
  });

  it('refuses other documents', () => {
    expect(parse('<isComposing><state>active</state></isComposing>').ok).toBe(false);
    expect(parse(`<typing xmlns="${ns}"/>`).ok).toBe(false);
    expect(parse('active').ok).toBe(false);
  });

  it('reads what it writes, and writes the refresh interval for active only [§3.2]', () => {
    const active = { state: 'active', refreshSeconds: 60 } as const;
    expect(parse(printIsComposing(active))).toEqual({ ok: true, value: active });
    expect(printIsComposing({ state: 'idle', refreshSeconds: 60 })).not.toContain('refresh');
  });
});
