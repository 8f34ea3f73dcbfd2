/** How an administrator names an authority that answers over the network: `acme:<directory URL>`, `est:<URL>`. HTTPS only. */
import { ok, type Result, refuse } from '../../primitives/result.ts';

export interface AuthorityName {
  readonly protocol: 'acme' | 'est';
  readonly url: URL;
}

/** @returns The name in parts, or one sentence that says what is wrong with it. */
export function parseAuthorityName(text: string): Result<AuthorityName, string> {
  const [, word = '', address = ''] = /^(acme|est):(.*)$/is.exec(text) ?? [];
  const protocol = word.toLowerCase();
  if (protocol !== 'acme' && protocol !== 'est') return refuse(`"${text}" begins with neither acme: nor est:.`);
  const url = /^https:\/\/[!-~]+$/i.test(address) ? parseUrl(address) : undefined;
  if (url === undefined) return refuse(`"${address}" is not an https URL.`);
  if (url.username !== '' || url.password !== '')
    return refuse(`The URL after ${protocol}: holds a user name or a password, which would be seen by everybody.`);
  if (url.hash !== '') return refuse(`The URL after ${protocol}: has a fragment, which servers never see.`);
  return ok({ protocol, url });
}

function parseUrl(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}

/** As the store keeps it. */
export const printAuthorityName = ({ protocol, url }: AuthorityName): string => `${protocol}:${url.href}`;
