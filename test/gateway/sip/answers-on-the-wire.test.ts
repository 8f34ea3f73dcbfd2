/** Whatever a client asks for that is not done here is answered, by the home server and to a next hop alike. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import type { SipResponse } from '../../../src/gateway/sip/message.ts';
import { trailOf } from '../../../src/gateway/sip/trail.ts';
import { trailOfStanza } from '../../../src/gateway/translation/stanza-trail.ts';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { openConfiguration } from '../../support/crossing.ts';
import { federated, startTwoDoors, type TwoDoors } from '../../support/two-doors.ts';
import { endpoint, outgoing } from './endpoints.ts';
import { udpPeer } from './wire.ts';

const bob = 'sip:bob@fabrikam.example';
const trusting = (configuration: Configuration): Configuration => ({
  ...configuration,
  gateway: { ...configuration.gateway, trustedSipPeers: ['127.0.0.1'] },
});

const audio = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`;
const sdp: [string, string] = ['Content-Type', 'application/sdp'];
const contact: [string, string] = ['Contact', '<sip:alice@127.0.0.1:5099>'];
const text: [string, string] = ['Content-Type', 'text/plain'];
const events = 'presence';

interface Asked {
  readonly uri?: string;
  readonly headers?: readonly [string, string][];
  readonly body?: string;
  readonly toTag?: string;
}

/** Fields of the answer: the whole value, or what it must contain. */
type Answered = readonly [status: number, fields?: Readonly<Record<string, string>>];

const cases: readonly (readonly [string, string, Asked, Answered])[] = [
  ['REFER', 'REFER', {}, [405, { Allow: 'MESSAGE' }]],
  ['SERVICE of Lync', 'SERVICE', {}, [501, { Allow: 'MESSAGE' }]],
  ['NEGOTIATE of Lync', 'NEGOTIATE', {}, [501, { Allow: 'MESSAGE' }]],
  ['PRACK outside of a dialog', 'PRACK', {}, [481]],
  ['UPDATE outside of a dialog', 'UPDATE', {}, [481]],
  ['INFO outside of a dialog', 'INFO', {}, [481]],
  ['BYE outside of a dialog', 'BYE', {}, [481]],
  ['a MESSAGE in a dialog that is none', 'MESSAGE', { headers: [text], body: 'x', toTag: ';tag=none' }, [481]],
  ['a sips address', 'MESSAGE', { uri: 'sips:bob@fabrikam.example', headers: [text], body: 'x' }, [416]],
  ['a tel address', 'MESSAGE', { uri: 'tel:+4512345678', headers: [text], body: 'x' }, [416]],
  ['an http address', 'MESSAGE', { uri: 'http://fabrikam.example/', headers: [text], body: 'x' }, [416]],
  ['a telephone number', 'MESSAGE', { uri: 'sip:+45@fabrikam.example;user=phone', headers: [text], body: 'x' }, [484]],
  ['an address that hides a NUL', 'MESSAGE', { uri: 'sip:b%00b@fabrikam.example', headers: [text], body: 'x' }, [404]],
  ['a Request-URI without end', 'MESSAGE', { uri: `sip:${'b'.repeat(5000)}@fabrikam.example`, headers: [text] }, [414]],
  [
    'an unknown extension',
    'MESSAGE',
    { headers: [text, ['Require', 'x, y']], body: 'x' },
    [420, { Unsupported: 'x, y' }],
  ],
  ['a picture', 'MESSAGE', { headers: [['Content-Type', 'image/png']], body: 'x' }, [415, { Accept: 'text/plain' }]],
  [
    'an encoded body',
    'MESSAGE',
    { headers: [text, ['Content-Encoding', 'gzip']], body: 'x' },
    [415, { 'Accept-Encoding': 'identity' }],
  ],
  ['a body that is not to be shown', 'MESSAGE', { headers: [text, ['Content-Disposition', 'icon']], body: 'x' }, [415]],
  ['more text than crosses', 'MESSAGE', { headers: [text], body: 'x'.repeat(131_073) }, [413]],
  ['no hop left', 'MESSAGE', { headers: [text, ['Max-Forwards', '0']], body: 'x' }, [483]],
  [
    'an unknown event package',
    'SUBSCRIBE',
    { headers: [['Event', 'dialog'], contact] },
    [489, { 'Allow-Events': events }],
  ],
  ['an audio call', 'INVITE', { headers: [sdp, contact], body: audio }, [488, { Warning: '304' }]],
  [
    'an invitation to a conference',
    'INVITE',
    {
      headers: [['Content-Type', 'application/ms-conf-invite+xml'], contact, ['TriggeredInvite', 'TRUE']],
      body: '<c/>',
    },
    [488, { Warning: '399' }],
  ],
  [
    'an INVITE with an unknown extension',
    'INVITE',
    { headers: [sdp, contact, ['Require', '100rel']], body: audio },
    [420, { Unsupported: '100rel' }],
  ],
  [
    'a MESSAGE with Proxy-Require, which is for proxies',
    'MESSAGE',
    { headers: [text, ['Proxy-Require', 'ms-benotify']], body: 'x' },
    [202],
  ],
  [
    'OPTIONS',
    'OPTIONS',
    { headers: [['Max-Forwards', '0']] },
    [
      200,
      {
        Allow: 'INVITE',
        Accept: 'text/plain',
        'Accept-Encoding': 'identity',
        'Accept-Language': 'en',
        Supported: 'timer',
        'Allow-Events': events,
      },
    ],
  ],
];

describe.each<[string, Configuration]>([
  ['the home server', trusting(openConfiguration)],
  ['the peer of a next hop', trusting(federated('contoso.example', 'fabrikam.example', 9))],
])('%s answers', (_side, configuration) => {
  const running: { site?: TwoDoors } = {};
  beforeAll(async () => {
    running.site = await startTwoDoors({ configuration, sipPort: 0 });
  });
  afterAll(() => running.site?.close());
  const site = (): TwoDoors => running.site as TwoDoors;

  async function ask(method: string, { uri = bob, headers = [], body = '', toTag = '' }: Asked): Promise<SipResponse> {
    const alice = await endpoint();
    const request = outgoing(method, { uri, body, headers: [...headers] });
    const final = await alice.request(
      {
        ...request,
        headers: request.headers
          .with('From', '<sip:alice@contoso.example>;tag=1')
          .with('To', `<${uri.startsWith('sip') ? uri : bob}>${toTag}`),
      },
      { host: '127.0.0.1', port: site().port, transport: 'tcp' },
    );
    if (!final.ok) throw new Error(final.detail);
    return final.response;
  }

  it.each(cases)('%s', async (_title, method, asked, [status, fields = {}]) => {
    const before = site().stanzas.length;
    const response = await ask(method, asked);
    expect([response.status, response.reason]).toEqual([status, expect.any(String)]);
    for (const [name, value] of Object.entries(fields))
      expect(`${name}: ${response.headers.getAll(name).join(', ')}`).toContain(value);
    expect(response.headers.has('Contact')).toBe(false);
    expect(site().stanzas.length - before).toBe(status === 202 ? 1 : 0);
  });

  it('a message that it has sent on itself: 482 [RFC 5393 §4]', async () => {
    await ask('MESSAGE', { headers: [text], body: 'x' });
    const trail = trailOfStanza(site().stanzas.at(-1) ?? stanza('message', {}));
    const returned = await ask('MESSAGE', { headers: [text, ['Xgw-Trail', trail.marks.join(' ')]], body: 'x' });
    expect([returned.status, trailOf(returned.headers).marks]).toEqual([482, []]);
  });

  const raw = (startLine: string, ...more: string[]): string =>
    [
      startLine,
      'Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKraw;rport',
      'From: <sip:alice@contoso.example>;tag=1',
      `To: <${bob}>`,
      `Call-ID: ${startLine.length}-${more.length}`,
      ...more,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');

  it.each([
    [
      'a header that occurs twice',
      raw(`MESSAGE ${bob} SIP/2.0`, 'CSeq: 1 MESSAGE', 'Max-Forwards: 70', 'Max-Forwards: 70'),
      /^SIP\/2\.0 400 [^\r]*Max-Forwards/i,
    ],
    ['a header that cannot be read', raw(`MESSAGE ${bob} SIP/2.0`, 'CSeq: one MESSAGE'), /^SIP\/2\.0 400 [^\r]*CSeq/i],
    ['another version', raw(`MESSAGE ${bob} SIP/7.0`, 'CSeq: 1 MESSAGE'), /^SIP\/2\.0 505 Version Not Supported\r/],
  ])('%s, and says which [RFC 3261 §21.4.1]', async (_title, bytes, answer) => {
    const peer = await udpPeer(site().port);
    peer.send(bytes);
    expect(await peer.until((received) => received.includes('\r\n\r\n'))).toMatch(answer);
  });

  it('never ACK and BENOTIFY: what comes behind them is answered first', async () => {
    const peer = await udpPeer(site().port);
    for (const method of ['ACK', 'BENOTIFY']) peer.send(raw(`${method} ${bob} SIP/2.0`, `CSeq: 1 ${method}`));
    peer.send(raw(`OPTIONS ${bob} SIP/2.0`, 'CSeq: 3 OPTIONS'));
    const received = await peer.until((all) => all.includes('CSeq: 3 OPTIONS'));
    expect(received.match(/^SIP\/2\.0/gm)).toHaveLength(1);
  });
});
