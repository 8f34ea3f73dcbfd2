/** States that replace each other: while one is on its way to somebody, of those that follow only the newest waits. */

export class LatestState<Receiver extends object> {
  readonly #busy = new Map<Receiver, { next?: () => Promise<void>; readonly done: Promise<void> }>();

  /** @param send - Sends what is the state then; resolves when it has arrived, or can not. @returns When the newest one has. */
  send(receiver: Receiver, send: () => Promise<void>): Promise<void> {
    const busy = this.#busy.get(receiver);
    if (busy !== undefined) {
      busy.next = send;
      return busy.done;
    }
    const entry: { next?: () => Promise<void>; readonly done: Promise<void> } = {
      done: send().then(() => {
        this.#busy.delete(receiver);
        return entry.next === undefined ? undefined : this.send(receiver, entry.next);
      }),
    };
    this.#busy.set(receiver, entry);
    return entry.done;
  }
}
