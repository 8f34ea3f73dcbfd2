/** XMPP messages by the thousand: made before the clock starts, and counted without being parsed. */

/** What people write, and what the rivals were measured with. */
export const usualBodyBytes = 160;

export interface Corpus {
  readonly messages: number;
  /** Characters of each body. */
  readonly bodyBytes: number;
  /** Each pair of sender and recipient is one conversation, whose messages go one after the other. */
  readonly conversations: number;
  readonly fromDomain: string;
  readonly toDomain: string;
}

/** One message to a line, in chunks of about 16 KiB. */
export function chunksOf(corpus: Corpus): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let chunk = '';
  for (let number = 0; number < corpus.messages; number += 1) {
    chunk += `${messageOf(corpus, number)}\n`;
    if (chunk.length < 16_384) continue;
    chunks.push(Buffer.from(chunk));
    chunk = '';
  }
  return chunk === '' ? chunks : [...chunks, Buffer.from(chunk)];
}

/** @param mark - Stands at the beginning of the body. */
export function messageOf(
  { bodyBytes, conversations, fromDomain, toDomain }: Corpus,
  number: number,
  mark = '',
): string {
  const user = number % conversations;
  const body = mark.padEnd(bodyBytes, 'Shall we meet at three in the usual place? ');
  return `<message from='bob${user}@${fromDomain}/desk' to='alice${user}@${toDomain}' type='chat' id='m${number}'><body>${body}</body></message>`;
}

/** How often `needle` is in what was fed, over the borders of chunks too. */
export class Occurrences {
  readonly #needle: Buffer;
  #tail = Buffer.alloc(0);
  count = 0;

  constructor(needle: string) {
    this.#needle = Buffer.from(needle);
  }

  feed(chunk: Buffer): number {
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    const before = this.count;
    let from = 0;
    for (let at = bytes.indexOf(this.#needle); at !== -1; at = bytes.indexOf(this.#needle, from)) {
      this.count += 1;
      from = at + this.#needle.length;
    }
    this.#tail = Buffer.from(bytes.subarray(Math.max(from, bytes.length - this.#needle.length + 1)));
    return this.count - before;
  }
}
