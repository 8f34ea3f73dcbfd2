/** What may wait on disk for partners that are away, with unit and source. */

/** Messages, and bytes of them, for one partner; bytes for all partners. Source: own choice; what the queue of a stream takes. */
export const maxQueuedMessages = 1_000;
export const maxQueuedBytes = 4 * 1024 * 1024;
export const maxQueuedBytesTotal = 64 * 1024 * 1024;

/** Messages of one partner that are tried at a time. Source: own choice; round trips overlap, and a stream's queue keeps room for everything else. */
export const maxUnderWay = 20;
/** Milliseconds until a partner is tried again: after the first failure, and at most. Source: own choice; a dial has its own back-off. */
export const firstRetryMs = 5_000;
export const maxRetryMs = 60_000;

/** Milliseconds that a SIP request may wait for its partner before the message is kept on disk and accepted. Source: own choice; users who wait longer send it again. */
export const holdMs = 10_000;

/** Milliseconds for which an error for a message of a partner waits at least. Source: own choice, the default of QueuedMessageLifetime. */
export const answerLifetimeMs = 300_000;

/** Notices to senders that wait, because a sender is not there: number, and milliseconds until one is given up. Source: own choice; who comes back the next day still learns it. */
export const maxNotices = 10_000;
export const noticeLifetimeMs = 86_400_000;
/** Milliseconds until notices are tried again: after the first failure, and at most. */
export const firstNoticeRetryMs = 5_000;
export const maxNoticeRetryMs = 300_000;
