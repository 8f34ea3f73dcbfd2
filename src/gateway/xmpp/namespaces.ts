/** The XML namespaces of server-to-server XMPP, once. */
export const namespaces = {
  /** Content namespace of a server-to-server stream [RFC 6120 §4.8.2]. */
  server: 'jabber:server',
  /** [RFC 6120 §4.8.1] */
  streams: 'http://etherx.jabber.org/streams',
  /** Conditions inside a stream error [RFC 6120 §4.9.2]. */
  streamErrors: 'urn:ietf:params:xml:ns:xmpp-streams',
  /** Conditions inside a stanza error [RFC 6120 §8.3.2]. */
  stanzaErrors: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  tls: 'urn:ietf:params:xml:ns:xmpp-tls',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  /** [XEP-0220 §2.1] */
  dialback: 'jabber:server:dialback',
  /** The stream feature that announces dialback [XEP-0220 §2.3]. */
  dialbackFeature: 'urn:xmpp:features:dialback',
  /** The request for a stream that carries stanzas both ways, and the stream feature that offers it [XEP-0288 §2]. */
  bidi: 'urn:xmpp:bidi',
  bidiFeature: 'urn:xmpp:features:bidi',
  /** Stream management, XEP-0198 §3. */
  streamManagement: 'urn:xmpp:sm:3',
  /** [XEP-0478 §3.1] */
  streamLimits: 'urn:xmpp:stream-limits:0',
  /** [XEP-0203 §2] */
  delay: 'urn:xmpp:delay',
  /** The sender's own id of a message, XEP-0359 §2. */
  stanzaIds: 'urn:xmpp:sid:0',
  /** [XEP-0085 §2] */
  chatStates: 'http://jabber.org/protocol/chatstates',
  xml: 'http://www.w3.org/XML/1998/namespace',
} as const;
