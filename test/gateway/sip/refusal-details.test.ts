import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type HeaderField, Headers } from '../../../src/gateway/sip/headers.ts';
import {
  isFiltered,
  maxDiagnosticText,
  refusalDetailsOf,
  refusalText,
} from '../../../src/gateway/sip/refusal-details.ts';

const read = (status: number, ...fields: HeaderField[]) =>
  refusalDetailsOf({ kind: 'response', status, reason: 'R', headers: Headers.of(fields), body: Buffer.alloc(0) });

const diagnostics = '1003;reason="User does not exist";destination="a@b.example";source="fe.contoso.example"';

describe('what a refusal says of itself', () => {
  it('is id, reason and source of ms-diagnostics', () => {
    expect(read(404, ['ms-diagnostics', diagnostics])).toEqual({
      id: 1003,
      reason: 'User does not exist',
      source: 'fe.contoso.example',
      warnings: [],
    });
  });

  it('is what ms-diagnostics-public says, where an Edge server has left nothing else', () => {
    expect(
      read(403, [
        'ms-diagnostics-public',
        '1034;reason="Previous hop federated peer did not report diagnostic information"',
      ]),
    ).toMatchObject({
      id: 1034,
      reason: 'Previous hop federated peer did not report diagnostic information',
    });
  });

  it('is the text and the agent of a Warning, where there are no diagnostics [RFC 3261 §20.43]', () => {
    const details = read(606, ['Warning', '309 lcs.contoso.example "Message contents not allowed by policy"']);
    expect(details).toEqual({
      reason: 'Message contents not allowed by policy',
      source: 'lcs.contoso.example',
      warnings: [309],
    });
  });

  it('is the text of Reason, where there is nothing else [RFC 3326]', () => {
    expect(read(480, ['Reason', 'SIP ;cause=480 ;text="Out of service"'])).toEqual({
      reason: 'Out of service',
      warnings: [],
    });
  });

  it.each<[string, HeaderField]>([
    ['a number that is none', ['ms-diagnostics', 'abc;reason="x"']],
    ['a number too long', ['ms-diagnostics', '12345678;reason="x"']],
    ['quotes that do not end', ['ms-diagnostics', '1003;reason="x']],
    ['a warning code out of its range', ['Warning', '500 a "x"']],
    ['a warning without quotes', ['Warning', '309 a x']],
    ['a reason without text', ['Reason', 'Q.850;cause=16']],
  ])('is nothing with %s', (_title, field) => expect(read(403, field)).toBeUndefined());

  it('is nothing of a success', () => expect(read(200, ['ms-diagnostics', diagnostics])).toBeUndefined());

  it('is bounded, and shows no control characters', () => {
    const details = read(403, ['ms-diagnostics', `1;reason="${'x'.repeat(1000)}";source="\u001b[2J"`]);
    expect(details?.reason).toHaveLength(maxDiagnosticText);
    expect(details?.source).toBe('\\u{1b}[2J');
  });

  it('is read of any text', () => {
    const names = ['ms-diagnostics', 'ms-diagnostics-public', 'Warning', 'Reason'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), (name, value) => {
        const details = read(500, [name, value]);
        expect(details?.reason?.length ?? 0).toBeLessThanOrEqual(maxDiagnosticText * 10);
      }),
    );
  });

  it('is id and reason for the sender, not the name of a server', () => {
    expect(refusalText({ id: 1003, reason: 'User does not exist', source: 'fe', warnings: [] })).toBe(
      '1003: User does not exist',
    );
    expect(refusalText({ id: 1003, warnings: [] })).toBe('1003');
    expect(refusalText({ warnings: [309] })).toBeUndefined();
  });

  it('tells a filter by Warning 309 with 403 and 606 alone', () => {
    const details = { warnings: [309] };
    expect([403, 606, 488].map((status) => isFiltered(status, details))).toEqual([true, true, false]);
    expect(isFiltered(606, { warnings: [399] })).toBe(false);
    expect(isFiltered(606, undefined)).toBe(false);
  });
});
