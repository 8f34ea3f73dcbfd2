/** The timers of RFC 3261 table 4, with the corrections of RFC 6026, in milliseconds by reliability of the transport. */

/** Whether the transport itself retransmits: true for TCP and TLS, false for UDP. */
export type Reliability = 'reliable' | 'unreliable';

/** Estimated round-trip time. Source: RFC 3261 §17.1.1.1. */
export const T1 = 500;
/** Longest interval between retransmissions of a non-INVITE request and of INVITE responses. Source: RFC 3261 §17.1.2.2. */
export const T2 = 4000;
/** Longest time a message stays in the network. Source: RFC 3261 §17.1.2.2. */
const T4 = 5000;

const lifetime = 64 * T1;
const onlyUnreliable = (transport: Reliability, ms: number): number => (transport === 'reliable' ? 0 : ms);

/** INVITE request timeout [§17.1.1.2]. */
export const timerB = lifetime;
/** Wait for retransmitted final responses of a refused INVITE; at least 32 s over UDP [§17.1.1.2]. */
export const timerD = (transport: Reliability): number => onlyUnreliable(transport, lifetime);
/** Non-INVITE request timeout [§17.1.2.2]. */
export const timerF = lifetime;
/** Wait for the ACK of a refused INVITE [§17.2.1]. */
export const timerH = lifetime;
/** Wait for retransmitted ACKs [§17.2.1]. */
export const timerI = (transport: Reliability): number => onlyUnreliable(transport, T4);
/** Wait for retransmitted non-INVITE requests [§17.2.2]. */
export const timerJ = (transport: Reliability): number => onlyUnreliable(transport, lifetime);
/** Wait for retransmitted responses [§17.1.2.2]. */
export const timerK = (transport: Reliability): number => onlyUnreliable(transport, T4);
/** How long the INVITE server transaction absorbs retransmissions after a 2xx [RFC 6026 §7.1]. */
export const timerL = lifetime;
/** How long the INVITE client transaction passes further 2xx up [RFC 6026 §7.2]. */
export const timerM = lifetime;
/** A 100 goes out when the TU has not answered an INVITE by then [RFC 3261 §17.2.1]. */
export const tryingDelay = 200;

/** The next interval of timers E and G, and of the 2xx repetition: doubled, at most T2 [§17.1.2.2, §17.2.1, §13.3.1.4]. */
export const nextInterval = (ms: number): number => Math.min(2 * ms, T2);

/** A non-INVITE request that the TU has not answered by then is forgotten: its sender has given up [RFC 4320 §4.2]. */
export const unansweredMs = lifetime;
/** An INVITE that the TU has not answered by then gets 408. Longer than timer C of the proxies before us [§16.6 step 11]. */
export const unansweredInviteMs = 300_000;
