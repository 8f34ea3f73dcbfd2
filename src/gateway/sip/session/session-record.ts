/** What a session tells whoever keeps the log: that it has opened, that it was refused, and what it was when it ended. Never what was said. */
import type { Clock } from '../../../primitives/clock.ts';
import { isSuccess } from '../status.ts';
import {
  type Answer,
  type Effect,
  type Event,
  endsDialog,
  type ImSessionState,
  type Step,
} from './im-session-machine.ts';
import type { SessionReport } from './session-setup.ts';

interface Surroundings {
  readonly clock: Pick<Clock, 'now' | 'wallTime'>;
  onReport(report: SessionReport): void;
}

/** What is known of a session while it lasts. */
export interface SessionProgress extends Pick<SessionReport, 'ends' | 'callId' | 'openedBy' | 'messages'> {
  /** Since when it is open, or its invitation is under way. */
  readonly since: Date;
  /** When something was last said, or typed. */
  readonly lastActivity: Date;
}

export class SessionRecord {
  readonly #who: Pick<SessionReport, 'ends' | 'callId' | 'openedBy'>;
  readonly #surroundings: Surroundings;
  readonly #begunAt: number;
  #openedAt: number | undefined;
  #activeAt: number;
  #messages = 0;

  constructor(who: Pick<SessionReport, 'ends' | 'callId' | 'openedBy'>, surroundings: Surroundings) {
    this.#who = who;
    this.#surroundings = surroundings;
    this.#begunAt = surroundings.clock.now();
    this.#activeAt = this.#begunAt;
  }

  get progress(): SessionProgress {
    const { clock } = this.#surroundings;
    const wallTimeOf = (moment: number): Date => new Date(clock.wallTime().getTime() - (clock.now() - moment));
    const times = { since: wallTimeOf(this.#openedAt ?? this.#begunAt), lastActivity: wallTimeOf(this.#activeAt) };
    return { ...this.#who, ...times, messages: this.#messages };
  }

  /** One that the user asked for is open from the beginning. */
  opened(): void {
    this.#openedAt = this.#surroundings.clock.now();
    this.#report('opened');
  }

  /** @param before - The state in which the event met it. */
  stepped(before: ImSessionState, event: Event, { state, effects }: Step): void {
    if (isActivity(event)) this.#activeAt = this.#surroundings.clock.now();
    this.#messages += effects.filter(isCrossing).length + (isHeard(before, event) ? 1 : 0);
    const isTaken = before.phase === 'inviting' && event.type === 'invite-answered' && isSuccess(event.answer.status);
    if (isTaken) this.opened();
    if (isOver(before) || !isOver(state)) return;
    const wasOpen = isTaken || before.phase === 'established';
    this.#report(
      wasOpen ? 'ended' : 'refused',
      wasOpen || event.type !== 'timer' ? reasonOf(event) : 'nobody answered',
    );
  }

  #report(what: SessionReport['what'], reason = ''): void {
    const duration = this.#surroundings.clock.now() - (this.#openedAt ?? this.#surroundings.clock.now());
    this.#surroundings.onReport({ ...this.#who, what, duration, messages: this.#messages, reason });
  }
}

const isHeard = ({ phase }: ImSessionState, event: Event): boolean =>
  event.type === 'heard' && event.what === 'message' && phase === 'established';

const isActivity = ({ type }: Event): boolean => type === 'submitted' || type === 'heard' || type === 'item-answered';

const isOver = ({ phase }: ImSessionState): boolean => phase === 'cancelling' || phase === 'ended';

const isCrossing = (effect: Effect): boolean =>
  effect.do === 'deliver-first' ||
  (effect.do === 'settle' && effect.item.kind === 'message' && isSuccess(effect.answer.status));

function reasonOf(event: Event): string {
  switch (event.type) {
    case 'bye-received':
      return 'the user has left';
    case 'ack-missing':
      return 'the user did not acknowledge it';
    case 'timer':
      return 'nothing was said';
    case 'unrefreshed':
      return 'the user did not refresh it';
    case 'refresh-failed':
      return 'the user did not take its refresh';
    case 'close':
      return 'the gateway stops';
    case 'invite-answered':
      return isSuccess(event.answer.status) ? contactLeft : answered(event.answer);
    case 'item-answered':
      return endsDialog(event.answer.status) ? answered(event.answer) : contactLeft;
    default:
      return contactLeft;
  }
}

const answered = ({ status, reason }: Answer): string => `${status} ${reason}`;
const contactLeft = 'the contact has left';
