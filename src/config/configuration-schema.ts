/**
 * The shape of `store.json` as JSON Schema: the one source of the compiled validator that reading, writing and the running
 * gateway share. Nothing unknown is accepted, anywhere. What one value says about another is in `configuration-invariants.ts`.
 */
import { acmeChallenges } from './certificate-renewal.ts';
import { certificateUsages, deployments, formatVersion } from './configuration.ts';
import { negotiations, partnerTypes } from './federated-partner.ts';
import { gatewayRanges, sipModes, sipPresenceFormats, sipSessionModes } from './gateway-configuration.ts';
import { dnsLookups, maxNextHops } from './sip-route.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Long enough for every name and path an administrator writes; short enough that a damaged file is noticed. */
const maxText = 1024;
export const maxItems = 10_000;

/** Shared by reference: the validator is compiled into code, and code that is not repeated starts faster. */
const definitions: Record<string, Schema> = {};
function define(name: string, schema: Schema): Schema {
  definitions[name] = schema;
  return { $ref: `#/$defs/${name}` };
}

const boolean = define('boolean', { type: 'boolean' });
const text = define('text', { type: 'string', maxLength: maxText });
const someText = define('someText', { type: 'string', minLength: 1, maxLength: maxText });
const wholeNumber: Schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

/** What each pattern means, in words: a compiled validator reports only the pattern. */
export const patternMeanings = new Map<string, string>();
function matching(pattern: string, meaning: string): Schema {
  patternMeanings.set(pattern, meaning);
  return { type: 'string', maxLength: maxText, pattern };
}
const oneOf = (values: readonly string[]): Schema => ({ type: 'string', enum: values });
const listOf = (items: Schema): Schema => ({ type: 'array', items, maxItems, uniqueItems: true });
type Limits = Record<'least' | 'most', number>;
const range = ({ least, most }: Limits): Schema => ({ type: 'integer', minimum: least, maximum: most });

/** Everything is required but the `optional`; nothing else may be there. */
const object = (
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false,
});
const mapOf = (key: Schema, value: Schema): Schema => ({
  type: 'object',
  propertyNames: key,
  additionalProperties: value,
  maxProperties: maxItems,
});

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const domainPattern = `(?:${label}\\.){1,126}(?!\\d+$)${label}`;
const domain = define('domain', {
  ...matching(`^${domainPattern}$`, 'a domain name in lower case such as fabrikam.com'),
  maxLength: 253,
});
const sipUser = "[A-Za-z0-9\\-_.!~*'()&=+$,;?\\/%]{1,255}";
const sipAddress = define(
  'sipAddress',
  matching(`^sip:${sipUser}@${domainPattern}$`, 'an address such as sip:alice@contoso.com'),
);
const name = '[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_ .\\-]{0,62}[\\p{L}\\p{N}_])?';
/** A policy's name after `site:` or `tag:`, and a site's: letters, digits, `_`, inside also space, dot and hyphen. */
const policyName = define(
  'policyName',
  matching(`^${name}$`, 'a name of at most 64 letters, digits, spaces, dots, hyphens'),
);
const policyIdentity = define(
  'policyIdentity',
  matching(`^(?:Global|(?:site|tag):${name})$`, 'Global, site:name or tag:name'),
);
const keyFileName = matching('^[0-9A-Za-z]{1,128}$', 'the name of a file in the key folder');
const sha256 = define('sha256', matching('^[0-9a-fA-F]{64}$', '64 hexadecimal digits'));
const thumbprint = define('thumbprint', matching('^[0-9A-F]{40}$', '40 hexadecimal digits in upper case'));
/** Base64 of 32 bytes: a SHA-256 of a SubjectPublicKeyInfo. */
const spkiPin = matching('^[A-Za-z0-9+\\/]{43}=$', 'a SHA-256 of a public key in base64');
const time = define(
  'time',
  matching('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z$', 'a time such as 2026-11-22T09:14:00Z'),
);

const stamp = object({ time, user: text, host: text, cmdlet: text, target: text }, { audit: text });
const changed = define('changed', object({ revision: wholeNumber, time, user: text, host: text, cmdlet: text }));

/** Which declarative file an object belongs to, and what that file said of it. */
const owned = { owner: someText, declared: define('declared', listOf(someText)) };

const sipDomain = object({ identity: domain, isDefault: boolean }, { ...owned, changed });

const sipRoute = object(
  {
    identity: domain,
    nextHops: { ...listOf(someText), minItems: 1, maxItems: maxNextHops },
    dnsLookup: oneOf(dnsLookups),
    sessionMode: oneOf(sipSessionModes),
  },
  { tlsName: domain, ...owned, changed },
);

const negotiation = define('negotiation', oneOf(negotiations));
const federatedPartner = object(
  {
    identity: domain,
    additionalDomains: listOf(domain),
    description: text,
    partnerType: oneOf(partnerTypes),
    tlsNegotiation: negotiation,
    saslNegotiation: negotiation,
    supportDialbackNegotiation: boolean,
    enableKeepAlive: boolean,
    pinnedSpkiSha256: listOf(spkiPin),
  },
  {
    enableBidi: boolean,
    connectionLimit: range(gatewayRanges.partnerConnectionLimit),
    maximumBytesPerSecond: range(gatewayRanges.maximumBytesPerSecond),
    maximumStanzasPerSecond: range(gatewayRanges.maximumStanzasPerSecond),
    proxyFqdn: someText,
    allowInsecure: someText,
    trustedRootsPath: someText,
    suspended: object({ reason: text, since: time }, { until: time }),
    ...owned,
    changed,
  },
);

const user = object(
  { identity: sipAddress, displayName: text, survivableBranch: boolean },
  {
    credential: keyFileName,
    externalAccessPolicy: policyName,
    site: policyName,
    homeServer: someText,
    deployment: oneOf(deployments),
    ...owned,
    changed,
  },
);

const externalAccessPolicy = object(
  {
    identity: policyIdentity,
    description: text,
    enableFederationAccess: boolean,
    enableXmppAccess: boolean,
    enablePublicCloudAccess: boolean,
    enableOutsideAccess: boolean,
  },
  { ...owned, changed },
);

const ranges = Object.fromEntries(Object.entries(gatewayRanges).map(([setting, limits]) => [setting, range(limits)]));
const gateway = object(
  {
    ...ranges,
    durableInbound: boolean,
    enableLoggingAllMessageBodies: boolean,
    sipMode: oneOf(sipModes),
    sipSessionMode: oneOf(sipSessionModes),
    sipPresenceFormat: oneOf(sipPresenceFormats),
    sipDigestSha256: boolean,
    trustedSipPeers: listOf(someText),
    dnsServers: listOf(someText),
    contactAddresses: listOf(someText),
    useSystemRoots: boolean,
    allowLoopbackPeers: boolean,
    allowPrivateDialback: boolean,
  },
  {
    accessEdgeFqdn: domain,
    xmppListenAddress: someText,
    sipListenAddress: someText,
    sipNextHop: someText,
    trustedRootsPath: someText,
    dialbackPassphraseTime: time,
    ...owned,
  },
);

const usages = define('usages', listOf(oneOf(certificateUsages)));
const acme = object(
  {},
  {
    challenge: oneOf(acmeChallenges),
    httpPort: range({ least: 1, most: 65_535 }),
    tlsPort: range({ least: 1, most: 65_535 }),
    dnsHook: someText,
    eabKeyId: someText,
    eabHmacKeyFile: someText,
    contact: listOf(matching('^[!-?A-~]+@[!-?A-~]+$', 'a mail address')),
  },
);
const renewal = define(
  'renewal',
  object(
    { authority: matching('^(?:acme|est):https:\\/\\/[!-~]+$', 'acme: or est: and an https URL') },
    { rootsPath: someText, reuseKey: boolean, est: object({}, { userName: text, passwordFile: someText }), acme },
  ),
);
const certificate = object(
  {
    thumbprint,
    friendlyName: text,
    publicKeySha256: sha256,
    privateKeyExportable: boolean,
    localTestCa: boolean,
    assignedTo: usages,
  },
  { keyEncrypted: boolean, planned: object({ usages, from: time }), previousFor: usages, renewal },
);
const certificateRequest = object(
  {
    requestId: wholeNumber,
    usages,
    friendlyName: text,
    subject: text,
    subjectAlternativeNames: { type: 'array', maxItems, items: object({ name: text, reason: text }) },
    keyAlgorithm: text,
    publicKeySha256: sha256,
    privateKeyExportable: boolean,
    created: time,
    status: oneOf(['Pending', 'Completed', 'Cleared']),
  },
  { renewal },
);

const root = object(
  {
    formatVersion: { const: formatVersion },
    revision: wholeNumber,
    sipDomains: mapOf(domain, sipDomain),
    sipRoutes: mapOf(domain, sipRoute),
    federatedPartners: mapOf(domain, federatedPartner),
    users: { ...mapOf(sipAddress, user), maxProperties: 100 * maxItems },
    externalAccessPolicies: mapOf(policyIdentity, externalAccessPolicy),
    accessEdge: object({ allowFederatedUsers: boolean }, owned),
    gateway,
    certificates: mapOf(thumbprint, certificate),
    certificateRequests: mapOf(matching('^\\d{1,16}$', 'a request number'), certificateRequest),
  },
  { changed: stamp },
);

export const configurationSchema: Schema = { ...root, $defs: definitions };
