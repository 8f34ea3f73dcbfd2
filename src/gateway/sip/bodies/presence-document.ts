/** A presence document in any of the formats that servers and clients send, read into the one form the gateway works with. */
import { type Result, refuse } from '../../../primitives/result.ts';
import { msrtcCategoriesType, parseMsrtcCategories } from './msrtc-categories.ts';
import { msrtcPidfType, parseMsrtcPidf } from './msrtc-pidf.ts';
import { type Pidf, pidfType } from './pidf.ts';
import { parsePidf } from './pidf-reader.ts';

const readers: ReadonlyMap<string, (body: Uint8Array) => Result<Pidf, string>> = new Map([
  [pidfType, parsePidf],
  [msrtcPidfType, parseMsrtcPidf],
  [msrtcCategoriesType, parseMsrtcCategories],
]);

/** As an Accept header says them. The order is ours: servers of Microsoft choose by their own. */
export const presenceDocumentTypes = [...readers.keys()].join(', ');

/** @param mediaType - Lower case, without parameters. */
export function parsePresenceDocument(mediaType: string, body: Uint8Array): Result<Pidf, string> {
  const reader = readers.get(mediaType);
  return reader === undefined ? refuse(`${mediaType} is no presence document`) : reader(body);
}
