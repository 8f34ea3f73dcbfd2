/** Names and values of a file in the one spelling that the store keeps, as the cmdlets spell what is typed. */
import type { FileSection } from '../../config/file-sections.ts';
import { parseUserIdentity } from '../../config/user-identity.ts';
import { parseDomainName } from '../../primitives/domain-name.ts';
import { ok, type Result } from '../../primitives/result.ts';
import { parsePolicyIdentity } from '../external-access-policies.ts';
import { normalHop } from '../sip-routes.ts';

type Spelling = (text: string) => Result<string, string>;

const identities: Readonly<Partial<Record<FileSection, Spelling>>> = {
  sipDomains: parseDomainName,
  sipRoutes: parseDomainName,
  federatedPartners: parseDomainName,
  externalAccessPolicies: parsePolicyIdentity,
  users: parseUserIdentity,
};

/** @returns The identity of an object, or one sentence that says what is wrong with it. */
export const spelledIdentity = (section: FileSection, name: string): Result<string, string> =>
  identities[section]?.(name) ?? ok(name);

const grantedPolicy: Spelling = (text) => ok(text.replace(/^tag:/i, ''));
const pin: Spelling = (text) => ok(text.replace(/^sha256\/\//, ''));

const settings = new Map<string, Spelling>([
  ['sipRoutes/tlsName', parseDomainName],
  ['sipRoutes/nextHops', normalHop],
  ['gateway/accessEdgeFqdn', parseDomainName],
  ['federatedPartners/additionalDomains', parseDomainName],
  ['federatedPartners/pinnedSpkiSha256', pin],
  ['users/externalAccessPolicy', grantedPolicy],
]);

/** @param text - A value, or one item of a list. @returns What is to be kept, or one sentence that says what is wrong. */
export const spelledValue = (section: FileSection, setting: string, text: string): Result<string, string> =>
  settings.get(`${section}/${setting}`)?.(text) ?? ok(text);
