import { describe, expect, it } from '@jest/globals';

import { parseKeyboardActivity, printKeyboardActivity } from '../../../../src/gateway/sip/bodies/keyboard-activity.ts';

const parse = (text: string) => parseKeyboardActivity(Buffer.from(text));

describe('KeyboardActivity of Microsoft clients', () => {
  it('reads what pidgin-sipe sends', () => {
    const wire = '<?xml version="1.0"?><KeyboardActivity> <status status="type" /></KeyboardActivity>';
    expect(parse(wire)).toEqual({ ok: true, value: 'type' });
    expect(printKeyboardActivity('type')).toBe(wire);
  });

  it('takes every other status for idle', () => {
    expect(parse(printKeyboardActivity('idle'))).toEqual({ ok: true, value: 'idle' });
    expect(parse('<KeyboardActivity><status status="rest"/></KeyboardActivity>')).toEqual({ ok: true, value: 'idle' });
    expect(parse('<KeyboardActivity/>')).toEqual({ ok: true, value: 'idle' });
  });

  it('refuses other documents', () => {
    expect(parse('<deviceAction/>').ok).toBe(false);
    expect(parse('not xml').ok).toBe(false);
  });
});
