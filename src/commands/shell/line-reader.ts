/**
 * Lines from a terminal, one at a time: between them standard input belongs to whoever asks something there. What was pasted
 * behind a line waits for its turn.
 */
import { createInterface } from 'node:readline';

import type { HostProcess } from '../host/surroundings.ts';

export interface LineRules {
  readonly host: HostProcess;
  /** Lines as they are typed, and no more: a screen reader follows, or the terminal cannot be drawn on. */
  readonly plain: boolean;
  /** @returns The candidates for the end of the line, and that end. */
  complete(line: string): readonly [readonly string[], string];
}

/** `end`: Ctrl-D. `abandoned`: Ctrl-C. */
export type ReadLine = { readonly line: string } | 'end' | 'abandoned';

export class LineReader {
  readonly #rules: LineRules;
  /** Pasted lines that were not asked for yet, and the beginning of one more. */
  readonly #waiting: string[] = [];
  #begun = '';

  constructor(rules: LineRules) {
    this.#rules = rules;
  }

  /** @param history - The newest first. @param signal - Aborts where the terminal, and not the line editor, sees Ctrl-C. */
  async read(prompt: string, history: readonly string[], signal: AbortSignal): Promise<ReadLine> {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      this.#rules.host.stderr.write(`${prompt}${waiting}\n`);
      return { line: waiting };
    }
    return await this.#ask(prompt, history, signal);
  }

  /** Pasted lines behind a fault are not run. */
  forget(): void {
    this.#waiting.length = 0;
    this.#begun = '';
  }

  #ask(prompt: string, history: readonly string[], signal: AbortSignal): Promise<ReadLine> {
    const { host, plain, complete } = this.#rules;
    const lines = createInterface({
      input: host.stdin,
      output: host.stderr,
      terminal: !plain,
      prompt,
      history: [...history],
      historySize: history.length + 1,
      removeHistoryDuplicates: true,
      completer: (line: string) => complete(line).map((each) => each) as [string[], string],
    });
    return new Promise((resolve) => {
      const typed: string[] = [];
      let answer: ReadLine = 'end';
      const abandon = (): void => {
        answer = 'abandoned';
        this.forget();
        lines.close();
      };
      lines.on('line', (line) => {
        typed.push(line);
        // A paste brings all of its lines before anything else happens.
        if (typed.length === 1) setImmediate(() => lines.close());
      });
      lines.on('SIGINT', abandon);
      signal.addEventListener('abort', abandon, { once: true });
      lines.on('close', () => {
        signal.removeEventListener('abort', abandon);
        const [first, ...others] = typed;
        if (first !== undefined) {
          answer = { line: first };
          this.#waiting.push(...others);
          this.#begun = plain ? '' : lines.line;
        } else host.stderr.write('\n');
        resolve(answer);
      });
      lines.prompt();
      if (this.#begun !== '') lines.write(this.#begun);
      this.#begun = '';
    });
  }
}
