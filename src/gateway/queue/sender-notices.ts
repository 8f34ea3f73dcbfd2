/**
 * What SIP users are told of messages of theirs: on disk from the moment at which it is due until they have it, since a user
 * who has hung up, or whose device is away while the gateway starts, has to learn it too. Bounded in number and age; a notice
 * that is given up is an error in the log, with the message it was about.
 */
import type { Clock, Timer } from '../../primitives/clock.ts';
import type { Ids } from '../../primitives/ids.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import type { StateStore } from '../../primitives/state-store.ts';
import type { SipDelivery, SipOutcome } from '../crossing.ts';
import type { HeaderField } from '../sip/headers.ts';
import { firstNoticeRetryMs, maxNoticeRetryMs, maxNotices, noticeLifetimeMs } from './queue-limits.ts';
import { textIn, timeIn } from './queued-message.ts';

export interface SenderNotice {
  /** The contact it is about, and the user it is for, as SIP addresses. */
  readonly from: string;
  readonly to: string;
  /** The same as bare JIDs. */
  readonly pair: string;
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
  /** Of the message it is about. */
  readonly correlationId: string;
}

export interface SenderNoticesPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly onEvent: OnLogEvent;
  readonly state: StateStore;
  /** Behind what the contact has said before, in its order. Undefined: too much waits there. */
  deliver(notice: SipDelivery, pair: string): Promise<SipOutcome | undefined>;
}

interface Waiting {
  readonly notice: SenderNotice;
  readonly since: Date;
  isUnderWay: boolean;
}

export class SenderNotices {
  readonly #ports: SenderNoticesPorts;
  readonly #waiting = new Map<string, Waiting>();
  #timer: Timer | undefined;
  #failures = 0;
  #isStopped = false;

  constructor(ports: SenderNoticesPorts) {
    this.#ports = ports;
  }

  /** What an earlier process still had to tell. */
  restore(): void {
    const { state } = this.#ports;
    for (const { key, value } of state.entries('notice')) {
      const read = readNotice(value);
      if (read === undefined) state.write('notice', key, undefined);
      else this.#waiting.set(key, { ...read, isUnderWay: false });
    }
    if (this.#waiting.size > 0) this.#retryIn(firstNoticeRetryMs);
  }

  /** Resolves when the sender has it, or when it is on disk and will be tried again. */
  async tell(notice: SenderNotice): Promise<void> {
    const { clock, ids, state } = this.#ports;
    const id = ids.token(64);
    const since = clock.wallTime();
    if (this.#waiting.size >= maxNotices) this.#giveUpOldest();
    this.#waiting.set(id, { notice, since, isUnderWay: false });
    state.write('notice', id, noticeRecord(notice, since));
    await this.#try(id);
  }

  /** The user has registered, or shown otherwise that he is there. */
  userIsBack(aor: string): void {
    for (const [id, { notice }] of this.#waiting) if (notice.to === aor) void this.#try(id);
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** What is not told yet is told by the next process. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #try(id: string): Promise<void> {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || waiting.isUnderWay || this.#isStopped) return;
    waiting.isUnderWay = true;
    const { from, to, headers, body, pair } = waiting.notice;
    const outcome = await this.#ports.deliver({ method: 'MESSAGE', from, to, headers, body }, pair);
    waiting.isUnderWay = false;
    if (outcome !== undefined && outcome.status < 300) {
      this.#failures = 0;
      return this.#forget(id);
    }
    const age = this.#ports.clock.wallTime().getTime() - waiting.since.getTime();
    if (age >= noticeLifetimeMs || isFinal(outcome?.status)) this.#giveUp(id, waiting);
    else this.#retryIn(Math.min(firstNoticeRetryMs * 2 ** this.#failures, maxNoticeRetryMs));
  }

  #retryIn(ms: number): void {
    if (this.#isStopped) return;
    this.#timer ??= this.#ports.clock.after(ms, () => {
      this.#timer = undefined;
      this.#failures += 1;
      for (const id of [...this.#waiting.keys()]) void this.#try(id);
    });
  }

  #giveUpOldest(): void {
    const [oldest] = this.#waiting;
    if (oldest !== undefined) this.#giveUp(...oldest);
  }

  #giveUp(id: string, { notice: { from, to, correlationId } }: Waiting): void {
    const message = `${to} could not be told that a message to ${from} may not have arrived`;
    this.#ports.onEvent({ id: 'SenderNotTold', level: 'error', component: 'sip', message, correlationId });
    this.#forget(id);
  }

  #forget(id: string): void {
    this.#waiting.delete(id);
    this.#ports.state.write('notice', id, undefined);
  }
}

/** Not there, or not now, may be over in a while; any other no is one. Undefined: it was not asked. */
const isFinal = (status = 503): boolean => status < 500 && ![408, 430, 480, 487].includes(status);

const noticeRecord = ({ body, ...notice }: SenderNotice, since: Date): unknown => ({
  ...notice,
  body: body.toString('base64'),
  since: since.toISOString(),
});

function readNotice(value: unknown): Pick<Waiting, 'notice' | 'since'> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const texts = ['from', 'to', 'body', 'correlationId', 'pair'].map((name) => textIn(record, name));
  const [from, to, body, correlationId, pair] = texts;
  const { headers } = record;
  const since = timeIn(record, 'since');
  if (from === undefined || to === undefined || body === undefined || since === undefined) return undefined;
  if (correlationId === undefined || pair === undefined || !isFields(headers)) return undefined;
  return { notice: { from, to, pair, headers, body: Buffer.from(body, 'base64'), correlationId }, since };
}

const isFields = (headers: unknown): headers is readonly HeaderField[] =>
  Array.isArray(headers) &&
  headers.every(
    (field: unknown) => Array.isArray(field) && field.length === 2 && field.every((part) => typeof part === 'string'),
  );
