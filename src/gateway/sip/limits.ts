/** Every bound of the SIP side, with unit and reason. What a peer sends beyond them is refused, never kept. */
import { T1 } from './timers.ts';

/** Bytes from the start line to the empty line. */
export const maxHeaderSectionBytes = 64 * 1024;
/** Header fields in one message. Source: longreq of RFC 4475 has 46. */
export const maxHeaderFields = 128;
/** Bytes of a message body. Presence documents with embedded pictures stay below. */
export const maxBodyBytes = 256 * 1024;
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
/** Milliseconds without traffic. Longer than one registration refresh (3600 s), so that clients stay reachable on their connection. */
export const idleTimeoutMs = 3_900_000;
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
