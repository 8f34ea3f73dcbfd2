/** Orders, authorizations and challenges as an ACME server shows them, read strictly. [RFC 8555 §7.1.3 - §7.1.5, §8] */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { httpsUrl, isJsonObject, type JsonObject, listOf, objectOf, textOf, urlOf, wordOf } from './acme-json.ts';
import { type Problem, readProblem } from './problem-document.ts';

const orderStatuses = ['pending', 'ready', 'processing', 'valid', 'invalid'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export interface AcmeOrder {
  readonly status: OrderStatus;
  readonly authorizations: readonly URL[];
  readonly finalize: URL;
  /** There when the order is valid. */
  readonly certificate: URL | undefined;
  readonly error: Problem | undefined;
}

const authorizationStatuses = ['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked'] as const;

export interface AcmeAuthorization {
  readonly status: (typeof authorizationStatuses)[number];
  /** A-labels; of a wildcard name what follows `*.`. */
  readonly domain: string;
  readonly isWildcard: boolean;
  readonly challenges: readonly AcmeChallengeObject[];
}

const challengeStatuses = ['pending', 'processing', 'valid', 'invalid'] as const;

export interface AcmeChallengeObject {
  readonly type: string;
  readonly status: (typeof challengeStatuses)[number];
  readonly url: URL;
  /** base64url. */
  readonly token: string;
  readonly error: Problem | undefined;
}

/** Names of one certificate. Source: public authorities take 100, this program writes 1000. */
const maxAuthorizations = 1000;
/** Kinds of challenge for one name; there are four. */
const maxChallenges = 20;

const errorOf = (object: JsonObject): Problem | undefined =>
  Object.hasOwn(object, 'error') ? readProblem(objectOf(object, 'error')) : undefined;

export function readOrder(object: JsonObject): Result<AcmeOrder, string> {
  const status = wordOf(object, 'status', orderStatuses);
  const authorizations = listOf(object, 'authorizations', maxAuthorizations)?.map(httpsUrl);
  const finalize = urlOf(object, 'finalize');
  if (status === undefined || finalize === undefined || authorizations === undefined)
    return refuse('an order lacks its status, its authorizations or its finalize URL');
  const urls = authorizations.filter((url) => url !== undefined);
  if (urls.length !== authorizations.length) return refuse('an authorization of the order is no https URL');
  const certificate = urlOf(object, 'certificate');
  if (status === 'valid' && certificate === undefined) return refuse('a valid order has no certificate');
  return ok({ status, authorizations: urls, finalize, certificate, error: errorOf(object) });
}

export function readAuthorization(object: JsonObject): Result<AcmeAuthorization, string> {
  const status = wordOf(object, 'status', authorizationStatuses);
  const identifier = objectOf(object, 'identifier');
  const domain = textOf(identifier, 'value')?.toLowerCase();
  const challenges = listOf(object, 'challenges', maxChallenges)?.map(readChallenge);
  if (status === undefined || challenges === undefined || domain === undefined)
    return refuse('an authorization lacks its status, its name or its challenges');
  if (textOf(identifier, 'type') !== 'dns') return refuse('an authorization is for something else than a DNS name');
  // A kind of challenge that is not understood is no obstacle while another one is.
  const understood = challenges.filter((challenge) => challenge !== undefined);
  return ok({ status, domain, isWildcard: object['wildcard'] === true, challenges: understood });
}

/** At least 128 bits, and nothing that means something in a URL, a file name or a zone. [RFC 8555 §8.1] */
const tokenForm = /^[\w-]{22,256}$/;

function readChallenge(value: unknown): AcmeChallengeObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const [type, token, url] = [textOf(value, 'type'), textOf(value, 'token'), urlOf(value, 'url')];
  const status = wordOf(value, 'status', challengeStatuses);
  if (type === undefined || url === undefined || status === undefined) return undefined;
  if (token === undefined || !tokenForm.test(token)) return undefined;
  return { type, status, url, token, error: errorOf(value) };
}
