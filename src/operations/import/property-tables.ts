/** Which property of which kind of imported object is which setting, and how it is read. What is not listed has no place here. */
import { deployments } from '../../config/configuration.ts';
import { parseContactAddress } from '../../config/contact-address.ts';
import { negotiations, partnerTypes } from '../../config/federated-partner.ts';
import { gatewayRanges, sipModes, sipPresenceFormats, sipSessionModes } from '../../config/gateway-configuration.ts';
import { parseDnsServer, parseHost, parseListenAddress, parseSipNextHop } from '../../config/network-address.ts';
import { parseUserIdentity } from '../../config/user-identity.ts';
import { parseDomainName } from '../../primitives/domain-name.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { single } from '../declarative/sections.ts';
import { parsePolicyIdentity } from '../external-access-policies.ts';
import { type ForeignObject, propertyNamed, textOf } from './foreign-object.ts';
import {
  domain,
  host,
  listOf,
  numberOrUnset,
  oneOf,
  type ReadValue,
  seconds,
  textUpTo,
  wholeNumber,
  yesOrNo,
} from './foreign-values.ts';
import type { ImportSection } from './kinds.ts';

export interface PropertyTable {
  /** What messages call the object. */
  readonly words: string;
  identityOf(object: ForeignObject): Result<string, string>;
  readonly settings: Readonly<Record<string, ReadValue>>;
  /** Properties under another name than their setting. */
  readonly otherNames?: Readonly<Record<string, string>>;
  /** What the identity is read from, and what cmdlets of this program compute: nothing that could be lost. */
  readonly told: readonly string[];
}

/** Characters. Source: the schema of the store. */
const text = textUpTo(1024);

/** Text that the parser accepts, kept as written. */
const checked =
  (parse: (given: string) => Result<unknown, string>): ReadValue =>
  (value) => {
    const read = text(value);
    const given = read.ok && 'value' in read.value ? read.value.value : undefined;
    if (typeof given !== 'string') return read;
    const parsed = parse(given);
    return parsed.ok ? read : refuse(parsed.error.replace(/\.$/, ''));
  };

const spkiPin = checked((given) =>
  /^[A-Za-z0-9+/]{43}=$/.test(given) ? ok(given) : refuse('it is no SHA-256 in base64'),
);

const identityIn =
  (names: readonly string[], parse: (given: string) => Result<string, string>) =>
  (object: ForeignObject): Result<string, string> => {
    const given = names.map((name) => textOf(propertyNamed(object, name))).find((each) => each !== undefined);
    if (given === undefined) return refuse(`it has no ${names.join(' and no ')}`);
    const parsed = parse(given);
    return parsed.ok ? parsed : refuse(parsed.error.replace(/\.$/, ''));
  };

const only = (): Result<string, string> => ok(single);

/** `Tag:FedPic` of Lync is `FedPic`; Global is none. */
const grantedPolicy: ReadValue = (value) => {
  const given = textOf(value);
  if (given === undefined || /^global$/i.test(given)) return ok({ value: null });
  const parsed = parsePolicyIdentity(given);
  if (!parsed.ok || !parsed.value.startsWith('tag:')) return refuse(`"${given.slice(0, 80)}" is no policy of a user`);
  return ok({ value: parsed.value.slice('tag:'.length) });
};

/** Lync has the pool twice; the name in the directory is no host. */
const homeServer: ReadValue = (value) => (/^CN=/i.test(textOf(value) ?? '') ? ok({ value: undefined }) : host(value));

const { partnerConnectionLimit, maximumBytesPerSecond, maximumStanzasPerSecond } = gatewayRanges;
const numbers = (names: readonly (keyof typeof gatewayRanges)[], read: typeof wholeNumber) =>
  Object.fromEntries(names.map((name) => [name, read(gatewayRanges[name])]));

export const propertyTables: Readonly<Record<ImportSection, PropertyTable>> = {
  federatedPartners: {
    words: 'partner',
    identityOf: identityIn(['Domain', 'Identity'], parseDomainName),
    settings: {
      additionalDomains: listOf(domain),
      description: text,
      partnerType: oneOf(partnerTypes),
      tlsNegotiation: oneOf(negotiations),
      saslNegotiation: oneOf(negotiations),
      supportDialbackNegotiation: yesOrNo,
      enableKeepAlive: yesOrNo,
      connectionLimit: numberOrUnset(partnerConnectionLimit),
      proxyFqdn: host,
      enableBidi: yesOrNo,
      maximumBytesPerSecond: wholeNumber(maximumBytesPerSecond),
      maximumStanzasPerSecond: wholeNumber(maximumStanzasPerSecond),
      allowInsecure: text,
      trustedRootsPath: text,
      pinnedSpkiSha256: listOf(spkiPin),
      owner: text,
    },
    told: ['Domain', 'EffectiveMethods', 'Warnings'],
  },
  gateway: {
    words: 'gateway configuration',
    identityOf: only,
    settings: {
      ...numbers(['connectionLimit', 'partnerConnectionLimit', 'maximumBytesPerSecond'], wholeNumber),
      ...numbers(['maximumStanzasPerSecond', 'xmppPort', 'xmppDirectTlsPort', 'sipPort', 'sipTlsPort'], wholeNumber),
      ...numbers(['metricsPort'], wholeNumber),
      ...numbers(['keepAliveInterval', 'streamEstablishmentTimeout', 'streamInactivityTimeout'], seconds),
      ...numbers(['subscriptionRefreshInterval', 'queuedMessageLifetime'], seconds),
      durableInbound: yesOrNo,
      enableLoggingAllMessageBodies: yesOrNo,
      accessEdgeFqdn: domain,
      xmppListenAddress: checked(parseListenAddress),
      sipListenAddress: checked(parseListenAddress),
      sipMode: oneOf(sipModes),
      sipNextHop: checked(parseSipNextHop),
      sipSessionMode: oneOf(sipSessionModes),
      sipPresenceFormat: oneOf(sipPresenceFormats),
      sipDigestSha256: yesOrNo,
      trustedSipPeers: listOf(checked(parseHost)),
      dnsServers: listOf(checked(parseDnsServer)),
      trustedRootsPath: text,
      useSystemRoots: yesOrNo,
      allowLoopbackPeers: yesOrNo,
      allowPrivateDialback: yesOrNo,
      contactAddresses: listOf(checked(parseContactAddress)),
      owner: text,
    },
    told: ['DialbackPassphraseIsSet', 'NeedsRestart'],
  },
  accessEdge: {
    words: 'access edge configuration',
    identityOf: only,
    settings: { allowFederatedUsers: yesOrNo, owner: text },
    told: [],
  },
  sipDomains: {
    words: 'SIP domain',
    identityOf: identityIn(['Name', 'Identity'], parseDomainName),
    settings: { isDefault: yesOrNo, owner: text },
    told: ['Name'],
  },
  externalAccessPolicies: {
    words: 'policy',
    identityOf: identityIn(['Identity'], parsePolicyIdentity),
    settings: {
      description: text,
      enableFederationAccess: yesOrNo,
      enableXmppAccess: yesOrNo,
      enablePublicCloudAccess: yesOrNo,
      enableOutsideAccess: yesOrNo,
      owner: text,
    },
    told: ['ApplicableTo'],
  },
  users: {
    words: 'user',
    // The identity of a user of Lync is a name of the directory.
    identityOf: identityIn(['SipAddress'], parseUserIdentity),
    settings: {
      displayName: textUpTo(256),
      externalAccessPolicy: grantedPolicy,
      site: textUpTo(64),
      homeServer,
      deployment: oneOf(deployments),
      survivableBranch: yesOrNo,
      owner: text,
    },
    otherNames: { registrarpool: 'homeServer', issurvivablebranch: 'survivableBranch' },
    told: ['SipAddress', 'EffectivePolicy', 'CanRegister', 'XmppAllowed', 'XmppBlockedReason'],
  },
};

/** How Lync and remoting keep an object; no settings of it. */
export const bookkeeping: ReadonlySet<string> = new Set(
  ['Anchor', 'Element', 'Key', 'ScopeClass', 'TypedIdentity', 'XsAnyElements', 'XsAnyAttributes', 'XmlRoot']
    .concat(['RunspaceId', 'PSComputerName', 'PSShowComputerName', 'PSSourceJobInstanceId'])
    .map((name) => name.toLowerCase()),
);

/** What every object of this program carries. */
export const stamped: ReadonlySet<string> = new Set([
  'identity',
  'kind',
  'changed',
  'revision',
  'lastchanged',
  'suspendedreason',
  'suspendeduntil',
]);
