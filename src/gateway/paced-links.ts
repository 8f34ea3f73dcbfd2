/** The same act on many links, some at a time, so that the queues of the streams keep room for everything else. */

/** Acts under way at one time. Source: own choice; a twentieth of what the queue of one domain pair takes. */
const atOnce = 50;

export class PacedLinks<Link extends object> {
  readonly #act: (link: Link) => Promise<void> | undefined;
  /** Each link once, however often it was added. */
  readonly #waiting = new Set<Link>();
  #underWay = 0;

  /** @param act - Resolves when the next link may have its turn; undefined: at once. */
  constructor(act: (link: Link) => Promise<void> | undefined) {
    this.#act = act;
  }

  add(links: Iterable<Link>): void {
    for (const link of links) this.#waiting.add(link);
    this.#goOn();
  }

  clear(): void {
    this.#waiting.clear();
  }

  #goOn(): void {
    for (const link of this.#waiting) {
      if (this.#underWay >= atOnce) return;
      this.#waiting.delete(link);
      const acting = this.#act(link);
      if (acting === undefined) continue;
      this.#underWay += 1;
      void acting.finally(() => {
        this.#underWay -= 1;
        this.#goOn();
      });
    }
  }
}
