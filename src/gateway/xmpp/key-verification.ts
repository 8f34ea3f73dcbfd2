/** Asks authoritative servers whether dialback keys of strangers are theirs, XEP-0220 §2.2: on a connection of its own, before any authentication. */
import type { Result } from '../../primitives/result.ts';
import type { DialbackElement, DialbackOutcome } from './dialback.ts';
import type { DialFailure } from './outbound-state.ts';
import type { OutboundStream } from './outbound-stream.ts';
import { cancelled, type Dialled, type DialRequest } from './s2s-connector.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';

export interface VerificationHooks {
  dial(request: DialRequest): Promise<Result<Dialled, DialFailure>>;
  onStream(stream: OutboundStream): void;
  onClosed(stream: OutboundStream): void;
}

export class KeyVerification {
  readonly #options: S2sOptions;
  readonly #hooks: VerificationHooks;
  readonly #running = new Set<AbortController>();

  constructor(options: S2sOptions, hooks: VerificationHooks) {
    this.#options = options;
    this.#hooks = hooks;
  }

  /** Always answers, within the limits of a dial. @param streamId - Of the inbound stream on which the key came. */
  async verify({ from, to, key }: DialbackElement, streamId: string): Promise<DialbackOutcome> {
    const { clock, limits } = this.#options;
    if (this.#running.size >= limits.verifications)
      return { type: 'error', condition: 'resource-constraint', text: 'Too many keys are being verified.' };
    const controller = new AbortController();
    this.#running.add(controller);
    const deadline = clock.after(limits.deliveryMs, () => controller.abort());
    const dialled = await this.#hooks.dial({
      pair: { local: to, remote: from },
      purpose: { type: 'verify', id: streamId, key: key.trim() },
      signal: controller.signal,
      onStream: (stream) => this.#hooks.onStream(stream),
      onEnding: () => undefined,
      onClosed: (stream) => this.#hooks.onClosed(stream),
    });
    deadline.cancel();
    this.#running.delete(controller);
    if (dialled.ok) return 'outcome' in dialled.value ? dialled.value.outcome : { type: 'invalid' };
    return {
      type: 'error',
      condition: conditionOf(dialled.error),
      text: 'The authoritative server could not be asked.',
    };
  }

  /** Ends what is under way. */
  stop(): void {
    for (const controller of this.#running) controller.abort(cancelled);
  }
}

/** What dialback calls the failures of a dial [XEP-0220 §2.5]. */
function conditionOf({ step, condition }: DialFailure): StanzaErrorCondition {
  if (step === 'certificate' || step === 'policy') return 'not-authorized';
  return condition;
}
