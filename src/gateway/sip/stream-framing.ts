/**
 * Messages out of a byte stream [RFC 3261 §18.3]: Content-Length is mandatory, line ends between messages are keep-alives
 * [RFC 5626 §4.4.1]. Keeps at most one message; cost is linear in the bytes, however they are cut into chunks.
 */
import type { Result } from '../../primitives/result.ts';
import { type Head, parseHead } from './head-parser.ts';
import { maxHeaderSectionBytes } from './limits.ts';
import type { SipMessage } from './message.ts';
import { completeMessage, contentLength, type ParseFailure, withRequest } from './message-parser.ts';

export type Frame =
  | { readonly type: 'message'; readonly message: Result<SipMessage, ParseFailure> }
  /** Double CRLF: the peer wants one CRLF back. */
  | { readonly type: 'ping' }
  /** The one CRLF that answers a ping of ours. */
  | { readonly type: 'pong' }
  /** The end of this message cannot be known; nothing after it can be read. */
  | { readonly type: 'broken'; readonly failure: ParseFailure };

const CR = 0x0d;
const LF = 0x0a;
const initialCapacity = 4096;
const noLength = { status: 400, reason: 'Content-Length is missing.' };

export class StreamFramer {
  #buffer = Buffer.allocUnsafe(initialCapacity);
  #start = 0;
  #end = 0;
  /** Up to here no end of the header section was found. */
  #scanned = 0;
  #lineEnds = 0;
  #expectsPong = false;
  #head: { readonly head: Head; readonly length: number } | undefined;
  #broken = false;

  /** Whether the beginning of a message is waiting for its end. */
  get isInsideMessage(): boolean {
    return this.#head !== undefined || this.#end > this.#start;
  }

  /** We have sent a ping: the next CRLF between messages is its answer. */
  expectPong(): void {
    this.#expectsPong = true;
  }

  push(chunk: Buffer): readonly Frame[] {
    const frames: Frame[] = [];
    if (this.#broken) return frames;
    this.#append(chunk);
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      if (frame.type === 'broken') this.#broken = true;
      frames.push(frame);
      if (this.#broken) break;
    }
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#head === undefined) {
      const keepAlive = this.#takeLineEnds();
      if (keepAlive !== undefined) return keepAlive;
      const broken = this.#readHead();
      if (broken !== undefined) return broken;
    }
    return this.#takeMessage();
  }

  #takeLineEnds(): Frame | undefined {
    while (this.#end - this.#start >= 2 && this.#buffer[this.#start] === CR && this.#buffer[this.#start + 1] === LF) {
      this.#start += 2;
      if (this.#expectsPong) {
        this.#expectsPong = false;
        return { type: 'pong' };
      }
      this.#lineEnds += 1;
      if (this.#lineEnds === 2) {
        this.#lineEnds = 0;
        return { type: 'ping' };
      }
    }
    return undefined;
  }

  #readHead(): Frame | undefined {
    const size = this.#end - this.#start;
    if (size === 0 || (size === 1 && this.#buffer[this.#start] === CR)) return undefined;
    this.#lineEnds = 0;
    if (!isStartOfMessage(this.#buffer[this.#start] ?? 0)) return broken(400, 'The bytes are not SIP.');
    const from = Math.max(this.#start, this.#scanned - 3);
    const end = this.#buffer.subarray(0, this.#end).indexOf('\r\n\r\n', from);
    this.#scanned = this.#end;
    if ((end < 0 ? size : end - this.#start) > maxHeaderSectionBytes)
      return broken(400, 'The header section is too long.');
    if (end < 0) return undefined;
    const head = parseHead(this.#buffer.subarray(this.#start, end));
    this.#start = end + 4;
    const length = contentLength(head.headers);
    if (length.ok && length.value !== undefined) this.#head = { head, length: length.value };
    else return { type: 'broken', failure: withRequest(head, length.ok ? noLength : length.error) };
    return undefined;
  }

  #takeMessage(): Frame | undefined {
    if (this.#head === undefined || this.#end - this.#start < this.#head.length) return undefined;
    const { head, length } = this.#head;
    // A copy: the buffer is used again, and messages outlive it.
    const body = Buffer.from(this.#buffer.subarray(this.#start, this.#start + length));
    this.#start += length;
    this.#scanned = this.#start;
    this.#head = undefined;
    return { type: 'message', message: completeMessage(head, body) };
  }

  #append(chunk: Buffer): void {
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
      this.#scanned = 0;
    }
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  #makeRoom(bytes: number): void {
    const kept = this.#end - this.#start;
    const target = Buffer.allocUnsafe(Math.max(initialCapacity, 2 * (kept + bytes)));
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#scanned = Math.max(0, this.#scanned - this.#start);
    this.#start = 0;
    this.#end = kept;
  }
}

/** A method or `SIP/2.0` starts with a token character; anything else (TLS, binary noise) is refused at its first byte. */
const isStartOfMessage = (byte: number): boolean => byte > 0x20 && byte < 0x7f;

const broken = (status: number, reason: string): Frame => ({ type: 'broken', failure: { status, reason } });
