/** Streams by what they have in common: limits are counted in a group, and not by asking each of a thousand streams. */
import type { InboundStream } from './inbound-stream.ts';

export class StreamGroups {
  readonly #groups = new Map<string, Set<InboundStream>>();
  readonly #keys = new Map<InboundStream, Set<string>>();

  add(key: string, stream: InboundStream): void {
    this.#groups.set(key, (this.#groups.get(key) ?? new Set()).add(stream));
    this.#keys.set(stream, (this.#keys.get(stream) ?? new Set()).add(key));
  }

  of(key: string): ReadonlySet<InboundStream> {
    return this.#groups.get(key) ?? none;
  }

  remove(stream: InboundStream): void {
    for (const key of this.#keys.get(stream) ?? []) {
      const group = this.#groups.get(key);
      group?.delete(stream);
      if (group?.size === 0) this.#groups.delete(key);
    }
    this.#keys.delete(stream);
  }
}

const none: ReadonlySet<InboundStream> = new Set();
