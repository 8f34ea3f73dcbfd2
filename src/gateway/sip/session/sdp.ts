/**
 * The little of SDP that an IM session needs: which media are offered, by which protocol, and the types of text they take
 * [RFC 4566 §5; MS-CONFIM as seen from pidgin-sipe 1.25]. Every other line is skipped, every size is bounded.
 */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { maxSdpBytes, maxSdpLines, maxSdpMedia } from '../limits.ts';

export const sdpType = 'application/sdp';

/** One `m=` line. */
export interface SdpMedia {
  /** `message`, `x-ms-message`, `audio` ... as written. */
  readonly name: string;
  /** 0: offered but not wanted, or refused. */
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** Media types of `a=accept-types`, lower case; empty when the line is missing. */
  readonly acceptTypes: readonly string[];
}

/** @returns The media in their order. Refusal: one clause. */
export function parseSdp(body: Buffer): Result<readonly SdpMedia[], string> {
  if (body.length > maxSdpBytes) return refuse('the session description is too long');
  const lines = body
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  if (lines[0] !== 'v=0') return refuse('a session description begins with v=0');
  if (lines.length > maxSdpLines) return refuse('the session description has too many lines');
  const media: SdpMedia[] = [];
  for (const line of lines) {
    if (!/^[a-z]=/.test(line)) return refuse('a line is not a letter, "=" and a value');
    const problem = take(line, media);
    if (problem !== undefined) return refuse(problem);
  }
  return ok(media);
}

function take(line: string, media: SdpMedia[]): string | undefined {
  if (line.startsWith('m=')) {
    const medium = mediumOf(line.slice(2));
    if (medium === undefined) return 'a medium is not a name, a port and a protocol';
    if (media.length >= maxSdpMedia) return 'the session description has too many media';
    media.push(medium);
    return undefined;
  }
  const last = media.at(-1);
  if (last !== undefined && line.startsWith(acceptTypes)) {
    const types = words(line.slice(acceptTypes.length)).map((type) => type.toLowerCase());
    media[media.length - 1] = { ...last, acceptTypes: types };
  }
  return undefined;
}

const acceptTypes = 'a=accept-types:';
const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

function mediumOf(value: string): SdpMedia | undefined {
  const [name, ports = '', protocol, ...formats] = words(value);
  const port = /^([0-9]{1,5})(?:\/[0-9]{1,5})?$/.exec(ports)?.[1];
  if (name === undefined || port === undefined || protocol === undefined || Number(port) > 65_535) return undefined;
  return { name, port: Number(port), protocol, formats, acceptTypes: [] };
}

/** @param host - The address of our side, IPv6 without brackets; it is of no use to anybody, since messages go by SIP. */
export function printSdp(host: string, media: readonly SdpMedia[]): Buffer {
  const address = `IN ${host.includes(':') ? 'IP6' : 'IP4'} ${host}`;
  const lines = ['v=0', `o=- 0 0 ${address}`, 's=session', `c=${address}`, 't=0 0', ...media.flatMap(mediaLines)];
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'utf8');
}

function mediaLines({ name, port, protocol, formats, acceptTypes: types }: SdpMedia): string[] {
  const line = `m=${[name, port, protocol, ...formats].join(' ')}`;
  return types.length === 0 ? [line] : [line, `${acceptTypes}${types.join(' ')}`];
}
