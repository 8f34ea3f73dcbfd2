/**
 * What pidgin-sipe and Lync front ends send for an IM session, presence and all they try beside it, as captured on loopback:
 * a lower-case transport, no branch, epid, Microsoft's headers and bodies.
 */
interface Parts {
  readonly method: string;
  readonly uri?: string;
  readonly cSeq?: number;
  readonly callId?: string;
  /** The dialog our answer to the INVITE has made. */
  readonly inDialog?: boolean;
  readonly more?: readonly string[];
  readonly body?: string;
}

/** Stands for the tag that our answer to the INVITE had. */
export const ourTag = 'OUR-TAG';

function dialectMessage(parts: Parts): Buffer {
  const { method, uri = 'sip:bob@fabrikam.example', cSeq = 1, callId = 'f7g8', inDialog = false, more = [] } = parts;
  const { body = '' } = parts;
  return Buffer.from(
    [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/tcp 192.0.2.1:42236${cSeq % 2 === 0 ? `;branch=z9hG4bK${method}${cSeq};rport` : ''}`,
      'From: "Alice" <sip:alice@contoso.example>;tag=2334133829;epid=3141842e078f',
      `To: <sip:bob@fabrikam.example>${inDialog ? `;tag=${ourTag}` : ''};epid=01010101`,
      'Max-Forwards: 70',
      `Call-ID: ${callId}`,
      `CSeq: ${cSeq} ${method}`,
      'User-Agent: UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)',
      'Contact: <sip:alice@contoso.example;opaque=user:epid:kG1x2v5sTlqZ8yQ0bR7n4AAA;gruu>;proxy=replace',
      ...more,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

const offer = [
  'v=0',
  'o=- 0 0 IN IP4 192.0.2.1',
  's=session',
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'm=message 15063 sip null',
  'a=accept-types:text/plain text/html image/gif application/im-iscomposing+xml application/ms-imdn+xml',
  '',
].join('\r\n');

const alternatives = [
  '--b1',
  'Content-Type: text/plain; charset=UTF-8',
  '',
  'Hello',
  '--b1',
  'Content-Type: text/rtf',
  '',
  '{\\rtf1\\ansi Hello \\u8364?}',
  '--b1--',
  '',
].join('\r\n');

const cpim = [
  'From: <sip:alice@contoso.example>',
  'To: <sip:bob@fabrikam.example>',
  '',
  'Content-Type: text/plain',
  '',
  'Hi',
].join('\r\n');

const pidf =
  '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@contoso.example">' +
  '<tuple id="t1"><status><basic>open</basic></status><note>Here</note></tuple></presence>';

export const invitation = dialectMessage({
  method: 'INVITE',
  more: [
    'Supported: ms-sender, timer, 100rel',
    'Session-Expires: 1800;refresher=uac',
    'ms-text-format: text/plain; charset=UTF-8;msgr=WAAtAE0A;ms-body=SGVsbG8=',
    'Ms-Conversation-ID: AdF8cS1Yk3mPq0vTQ2eX7h4bZw==',
    'EndPoints: <sip:alice@contoso.example>, <sip:bob@fabrikam.example>',
    'Content-Type: application/sdp',
  ],
  body: offer,
});

const inDialog = (method: string, cSeq: number, type = '', body = ''): Buffer =>
  dialectMessage({ method, cSeq, inDialog: true, more: type === '' ? [] : [`Content-Type: ${type}`], body });

/** Inside the dialog of the invitation, in their order. */
export const inSession: readonly Buffer[] = [
  inDialog('ACK', 1),
  inDialog('MESSAGE', 2, 'text/plain; charset=UTF-8;msgr=WAAtAE0A', 'Are we on for three?'),
  inDialog('MESSAGE', 3, 'multipart/alternative;boundary=b1', alternatives),
  inDialog('MESSAGE', 4, 'text/html', '<html><body><b>Hi</b> &amp; bye</body></html>'),
  inDialog('MESSAGE', 5, 'message/cpim', cpim),
  inDialog(
    'INFO',
    6,
    'application/xml',
    '<?xml version="1.0"?><KeyboardActivity> <status status="type" /></KeyboardActivity>',
  ),
  inDialog('UPDATE', 8),
  inDialog('REFER', 9),
  inDialog('INVITE', 10, 'application/sdp', offer),
  inDialog('CANCEL', 10),
  inDialog('BYE', 11),
];

/** Each by itself. */
export const outOfSession: readonly Buffer[] = [
  dialectMessage({ method: 'MESSAGE', callId: 'm1', cSeq: 2, more: ['Content-Type: text/plain'], body: 'Hello' }),
  dialectMessage({ method: 'OPTIONS', callId: 'o1', more: ['Accept: application/sdp'] }),
  dialectMessage({ method: 'SERVICE', callId: 's1', more: ['Content-Type: application/SOAP+xml'], body: '<a/>' }),
  dialectMessage({ method: 'NEGOTIATE', callId: 'n1', uri: 'sip:127.0.0.1:5061;transport=tls' }),
  dialectMessage({ method: 'REFER', callId: 'r1', more: ['Refer-To: <sip:carol@contoso.example>'] }),
  dialectMessage({
    method: 'SUBSCRIBE',
    callId: 'p1',
    cSeq: 2,
    more: [
      'Event: presence',
      'Accept: application/msrtc-event-categories+xml, application/pidf+xml',
      'Supported: eventlist, ms-benotify, ms-piggyback-first-notify',
      'Expires: 3600',
    ],
  }),
  dialectMessage({
    method: 'NOTIFY',
    callId: 'p2',
    more: ['Event: presence', 'Subscription-State: active;expires=3600', 'Content-Type: application/pidf+xml'],
    body: pidf,
  }),
  dialectMessage({ method: 'BENOTIFY', callId: 'p3', more: ['Event: presence', 'Subscription-State: active'] }),
  dialectMessage({
    method: 'INVITE',
    callId: 'i2',
    more: ['Require: com.microsoft.rtc-multiparty', 'Content-Type: application/sdp'],
    body: offer.replace('m=message 15063 sip null', 'm=audio 15063 RTP/AVP 0'),
  }),
];
