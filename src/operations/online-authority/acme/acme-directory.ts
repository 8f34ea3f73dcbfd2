/** The directory of an ACME server: where its resources are, and what it asks of those who come. [RFC 8555 §7.1.1] */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { isTrue, objectOf, parseJsonObject, textOf, urlOf } from './acme-json.ts';

export interface AcmeDirectory {
  readonly newNonce: URL;
  readonly newAccount: URL;
  readonly newOrder: URL;
  /** [RFC 9773 §3] */
  readonly renewalInfo: URL | undefined;
  readonly termsOfService: string | undefined;
  readonly externalAccountRequired: boolean;
}

/** @returns The directory, or one clause that says why the document is none. */
export function readDirectory(body: Buffer): Result<AcmeDirectory, string> {
  const read = parseJsonObject(body);
  if (!read.ok) return refuse(`no ACME directory is there: ${read.error}`);
  const [newNonce, newAccount, newOrder] = ['newNonce', 'newAccount', 'newOrder'].map((name) =>
    urlOf(read.value, name),
  );
  if (newNonce === undefined || newAccount === undefined || newOrder === undefined)
    return refuse('no ACME directory is there: newNonce, newAccount or newOrder is missing or no https URL');
  const meta = objectOf(read.value, 'meta');
  return ok({
    newNonce,
    newAccount,
    newOrder,
    renewalInfo: urlOf(read.value, 'renewalInfo'),
    termsOfService: textOf(meta, 'termsOfService'),
    externalAccountRequired: isTrue(meta, 'externalAccountRequired'),
  });
}
