/**
 * What a PUBLISH does to the publications of its user [RFC 3903 §6], as a pure function. Who may publish for whom has been
 * decided before.
 */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { type Pidf, pidfType } from '../bodies/pidf.ts';
import { parsePidf } from '../bodies/pidf-reader.ts';
import type { HeaderField } from '../headers.ts';
import type { SipRequest } from '../message.ts';
import { isOfEvent, mediaTypeOf } from './event-package.ts';
import { type Expiring, withRoom } from './expiring-table.ts';
import { expirySeconds, type Intervals } from './expiry.ts';
import { presenceEvent } from './presence-package.ts';

/** Seconds. Source: RFC 3903 leaves them to local policy; 3600 is the default of RFC 3856 §6.4 for subscriptions. */
const publicationIntervals: Intervals = { min: 60, default: 3600, max: 7200 };

/** Publications of one user, one a device. When one more comes, the one that expires first makes room. Source: own choice. */
export const maxPublications = 10;

export interface Publication extends Expiring {
  readonly entityTag: string;
  readonly document: Pidf;
  /** Who published it, as far as the network shows: two publications of one device differ in nothing else. */
  readonly device: string;
}

export interface PublishRefusal {
  readonly status: 400 | 412 | 415 | 423 | 489;
  readonly reason?: string | undefined;
  readonly headers?: readonly HeaderField[] | undefined;
}

export interface Published {
  /** Newest first. */
  readonly publications: readonly Publication[];
  /** Headers of the 200. */
  readonly headers: readonly HeaderField[];
}

export interface PublishEvent {
  readonly request: SipRequest;
  /** Milliseconds on the clock's monotonic scale. */
  readonly now: number;
  /** The entity-tag this request will get when it succeeds; never used before [RFC 3903 §6 step 6]. */
  readonly entityTag: string;
  readonly device: string;
}

type Publish = Result<Published, PublishRefusal>;

/** Steps 2 to 6 in their order. */
export function publish(current: readonly Publication[], event: PublishEvent): Publish {
  const { request, now, entityTag, device } = event;
  if (!isOfEvent(request, presenceEvent)) return refuse({ status: 489, headers: [['Allow-Events', presenceEvent]] });
  const match = matching(current, request);
  if (!match.ok) return match;
  const seconds = expirySeconds(request.headers.get('Expires'), publicationIntervals);
  if (!seconds.ok) return refuse({ status: 423, headers: [['Min-Expires', String(seconds.error)]] });
  const document = documentOf(request, match.value);
  if (!document.ok) return document;

  const replaced = match.value ?? forgottenBy({ device, document: document.value }, current);
  const others = current.filter((publication) => publication !== replaced);
  const publications =
    seconds.value === 0
      ? others
      : [
          { entityTag, device, document: document.value, expiresAt: now + seconds.value * 1000 },
          ...withRoom(others, maxPublications),
        ];
  const headers: HeaderField[] = [
    ['SIP-ETag', entityTag],
    ['Expires', String(seconds.value)],
  ];
  return ok({ publications, headers });
}

function matching(
  current: readonly Publication[],
  request: SipRequest,
): Result<Publication | undefined, PublishRefusal> {
  const tags = request.headers.getAll('SIP-If-Match').map((tag) => tag.trim());
  const [tag, ...others] = tags;
  if (tag === undefined) return ok(undefined);
  if (others.length > 0 || /[\s,]/.test(tag)) return refuse({ status: 400, reason: 'More Than One SIP-If-Match' });
  const publication = current.find(({ entityTag }) => entityTag === tag);
  return publication === undefined ? refuse({ status: 412 }) : ok(publication);
}

/**
 * What a device said before under a tag that it no longer knows. baresip publishes twice when it starts, before it has the first
 * tag, and would be online until the one it forgot expires; a device that lost its power has forgotten its tag too.
 */
const forgottenBy = (
  { device, document }: Pick<Publication, 'device' | 'document'>,
  current: readonly Publication[],
): Publication | undefined =>
  current.find((publication) => publication.device === device && tupleIds(publication.document) === tupleIds(document));

const tupleIds = ({ tuples }: Pidf): string => JSON.stringify(tuples.map(({ id }) => id).toSorted());

/** A request with an entity-tag and without a body keeps what it published before. */
function documentOf(request: SipRequest, match: Publication | undefined): Result<Pidf, PublishRefusal> {
  if (request.body.length === 0) {
    return match === undefined ? refuse({ status: 400, reason: 'Nothing To Publish' }) : ok(match.document);
  }
  if (mediaTypeOf(request) !== pidfType) return refuse({ status: 415, headers: [['Accept', pidfType]] });
  const document = parsePidf(request.body);
  return document.ok ? document : refuse({ status: 400, reason: 'Bad Presence Document' });
}
