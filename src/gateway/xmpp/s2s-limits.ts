/** Every limit and wait of server-to-server streams, with unit and source. Before authentication they are far lower. */

export interface ElementLimits {
  /** Bytes of one first-level element on the wire, its surrounding white space included. */
  readonly maxBytes: number;
  /** Elements in one first-level element, itself included. */
  readonly maxElements: number;
  /** Nesting, the stream element included. */
  readonly maxDepth: number;
}

/** Source: ejabberd 26.04 (8192 bytes, 32 elements before authentication), XEP-0205 §3. */
export const elementLimitsBeforeAuthentication: ElementLimits = { maxBytes: 8_192, maxElements: 32, maxDepth: 8 };

/** RFC 6120 §13.12 asks for 10,000 bytes at least; Prosody and ejabberd take 512 KiB. */
export const elementLimits: ElementLimits = { maxBytes: 262_144, maxElements: 2_000, maxDepth: 64 };

export interface S2sLimits {
  /** Milliseconds from the connection to an authenticated stream. */
  readonly establishmentMs: number;
  /** Milliseconds without any bytes from the peer until the stream is closed. */
  readonly inactivityMs: number;
  /** Milliseconds of silence from us until a white space is sent to partners with keep-alive [RFC 6120 §4.6.1]. */
  readonly keepAliveMs: number;
  /** Milliseconds that a stanza waits for a stream before it is returned. Below SIP Timer F, 32 s, so that SIP hears of it. */
  readonly deliveryMs: number;
  /** Milliseconds that an acknowledgement may take until the stream is given up [XEP-0198 §4]. Source: Prosody `smacks_max_ack_delay`. */
  readonly acknowledgementMs: number;
  /** Milliseconds for one TCP connection to come up. Source: ejabberd `outgoing_s2s_timeout`. */
  readonly connectMs: number;
  /** Milliseconds between attempts at the addresses of a peer [RFC 8305 §5]. */
  readonly attemptDelayMs: number;
  /** Milliseconds to wait for the peer's closing tag. Source: Prosody `s2s_close_timeout`. */
  readonly closeMs: number;
  /** Streams at one time, all partners together. */
  readonly connections: number;
  /** Connections at one time that are not authenticated: all together, and from one address. */
  readonly halfOpen: number;
  readonly halfOpenPerAddress: number;
  /** New connections in a minute from one address on which nobody is authenticated. Source: Openfire OF-3171 has such a limit. */
  readonly connectionsPerMinutePerAddress: number;
  /** Authenticated streams that peers opened, at one time: from one address, and for one domain pair. */
  readonly authenticatedPerAddress: number;
  readonly streamsPerPair: number;
  /** Bytes a second that are read from one stream; strangers have no more, a partner's own setting comes before it. Source: ejabberd's shaper `fast` has 100 kB/s, Prosody 30 kb/s. */
  readonly bytesPerSecond: number;
  /** Stanzas a second from one remote bare JID; a partner's own setting comes before it. */
  readonly stanzasPerSecond: number;
  /** Stanzas and bytes that wait for, or are being written to, one domain pair. */
  readonly queuedStanzas: number;
  readonly queuedBytes: number;
  /** Bytes that all domain pairs together keep so. */
  readonly queuedBytesTotal: number;
  /** Bytes that the peer does not take until it is disconnected. */
  readonly unsentBytes: number;
  /** Dialback keys of strangers being verified at one time, all streams together: each makes us open a connection. */
  readonly verifications: number;
  /** Such connections in a minute to one domain on behalf of one address: another address's keys are verified meanwhile. */
  readonly verificationsPerMinute: number;
}

export const defaultS2sLimits: S2sLimits = {
  establishmentMs: 30_000,
  inactivityMs: 600_000,
  keepAliveMs: 60_000,
  deliveryMs: 30_000,
  acknowledgementMs: 30_000,
  connectMs: 10_000,
  attemptDelayMs: 250,
  closeMs: 5_000,
  connections: 1_000,
  halfOpen: 500,
  halfOpenPerAddress: 10,
  connectionsPerMinutePerAddress: 30,
  authenticatedPerAddress: 50,
  streamsPerPair: 4,
  bytesPerSecond: 65_536,
  stanzasPerSecond: 20,
  queuedStanzas: 1_000,
  queuedBytes: 4 * 1024 * 1024,
  queuedBytesTotal: 64 * 1024 * 1024,
  unsentBytes: 8 * 1024 * 1024,
  verifications: 20,
  verificationsPerMinute: 20,
};

/** Seconds' worth of its rate that a stream may send at once: at the default, about one stanza of the largest size. */
export const byteBurstSeconds = 4;
/** Seconds' worth of its rate that a bare JID may send at once: at the default, presence and probes of somebody with 100 contacts here. */
export const stanzaBurstSeconds = 10;
/** Bare JIDs, and addresses, whose rates are remembered; those seen the longest ago are forgotten first. */
export const maxRatedJids = 10_000;
export const maxRatedAddresses = 10_000;
/** Milliseconds of the peer's silence after which one of too many streams of a pair gives way to a new one. Source: own choice. */
export const replaceableMs = 60_000;

/** Stanzas of one stream that wait to be acknowledged; the next ones are not written until then. Source: Prosody `smacks_max_queue_size`. */
export const maxUnacknowledged = 500;
/** Stanzas of one stream that nobody is done with; then it is read on when half of them are. Source: own choice, what we write to a peer ahead of its answers. */
export const maxUnhandled = 500;
/** Milliseconds before a stream breaks in which a message to a peer without acknowledgements may not have been read. Source: own choice: some round trips, and a busy server. */
export const inDoubtMs = 10_000;
/** Milliseconds for which a stanza may hold back the acknowledgements of its stream. Source: own choice, a third of what peers wait for one. */
export const handlingMs = 10_000;
/** Milliseconds until the peer is asked again for what its last acknowledgement left out. Source: own choice. */
export const askAgainMs = 1_000;
/** Milliseconds in which the same message on another stream is a repetition, and how many messages are remembered for that. */
export const repetitionMs = 600_000;
export const maxRemembered = 10_000;
/** Bytes that every server must take in a stanza; a lower limit is one for strangers [RFC 6120 §13.12]. */
export const leastMaxBytes = 10_000;

/** Milliseconds until a domain that could not be reached is dialled again: after the first failure, and at most. Source: own choice; ejabberd `s2s_max_retry_delay` is 300 s. */
export const firstBackoffMs = 5_000;
export const maxBackoffMs = 300_000;
/** Domains whose failures are remembered for that. */
export const maxDomainsInBackoff = 1_000;
/** Failures that are kept for the administrator: domains, and the last ones of each. */
export const maxFailureDomains = 50;
export const maxFailuresPerDomain = 20;

/** Domain pairs on one stream; more are answered `resource-constraint`, which asks for another connection [XEP-0220 §2.4]. */
export const maxPairsPerStream = 50;
/** Dialback keys of one stream being verified at one time. */
export const maxVerificationsPerStream = 5;
/** Failed SASL attempts until the stream is closed [RFC 6120 §6.4.5]. */
export const maxSaslAttempts = 3;
/** Characters of error text that are sent or kept. */
export const maxErrorText = 200;
