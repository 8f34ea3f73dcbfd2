/** Every bound of the SIP side, with unit and reason. What a peer sends beyond them is refused, never kept. */
import { T1 } from './timers.ts';

/** Bytes from the start line to the empty line. */
export const maxHeaderSectionBytes = 64 * 1024;
/** Header fields in one message. Source: longreq of RFC 4475 has 46. */
export const maxHeaderFields = 128;
/** Bytes of a message body. Presence documents with embedded pictures stay below. */
export const maxBodyBytes = 256 * 1024;
/** Characters of a Request-URI; a longer one is 414. Source: own choice; the longest localpart, all of it escaped, has 3069. */
export const maxRequestUriLength = 4096;
/** Bytes of a request that may still go by UDP when the path MTU is unknown. Source: RFC 3261 §18.1.1. */
export const maxUdpRequestBytes = 1300;

/** Open connections on all stream listeners together, and from one address. */
export const maxConnections = 2000;
export const maxConnectionsPerAddress = 200;
/** Milliseconds until a new connection has completed TLS or TCP. */
export const connectTimeoutMs = 10_000;
/** Milliseconds an accepted connection may stay without one complete message. */
export const firstMessageTimeoutMs = 64 * T1;
/** Milliseconds from the first byte of a message to its last. */
export const messageTimeoutMs = 64 * T1;
/** Milliseconds without traffic. Longer than the longest registration (7200 s), so that clients stay reachable on their connection. */
export const idleTimeoutMs = 7_500_000;
/** Milliseconds of silence after which a connection that we opened is kept alive. Source: RFC 5626 §4.4.1 has 95 s to 120 s. */
export const pingAfterMs = 95_000;
/** Milliseconds for the answer of a peer that has answered before. Source: RFC 5626 §4.4.1. */
export const pongTimeoutMs = 10_000;
/** Malformed messages of one connection, each answered where that is possible; one more ends it. Source: own choice. */
export const maxMalformedPerConnection = 10;
/** Bytes waiting for a peer that does not read. More ends the connection. */
export const maxUnsentBytes = 4 * 1024 * 1024;

/** Server transactions alive at once; a request beyond gets 503. At 32 s each over UDP this is 3000 requests a second. */
export const maxServerTransactions = 100_000;
/** Seconds in the Retry-After of that 503. */
export const overloadRetryAfterSeconds = 10;
/** Client transactions alive at once. */
export const maxClientTransactions = 100_000;
/** Bytes the kernel may keep of datagrams not read yet; it may grant less. Bursts of a proxy fit. */
export const udpReceiveBufferBytes = 4 * 1024 * 1024;
/** UDP destinations whose local address is remembered. */
export const maxRememberedRoutes = 1000;

/** IM sessions alive at once, and those of one SIP user: several conversations from several devices. */
export const maxImSessions = 10_000;
export const maxImSessionsPerUser = 100;
/** Messages that wait in one session for its INVITE or for the answer to the one before. */
export const maxQueuedInSession = 100;
/** Milliseconds without a message or a typing notice after which a session is ended. Source: RFC 7573 §6.1. */
export const imSessionIdleMs = 600_000;
/** Milliseconds an INVITE may stay unanswered. A client with several devices lets 10 s pass before it answers. */
export const imInviteMs = 64 * T1;
/** Seconds in which a peer may offer to refresh a session; less is 422. Source: RFC 4028 §9 allows no less. */
export const minSessionSeconds = 90;
/** Seconds in which we offer that our sessions are refreshed. Source: RFC 4028 §4 recommends 1800. */
export const sessionSeconds = 1800;
/** Seconds that a 422 can make of that. Source: own choice; a session is idle long before. */
export const maxSessionSeconds = 7200;
/** Milliseconds that the BYEs of a gateway that stops may take. */
export const imFarewellMs = 1000;

/** Bytes and lines of a session description, and the media in it. Source: own choice; an IM session has one medium in 7 lines. */
export const maxSdpBytes = 16 * 1024;
export const maxSdpLines = 256;
export const maxSdpMedia = 16;
