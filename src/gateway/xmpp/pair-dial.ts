/** The dial for the stanzas of one domain pair: one at a time, within `deliveryMs`. */
import type { Result } from '../../primitives/result.ts';
import type { DialFailure } from './outbound-state.ts';
import type { OutboundStream } from './outbound-stream.ts';
import { cancelled, type Dialled, type DialRequest } from './s2s-connector.ts';
import type { S2sOptions } from './s2s-options.ts';

type Dial = (request: DialRequest) => Promise<Result<Dialled, DialFailure>>;

export class PairDial {
  readonly #options: Pick<S2sOptions, 'clock' | 'limits'>;
  readonly #dial: Dial;
  #controller: AbortController | undefined;
  #isConnected = false;

  constructor(options: Pick<S2sOptions, 'clock' | 'limits'>, dial: Dial) {
    this.#options = options;
    this.#dial = dial;
  }

  get isRunning(): boolean {
    return this.#controller !== undefined;
  }

  /** @returns What came of it; nothing when it was cancelled before anything did. */
  async start(request: Omit<DialRequest, 'signal' | 'purpose'>): Promise<Result<Dialled, DialFailure> | undefined> {
    const { clock, limits } = this.#options;
    const controller = new AbortController();
    this.#controller = controller;
    this.#isConnected = false;
    const deadline = clock.after(limits.deliveryMs, () => controller.abort());
    const onStream = (stream: OutboundStream): void => {
      this.#isConnected = true;
      request.onStream(stream);
    };
    const dialled = await this.#dial({
      ...request,
      purpose: { type: 'stanzas' },
      signal: controller.signal,
      onStream,
    });
    deadline.cancel();
    this.#controller = undefined;
    return !dialled.ok && controller.signal.reason === cancelled ? undefined : dialled;
  }

  cancel(): void {
    this.#controller?.abort(cancelled);
  }

  /** A stream that is being negotiated goes on: the peer may be about to send on it. */
  cancelUnlessConnected(): void {
    if (!this.#isConnected) this.cancel();
  }
}
