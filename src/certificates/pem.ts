/** PEM (RFC 7468): blocks out of text in one pass, and DER into blocks. Text between blocks is allowed, broken blocks are not. */
import { ok, type Result, refuse } from '../primitives/result.ts';

export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, `NEW CERTIFICATE REQUEST`. */
  readonly label: string;
  readonly der: Buffer;
  /** `Proc-Type: 4,ENCRYPTED` and `DEK-Info: ...`, where the block has them: then `der` is not DER yet. [RFC 1421 §4.6] */
  readonly headers?: readonly string[];
}

const begin = /^-----BEGIN ([A-Z0-9 ]{1,64})-----$/;

/** @returns All blocks in order, possibly none; or which block is broken. */
export function readPem(text: string): Result<readonly PemBlock[], string> {
  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly lines: string[] } | undefined;
  for (const line of text.split(/\r\n|\r|\n/).map((raw) => raw.trim())) {
    const label = begin.exec(line)?.[1];
    if (label !== undefined) open = { label, lines: [] };
    else if (open !== undefined && line === `-----END ${open.label}-----`) {
      const block = readBlock(open.label, open.lines);
      if (block === undefined) return refuse(`The ${open.label} block is not base64.`);
      blocks.push(block);
      open = undefined;
    } else open?.lines.push(line);
  }
  return open === undefined ? ok(blocks) : refuse(`The ${open.label} block has no end.`);
}

/** Headers end with an empty line; base64 has no colon. */
function readBlock(label: string, lines: readonly string[]): PemBlock | undefined {
  const hasHeaders = lines[0]?.includes(':') === true;
  const headers = hasHeaders ? lines.slice(0, lines.indexOf('')) : [];
  const der = readBase64(lines.slice(headers.length).join(''));
  if (der === undefined) return undefined;
  return hasHeaders ? { label, der, headers } : { label, der };
}

/** @returns undefined for anything but padded base64 without white space, and for the empty text. */
export function readBase64(text: string): Buffer | undefined {
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

/** Lines of 64 characters, as OpenSSL, GnuTLS and Windows write them. [RFC 7468 §2] */
export function printPem(label: string, der: Uint8Array, lineEnd: '\n' | '\r\n' = '\n'): string {
  const body =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`, ''].join(lineEnd);
}

export const printCertificates = (ders: readonly Buffer[]): string =>
  ders.map((der) => printPem('CERTIFICATE', der)).join('');
