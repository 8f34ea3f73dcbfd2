/** Messages with IPv6 addresses, as RFC 5118 has them. */
export const ipv6Via = 'SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111';

/** The REGISTER of RFC 5118 §4.1 with one thing of it changed. */
export const ipv6Register = (requestUri: string, via = ipv6Via, contact = '<sip:caller@[2001:db8::1]>'): Buffer =>
  Buffer.from(
    [
      `REGISTER ${requestUri} SIP/2.0`,
      'To: sip:user@example.com',
      'From: sip:user@example.com;tag=81x2',
      `Via: ${via}`,
      'Call-ID: SSG9559905523997077@hlau_4100',
      'Max-Forwards: 70',
      `Contact: ${contact}`,
      'CSeq: 98176 REGISTER',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
