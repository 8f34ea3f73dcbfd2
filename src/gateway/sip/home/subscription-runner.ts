/** Performs the effects of subscription-machine.ts for one dialog: sends its NOTIFYs and keeps its timers. */
import type { Clock, Timer } from '../../../primitives/clock.ts';
import { pidfType } from '../bodies/pidf.ts';
import { type Dialog, nextRequest } from '../dialog.ts';
import type { HeaderField } from '../headers.ts';
import type { FinalResponse, SipEndpoint } from '../sip-endpoint.ts';
import type { Destination } from '../transport.ts';
import { type Effect, type Event, newSubscription, type Subscription, step } from './subscription-machine.ts';

export interface SubscriptionSetup {
  readonly clock: Clock;
  readonly endpoint: Pick<SipEndpoint, 'request'>;
  readonly dialog: Dialog;
  readonly destination: Destination;
  /** Values of these headers in each NOTIFY. */
  readonly contact: string;
  readonly event: string;
  readonly isFetch: boolean;
  onRemoved(): void;
}

export interface RunningSubscription {
  readonly dialog: Dialog;
  readonly state: Subscription;
  feed(event: Event): void;
  /** The watcher has sent a request in the dialog, perhaps from a new connection or a new address behind its NAT. */
  moveTo(dialog: Dialog, destination: Destination): void;
  stop(): void;
}

/** A NOTIFY refused with one of these ends the subscription [RFC 6665 §4.2.2]. */
const endingStatus = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]);

/** So does a watcher that cannot be reached: it subscribes again when it is back. */
const isLost = (outcome: FinalResponse): boolean => !outcome.ok || endingStatus.has(outcome.response.status);

export function runSubscription(setup: SubscriptionSetup): RunningSubscription {
  const { clock, endpoint } = setup;
  let { dialog, destination } = setup;
  let state = newSubscription(setup.isFetch);
  let expiry: Timer | undefined;
  let pause: Timer | undefined;

  function feed(event: Event): void {
    const next = step(state, event, clock.now());
    state = next.state;
    for (const effect of next.effects) perform(effect);
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case 'notify':
        void notify(effect.state, effect.pidf);
        return;
      case 'start-expiry':
        expiry?.cancel();
        expiry = clock.after(effect.ms, () => feed({ type: 'expired' }));
        return;
      case 'start-pause':
        pause?.cancel();
        pause = clock.after(effect.ms, () => feed({ type: 'notify-allowed' }));
        return;
      case 'remove':
        stop();
        setup.onRemoved();
    }
  }

  async function notify(subscriptionState: string, pidf: string | undefined): Promise<void> {
    const body = pidf === undefined ? undefined : Buffer.from(pidf);
    const next = nextRequest(dialog, 'NOTIFY', notifyFields(setup, subscriptionState, body !== undefined), body);
    dialog = next.dialog;
    const outcome = await endpoint.request(next.request, destination);
    feed({ type: 'notify-ended', isLost: isLost(outcome) });
  }

  function stop(): void {
    expiry?.cancel();
    pause?.cancel();
  }

  return {
    get dialog() {
      return dialog;
    },
    get state() {
      return state;
    },
    feed,
    moveTo(movedDialog, movedDestination) {
      dialog = movedDialog;
      destination = movedDestination;
    },
    stop,
  };
}

function notifyFields({ contact, event }: SubscriptionSetup, state: string, hasBody: boolean): readonly HeaderField[] {
  const fields: readonly HeaderField[] = [
    ['Contact', contact],
    ['Event', event],
    ['Subscription-State', state],
  ];
  return hasBody ? [...fields, ['Content-Type', pidfType]] : fields;
}
