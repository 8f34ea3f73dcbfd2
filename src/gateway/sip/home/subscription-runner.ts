/** Performs the effects of subscription-machine.ts for one dialog: sends its NOTIFYs and keeps its timers. */
import type { Clock, Timer } from '../../../primitives/clock.ts';
import { type Dialog, nextRequest } from '../dialog.ts';
import type { HeaderField } from '../headers.ts';
import type { FinalResponse, SipEndpoint } from '../sip-endpoint.ts';
import type { Destination } from '../transport.ts';
import type { EventPackage } from './event-package.ts';
import { type Effect, type Event, newSubscription, type Subscription, step } from './subscription-machine.ts';

export interface SubscriptionSetup<State> {
  readonly clock: Clock;
  readonly endpoint: Pick<SipEndpoint, 'request'>;
  readonly package: EventPackage<State>;
  /** Of all its bodies; one of the package. */
  readonly contentType: string;
  readonly dialog: Dialog;
  readonly destination: Destination;
  /** Values of these headers in each NOTIFY. */
  readonly contact: string;
  readonly event: string;
  readonly isFetch: boolean;
  onRemoved(): void;
}

export interface RunningSubscription<State> {
  dialog(): Dialog;
  state(): Subscription<State>;
  feed(event: Event<State>): void;
  /** The watcher has sent a request in the dialog, perhaps from a new connection or a new address behind its NAT. */
  moveTo(dialog: Dialog, destination: Destination): void;
  stop(): void;
}

/** A NOTIFY refused with one of these ends the subscription [RFC 6665 §4.2.2]. */
const endingStatus = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]);

/** So does a watcher that cannot be reached: it subscribes again when it is back. */
const isLost = (outcome: FinalResponse): boolean => !outcome.ok || endingStatus.has(outcome.response.status);

export function runSubscription<State>(setup: SubscriptionSetup<State>): RunningSubscription<State> {
  const { clock, endpoint } = setup;
  const write = setup.package.writer(setup.contentType);
  let { dialog, destination } = setup;
  let state = newSubscription<State>(setup.isFetch);
  let expiry: Timer | undefined;
  let pause: Timer | undefined;

  function feed(event: Event<State>): void {
    const next = step(state, event, clock.now());
    state = next.state;
    for (const effect of next.effects) perform(effect);
  }

  function perform(effect: Effect<State>): void {
    switch (effect.do) {
      case 'notify':
        void notify(effect.state, effect.document);
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

  async function notify(subscriptionState: string, document: State | undefined): Promise<void> {
    const body = document === undefined ? undefined : bodyOf(write(document, clock.wallTime()));
    const next = nextRequest(dialog, 'NOTIFY', notifyFields(setup, subscriptionState, body !== undefined), body);
    dialog = next.dialog;
    feed({ type: 'notify-ended', isLost: isLost(await endpoint.request(next.request, destination)) });
  }

  function stop(): void {
    expiry?.cancel();
    pause?.cancel();
  }

  return {
    dialog: () => dialog,
    state: () => state,
    feed,
    moveTo(movedDialog, movedDestination) {
      dialog = movedDialog;
      destination = movedDestination;
    },
    stop,
  };
}

const bodyOf = (text: string): Buffer | undefined => (text === '' ? undefined : Buffer.from(text));

function notifyFields(
  { contact, event, contentType }: SubscriptionSetup<never>,
  state: string,
  hasBody: boolean,
): readonly HeaderField[] {
  const fields: readonly HeaderField[] = [
    ['Contact', contact],
    ['Event', event],
    ['Subscription-State', state],
  ];
  return hasBody ? [...fields, ['Content-Type', contentType]] : fields;
}
