import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readDirectory } from '../../../src/operations/online-authority/acme/acme-directory.ts';
import { isJsonObject, parseJsonObject } from '../../../src/operations/online-authority/acme/acme-json.ts';
import { readAuthorization, readOrder } from '../../../src/operations/online-authority/acme/acme-objects.ts';
import { printProblem, problemOf } from '../../../src/operations/online-authority/acme/problem-document.ts';

/** JSON as a hostile server makes it: the right members with anything in them. */
const words = ['status', 'type', 'detail', 'identifier', 'value', 'challenges', 'token', 'url', 'error', 'subproblems'];
const more = ['authorizations', 'finalize', 'certificate', 'newNonce', 'newAccount', 'newOrder', 'meta', '__proto__'];
const leaf = fc.oneof(
  fc.constantFrom('valid', 'pending', 'http-01', 'dns', 'https://ca.example/1', 'DGyRejmCefe7v4NfDGDKfA'),
  fc.jsonValue(),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium' },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...words, ...more), tie('tree'), { maxKeys: 8 }),
  ),
}));

const dangerous = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('what an ACME server sends', () => {
  it('is read or refused, whatever it is, and never thrown at', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const bytes = Buffer.from(JSON.stringify(value));
        const read = parseJsonObject(bytes);
        if (!read.ok) return;
        for (const parsed of [readOrder(read.value), readAuthorization(read.value), readDirectory(bytes)])
          expect(typeof parsed.ok).toBe('boolean');
      }),
    );
  });

  it('as a problem is printed in one line of limited length that is safe on a terminal', () => {
    fc.assert(
      fc.property(tree, fc.string(), (value, detail) => {
        const body = Buffer.from(JSON.stringify(isJsonObject(value) ? { ...value, detail } : value));
        const printed = printProblem(problemOf({ status: 400, headers: {}, body }));
        expect(printed).not.toMatch(dangerous);
        expect(printed.length).toBeLessThan(100_000);
      }),
    );
  });

  it('has no challenge whose token would be another file or record', () => {
    const challenge = (token: string) => ({ type: 'http-01', status: 'pending', url: 'https://ca.example/c', token });
    const tokens = [
      'DGyRejmCefe7v4NfDGDKfA',
      'DGyRejmCefe7v4NfDGDKfA\n',
      '../DGyRejmCefe7v4NfDGDKfA',
      'DGyRejmCefe7v4NfD.GDKfA',
    ];
    const read = readAuthorization({
      status: 'pending',
      identifier: { type: 'dns', value: 'contoso.example' },
      challenges: tokens.map(challenge),
    });
    expect(read.ok && read.value.challenges.map(({ token }) => token)).toEqual(tokens.slice(0, 1));
  });
});
