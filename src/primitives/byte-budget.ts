/** Bytes that may be kept in one place, within those that may be kept in all places together. */
export class ByteBudget {
  readonly #most: () => number;
  readonly #whole: ByteBudget | undefined;
  #kept = 0;

  /** @param most - Asked each time: the limit may change. @param whole - What this budget is a part of. */
  constructor(most: () => number, whole?: ByteBudget) {
    this.#most = most;
    this.#whole = whole;
  }

  get kept(): number {
    return this.#kept;
  }

  /** Whether so many more may be kept; nothing is kept by asking. */
  hasRoomFor(bytes: number): boolean {
    return this.#kept + bytes <= this.#most() && (this.#whole?.hasRoomFor(bytes) ?? true);
  }

  /** Counts bytes as kept, whether there is room or not. A negative number gives some back. */
  add(bytes: number): void {
    this.#kept += bytes;
    this.#whole?.add(bytes);
  }
}
