/** Asks authoritative servers whether dialback keys of strangers are theirs, XEP-0220 §2.2: on a connection of its own, before any authentication. */
import type { DomainName } from '../../primitives/domain-name.ts';
import { RateTable } from '../../primitives/rate-table.ts';
import type { Result } from '../../primitives/result.ts';
import type { DialbackElement, DialbackOutcome } from './dialback.ts';
import type { DialFailure } from './outbound-state.ts';
import type { OutboundStream } from './outbound-stream.ts';
import { cancelled, type Dialled, type DialRequest } from './s2s-connector.ts';
import { maxRatedAddresses } from './s2s-limits.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';

export interface VerificationHooks {
  dial(request: DialRequest): Promise<Result<Dialled, DialFailure>>;
  onStream(stream: OutboundStream): void;
  onClosed(stream: OutboundStream): void;
}

type VerificationLimit = 'verifications' | 'verificationsPerMinute';

export class KeyVerification {
  readonly #options: S2sOptions;
  readonly #hooks: VerificationHooks;
  readonly #running = new Set<AbortController>();
  /** By address and domain. */
  readonly #dialled = new RateTable(maxRatedAddresses);

  constructor(options: S2sOptions, hooks: VerificationHooks) {
    this.#options = options;
    this.#hooks = hooks;
  }

  /**
   * Always answers, within the limits of a dial.
   *
   * @param streamId - Of the inbound stream on which the key came.
   * @param peerAddress - Whence it came: who makes us dial a domain too often does not keep others from being verified.
   */
  async verify({ from, to, key }: DialbackElement, streamId: string, peerAddress: string): Promise<DialbackOutcome> {
    const { clock, limits } = this.#options;
    const limit = this.#limitReached(from, peerAddress);
    if (limit !== undefined) return this.#refuse(limit, peerAddress);
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

  #limitReached(target: DomainName, peerAddress: string): VerificationLimit | undefined {
    const { clock, limits } = this.#options;
    if (this.#running.size >= limits.verifications) return 'verifications';
    const rate = { perSecond: limits.verificationsPerMinute / 60, burst: limits.verificationsPerMinute };
    const isTaken = this.#dialled.take(`${peerAddress} ${target}`, rate, clock.now());
    return isTaken ? undefined : 'verificationsPerMinute';
  }

  #refuse(limit: VerificationLimit, peerAddress: string): DialbackOutcome {
    const { limits } = this.#options;
    const reason = `has more dialback keys verified than it may (${limit} ${limits[limit]})`;
    this.#options.onEvent({ type: 'limit-reached', limit, subject: peerAddress, times: 1, reason });
    return { type: 'error', condition: 'resource-constraint', text: 'Too many keys are being verified.' };
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
