import { beforeEach, describe, expect, it } from '@jest/globals';

import { type Pidf, printPidf } from '../../../../src/gateway/sip/bodies/pidf.ts';
import type { HeaderField } from '../../../../src/gateway/sip/headers.ts';
import { presenceState, saysTheSame } from '../../../../src/gateway/sip/home/presence-state.ts';
import { maxPublications, type Publication, publish } from '../../../../src/gateway/sip/home/publication.ts';
import { sipRequest } from './request-script.ts';

const aor = 'sip:alice@sip.example';
const open = (id: string, more: Partial<Pidf> = {}): Pidf => ({
  entity: aor,
  tuples: [{ id, basic: 'open', activities: [] }],
  ...more,
});
const presence: HeaderField = ['Event', 'presence'];
const pidfBody: HeaderField = ['Content-Type', 'application/pidf+xml;charset=UTF-8'];

let serial = 0;
let device = '';
beforeEach(() => {
  device = 'desk';
});
function publishing(current: readonly Publication[], headers: readonly HeaderField[], document?: Pidf | string) {
  const body = typeof document === 'object' ? printPidf(document) : (document ?? '');
  serial += 1;
  return publish(current, {
    request: sipRequest('PUBLISH', { uri: aor, headers, body }),
    now: 0,
    entityTag: `tag-${serial}`,
    device,
  });
}
function published(...parts: Parameters<typeof publishing>) {
  const outcome = publishing(...parts);
  if (!outcome.ok) throw new Error(String(outcome.error.status));
  return outcome.value;
}
const refusal = (...parts: Parameters<typeof publishing>) => {
  const outcome = publishing(...parts);
  return outcome.ok ? undefined : outcome.error;
};
const initial = () => published([], [presence, pidfBody, ['Expires', '600']], open('a'));
const tagOf = ({ headers }: { headers: readonly HeaderField[] }) =>
  headers.find(([name]) => name === 'SIP-ETag')?.[1] ?? '';

describe('PUBLISH [RFC 3903 §6]', () => {
  it('keeps an initial publication under a new entity-tag', () => {
    const first = initial();
    expect(first.headers).toContainEqual(['Expires', '600']);
    expect(first.publications).toMatchObject([{ entityTag: tagOf(first), expiresAt: 600_000 }]);
  });

  it('refreshes with the tag and no body: same state, new tag, new time', () => {
    const first = initial();
    const refreshed = published(first.publications, [presence, ['SIP-If-Match', tagOf(first)], ['Expires', '900']]);
    expect(tagOf(refreshed)).not.toBe(tagOf(first));
    expect(refreshed.publications).toMatchObject([{ document: first.publications[0]?.document, expiresAt: 900_000 }]);
  });

  it('modifies with tag and body, and removes with Expires 0', () => {
    const first = initial();
    const modified = published(first.publications, [presence, pidfBody, ['SIP-If-Match', tagOf(first)]], open('b'));
    expect(modified.publications).toMatchObject([{ document: { tuples: [{ id: 'b' }] } }]);
    const removed = published(modified.publications, [presence, ['SIP-If-Match', tagOf(modified)], ['Expires', '0']]);
    expect(removed.publications).toEqual([]);
    expect(removed.headers).toContainEqual(['Expires', '0']);
  });

  it('MUST refuse the tag of before with 412: each 200 gives another [RFC 3903 §6 step 6]', () => {
    const first = initial();
    const refreshed = published(first.publications, [presence, ['SIP-If-Match', tagOf(first)]]);
    for (const headers of [[], [pidfBody]] as const) {
      const again = refusal(refreshed.publications, [presence, ['SIP-If-Match', tagOf(first)], ...headers], open('b'));
      expect(again?.status).toBe(412);
    }
  });

  it.each([
    ['another event package with 489 and Allow-Events', [['Event', 'dialog']], 489, ['Allow-Events', 'presence']],
    ['presence.winfo, which is another package', [['Event', 'presence.winfo']], 489, ['Allow-Events', 'presence']],
    ['no event package', [], 489, ['Allow-Events', 'presence']],
    ['an unknown tag with 412', [presence, ['SIP-If-Match', 'nobody']], 412, undefined],
    ['two tags with 400', [presence, ['SIP-If-Match', 'a, b']], 400, undefined],
    ['neither tag nor body with 400', [presence], 400, undefined],
    ['less than a minute with 423', [presence, ['Expires', '30']], 423, ['Min-Expires', '60']],
  ] as const)('MUST refuse %s', (_, headers, status, header) => {
    const refused = refusal([], headers);
    expect(refused?.status).toBe(status);
    if (header !== undefined) expect(refused?.headers).toEqual([header]);
  });

  it('refuses other bodies: 415 for their type, 400 for their content', () => {
    expect(refusal([], [presence, ['Content-Type', 'application/xpidf+xml']], '<x/>')).toMatchObject({
      status: 415,
      headers: [['Accept', 'application/pidf+xml']],
    });
    expect(refusal([], [presence, pidfBody], '<presence')).toMatchObject({ status: 400 });
  });

  it('takes a new publication of one device in the place of the one whose tag it does not know', () => {
    const closed = (id: string): Pidf => ({ entity: aor, tuples: [{ id, basic: 'closed', activities: [] }] });
    const twice = published(initial().publications, [presence, pidfBody], closed('a'));
    expect(twice.publications).toMatchObject([{ document: { tuples: [{ basic: 'closed' }] } }]);
    expect(twice.publications).toHaveLength(1);
    // Another device of the same make names its tuple the same, and another program on the same device names it otherwise.
    expect(published(initial().publications, [presence, pidfBody], closed('b')).publications).toHaveLength(2);
    device = 'phone';
    expect(published(twice.publications, [presence, pidfBody], closed('a')).publications).toHaveLength(2);
  });

  it('keeps ten publications of a user: one more takes the place of the one that expires first', () => {
    let publications: readonly Publication[] = [];
    for (let count = 0; count <= maxPublications; count += 1) {
      const seconds = count === 4 ? '60' : '3600';
      publications = published(
        publications,
        [presence, pidfBody, ['Expires', seconds]],
        open(`d${count}`),
      ).publications;
    }
    expect(publications).toHaveLength(maxPublications);
    expect(JSON.stringify(publications)).not.toContain('"d4"');
  });
});

describe('the presence of a local user', () => {
  const state = (documents: readonly Pidf[], isRegistered = false) =>
    presenceState(
      aor,
      documents.map((document, index) => ({ document, entityTag: String(index), device: String(index), expiresAt: 1 })),
      isRegistered,
    );

  it('without publications is open while registered, else closed', () => {
    expect(state([], true)).toMatchObject({ entity: aor, tuples: [{ basic: 'open' }] });
    expect(state([])).toMatchObject({ tuples: [{ basic: 'closed' }] });
  });

  it('is what was published, even by a user who is not registered', () => {
    expect(state([open('a')]).tuples).toMatchObject([{ id: 'a', basic: 'open' }]);
  });

  it('has the tuples of every publication, newest first, and person and note of the newest that has them', () => {
    const older = open('a', { person: { activities: ['away'] }, note: { text: 'older' } });
    const newer = open('b', { person: { activities: ['busy'] }, entity: 'sip:mallory@elsewhere.example' });
    expect(state([newer, older])).toMatchObject({
      entity: aor,
      tuples: [{ id: 'b' }, { id: 'a' }],
      person: { activities: ['busy'] },
      note: { text: 'older' },
    });
  });

  it('gives each tuple an id of its own', () => {
    const ids = state([open('same'), open('same'), open('')]).tuples.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toBe('same');
  });

  it('is no news when only a time stamp changed', () => {
    const stamped = (timestamp: Date, basic: 'open' | 'closed') => ({
      entity: aor,
      tuples: [{ id: 'a', basic, activities: [], timestamp }],
    });
    expect(saysTheSame(stamped(new Date(0), 'open'), stamped(new Date(1), 'open'))).toBe(true);
    expect(saysTheSame(stamped(new Date(0), 'open'), stamped(new Date(0), 'closed'))).toBe(false);
  });
});
