import { describe, expect, it } from '@jest/globals';

import { requestSetOf } from '../../src/commands/certificate/request-sets.ts';

describe('the sets of request-certificate', () => {
  it.each([
    [{}, 'New'],
    [{ New: true, Output: '-' }, 'New'],
    [{ List: true, RequestId: 1, PublicKeySha256: 'ab' }, 'List'],
    [{ Retrieve: true, RequestId: 1, Path: 'edge.p7b' }, 'Retrieve'],
    [{ Clear: true, RequestId: 1, Output: undefined, Report: 'a.md' }, 'Clear'],
  ])('%j is %s', (given, set) => expect(requestSetOf(given)).toBe(set));

  it.each([
    [{ New: true, List: true }, /exclude each other/],
    [{ RequestId: 1 }, /-RequestId does not go with -New/],
    [{ List: true, Path: 'x' }, /-Path does not go with -List/],
    [{ Clear: true, KeySize: 2048 }, /-KeySize does not go with -Clear/],
  ])('%j is refused, not half ignored', (given, message) => expect(() => requestSetOf(given)).toThrow(message));
});
