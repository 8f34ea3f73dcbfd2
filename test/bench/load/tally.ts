/** What became of each message of a long run: it arrived, its sender was told, or nobody knows. Keeps only what is under way. */
export class Tally {
  /** By number: when it was sent, in milliseconds. */
  readonly #underWay = new Map<number, number>();
  readonly #onLatency: (ms: number) => void;
  #sent = 0;
  arrived = 0;
  /** Refused, or known by its own server not to have been taken. */
  told = 0;
  /** Came again, or although its sender was told. */
  again = 0;

  constructor(onLatency: (ms: number) => void) {
    this.#onLatency = onLatency;
  }

  /** @returns The number of the next message. */
  send(): number {
    this.#sent += 1;
    this.#underWay.set(this.#sent, performance.now());
    return this.#sent;
  }

  arrive(number: number): void {
    const since = this.#underWay.get(number);
    if (since === undefined) {
      this.again += 1;
      return;
    }
    this.#underWay.delete(number);
    this.arrived += 1;
    this.#onLatency(performance.now() - since);
  }

  tell(number: number): void {
    if (this.#underWay.delete(number)) this.told += 1;
  }

  get sent(): number {
    return this.#sent;
  }

  get underWay(): number {
    return this.#underWay.size;
  }
}
