/**
 * What is under way, by key: a table whose entries come and go thousands of times a second. It refuses nothing and keeps no order.
 *
 * It is no Map, because a table of V8 that a Map has given up points to the one after it, with the entries that were in it then:
 * when one of them has grown old, all that follow grow old behind it, and with them every message that was under way. A
 * dictionary has no such chain.
 */
export class UnderWay<Value> {
  /** Without a prototype: a key may be any text of a stranger. */
  readonly #entries = Object.create(null) as Record<string, Value>;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    return this.#entries[key];
  }

  set(key: string, value: Value): void {
    if (!(key in this.#entries)) this.#size += 1;
    this.#entries[key] = value;
  }

  delete(key: string): void {
    if (!(key in this.#entries)) return;
    this.#size -= 1;
    delete this.#entries[key];
  }

  /** As they are now: whoever walks through them may delete. */
  entries(): readonly (readonly [string, Value])[] {
    return Object.entries(this.#entries);
  }

  values(): readonly Value[] {
    return Object.values(this.#entries);
  }
}
