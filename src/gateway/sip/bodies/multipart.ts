/** The parts of a multipart body [RFC 2046 §5.1.1]: found by their boundary in one pass. Preamble and epilogue say nothing. */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { unquote } from '../scan.ts';
import { type BodyPart, parseEntity } from './body-part.ts';

/** Source: own choice; clients send two, a text and its formatted form. */
const maxParts = 16;

/** Characters. Source: RFC 2046 §5.1.1. */
const maxBoundaryLength = 70;

/** @returns A refusal when the boundary is missing, no delimiter ends the body, or a part cannot be read. */
export function parseMultipart({ parameters, content }: BodyPart): Result<readonly BodyPart[], string> {
  const boundary = unquote(parameters.get('boundary') ?? '');
  if (boundary === '' || boundary.length > maxBoundaryLength) return refuse('the boundary is missing or too long');
  const sections = sectionsOf(Buffer.concat([Buffer.from('\r\n'), content]), Buffer.from(`\r\n--${boundary}`));
  if (!sections.ok) return sections;
  const parts: BodyPart[] = [];
  for (const section of sections.value) {
    const part = parseEntity(section);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return ok(parts);
}

function sectionsOf(bytes: Buffer, delimiter: Buffer): Result<readonly Buffer[], string> {
  const sections: Buffer[] = [];
  let start: number | undefined;
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, at + delimiter.length)) {
    const after = at + delimiter.length;
    const lineEnd = bytes.indexOf('\r\n', after);
    const line = bytes.toString('latin1', after, lineEnd < 0 ? bytes.length : Math.min(lineEnd, after + maxPadding));
    // A longer boundary that begins like this one belongs to a multipart inside.
    if (!/^(?:--)?[ \t]*$/.test(line)) continue;
    if (start !== undefined) sections.push(bytes.subarray(start, at));
    if (line.startsWith('--')) return ok(sections);
    if (sections.length >= maxParts) return refuse(`there are more than ${maxParts} parts`);
    if (lineEnd < 0) break;
    start = lineEnd + 2;
  }
  return refuse('no delimiter ends the body');
}

/** White space behind a boundary that is looked at. */
const maxPadding = 16;
