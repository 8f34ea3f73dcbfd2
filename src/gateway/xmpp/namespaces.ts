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
  xml: 'http://www.w3.org/XML/1998/namespace',
} as const;
