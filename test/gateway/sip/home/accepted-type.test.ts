import { describe, expect, it } from '@jest/globals';

import { Headers } from '../../../../src/gateway/sip/headers.ts';
import { acceptedType } from '../../../../src/gateway/sip/home/accepted-type.ts';

const pidf = 'application/pidf+xml';
const categories = 'application/msrtc-event-categories+xml';
const offered = [pidf, categories] as const;
/** As a client of Lync subscribes to a contact of another domain. */
const lync = `${categories}, application/xpidf+xml, text/xml+msrtc.pidf, ${pidf}, application/rlmi+xml, multipart/related`;

const chosen = (accept: string | undefined, byWatcher: boolean): string | undefined =>
  acceptedType(Headers.of(accept === undefined ? [] : [['Accept', accept]]), [...offered], byWatcher);

describe('the type of the documents that a watcher gets', () => {
  it.each([
    ['no Accept', undefined, pidf, pidf],
    ['a client of Lync', lync, pidf, categories],
    ['categories alone', categories, categories, categories],
    ['PIDF alone', pidf, pidf, pidf],
    ['PIDF first', `${pidf}, ${categories}`, pidf, pidf],
    ['categories with the higher q', `${pidf};q=0.5, ${categories}; Q=0.8`, pidf, categories],
    ['categories with the lower q', `${categories};q=0.2, ${pidf};q=0.3`, pidf, pidf],
    ['categories refused', `${categories};q=0, ${pidf}`, pidf, pidf],
    ['PIDF refused', `${pidf};q=0.0, */*, ${categories}`, categories, categories],
    ['anything', '*/*', pidf, pidf],
    ['any application, in other letters', 'Application/*', pidf, pidf],
    ['anything, but rather categories', `*/*;q=0.1, ${categories}`, pidf, categories],
    ['another parameter', `${pidf};charset=utf-8`, pidf, pidf],
    ['a q that is none', `${pidf};q=high`, pidf, pidf],
    ['the format of Windows Messenger alone', 'application/xpidf+xml', undefined, undefined],
    ['nothing we write', 'application/rlmi+xml, multipart/related, text/*', undefined, undefined],
    ['an empty Accept', '', undefined, undefined],
    ['everything refused', '*/*;q=0', undefined, undefined],
  ] as const)('%s', (_title, accept, first, byWatcher) =>
    expect([chosen(accept, false), chosen(accept, true)]).toEqual([first, byWatcher]),
  );
});
