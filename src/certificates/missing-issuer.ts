/** What a chain lacks at its end: whose certificate, and where that can be fetched. */
import type { Certificate } from './certificate.ts';
import { printDistinguishedName } from './distinguished-name.ts';

export interface MissingIssuer {
  readonly subject: string;
  /** From the authority information access of the last certificate; undefined: it does not say. */
  readonly uri: string | undefined;
}

/** @param chain - Leaf first, not ending at a root. @returns undefined for an empty chain. */
export function missingIssuer(chain: readonly Certificate[]): MissingIssuer | undefined {
  const last = chain.at(-1);
  if (last === undefined) return undefined;
  const uri = last.extensions.issuerUris.find((each) => /^https?:\/\/[!-~]+$/.test(each));
  return { subject: printDistinguishedName(last.issuer), uri };
}
