/**
 * What is behind a stream of a peer that was refused: a cause in plain words and one command for each code. The words of the
 * refusal itself stand beside it, not here.
 */
import type { RefusalCode } from '../gateway/xmpp/refusal-code.ts';
import { type Advice, dialbackOverTls, notTheirs, otherKey, setPartner, tooLong } from './federation-advice.ts';

export interface RefusedStream {
  /** The partner's identity; absent for a stranger. */
  readonly partner: string | undefined;
  /** Absent for a stranger that has not said who it is. */
  readonly domain: string | undefined;
  /** A `RefusalCode`; one of another version is advised on in general. */
  readonly code: string;
}

type AdviseOnRefusal = (name: string) => Advice;

const notServed: AdviseOnRefusal = () => ({
  hint: 'the peer asks for a domain that is not served here, or says that it is one of ours',
  fix: 'xgw get-sipdomain',
});

const tooMany: AdviseOnRefusal = () => ({
  hint: 'the partner or the gateway has all the streams it may have',
  fix: 'xgw get-xmppsession',
});

const breaksRules: AdviseOnRefusal = (name) => ({
  hint: 'the server of the partner breaks a rule of the protocol: its administrator can tell what it sent',
  fix: `xgw get-eventlog -Level debug -Filter ${name}`,
});

const inClear: AdviseOnRefusal = (name) => ({
  hint: 'the partner sends in clear',
  fix: setPartner(name, `-TlsNegotiation Optional ${dialbackOverTls}`),
});

const ownSettings: AdviseOnRefusal = (name) => ({
  hint: 'the settings of the partner are not what its server does, or they were changed',
  fix: `xgw get-xmppfederatedpartner ${name}`,
});

const noWayBack: AdviseOnRefusal = (name) => ({
  hint: 'the key of the partner could not be verified by a call back to it',
  fix: `xgw test-federationroute ${name}`,
});

const theirRoot: AdviseOnRefusal = (name) => ({
  hint: 'the authority of the certificate that the partner shows is not trusted here, or an intermediate is missing',
  fix: setPartner(name, '-TrustedRootsPath roots.pem'),
});

const theirCertificate: AdviseOnRefusal = (name) => ({
  hint: 'the certificate that the partner shows does not prove its domain: it must renew it; dialback over TLS can do without one until then',
  fix: setPartner(name, dialbackOverTls),
});

/** Strangers are only told of where the reason is one that we can change. */
const forStrangers: Partial<Record<RefusalCode, AdviseOnRefusal>> = {
  'not-allowed': (name) => ({
    hint: 'the domain is no partner, is suspended, or federation is switched off',
    fix: `xgw test-federationroute ${name} -Offline`,
  }),
  'not-served': notServed,
  'own-domain': notServed,
  'too-many-streams': tooMany,
};

const byRefusal: Readonly<Record<RefusalCode, AdviseOnRefusal>> = {
  'not-allowed': (name) => ({
    hint: 'the domain is suspended, or federation is switched off',
    fix: `xgw test-federationroute ${name} -Offline`,
  }),
  'not-served': notServed,
  'own-domain': notServed,
  'bad-header': breaksRules,
  'bad-xml': breaksRules,
  'bad-address': breaksRules,
  'unsupported-element': breaksRules,
  'sasl-malformed': breaksRules,
  'dialback-malformed': breaksRules,
  'not-authenticated': breaksRules,
  'bad-acknowledgement': breaksRules,
  'sender-not-authenticated': breaksRules,
  'unsupported-version': inClear,
  'tls-required': inClear,
  'tls-not-offered': ownSettings,
  'external-not-permitted': ownSettings,
  'requirements-changed': ownSettings,
  'no-own-certificate': () => ({
    hint: 'this gateway has no certificate, and TLS needs one',
    fix: 'xgw request-certificate -New -Type ExternalEdge -Output edge.csr',
  }),
  'dialback-not-permitted': (name) => ({
    hint: 'the partner wants to be believed by dialback, which its settings do not permit',
    fix: setPartner(name, dialbackOverTls),
  }),
  'dialback-key-refused': noWayBack,
  'dialback-unverified': noWayBack,
  'key-not-ours': () => ({
    hint: 'the partner asked about a dialback key that was not made here: somebody tries keys, or gateways that serve one domain do not share their dialback passphrase',
    fix: 'xgw get-help set-xmppgatewayconfiguration',
  }),
  'timed-out': (name) => ({
    hint: 'the partner connects and does not authenticate: it may not accept the certificate of this gateway',
    fix: `xgw test-federationroute ${name}`,
  }),
  'too-many-streams': tooMany,
  'too-many-domains': tooMany,
  'untrusted-root': theirRoot,
  'self-signed': theirRoot,
  'incomplete-chain': theirRoot,
  'pin-mismatch': otherKey,
  policy: tooLong,
  'no-certificate': theirCertificate,
  unreadable: theirCertificate,
  expired: theirCertificate,
  'not-yet-valid': theirCertificate,
  'bad-signature': notTheirs,
  'wrong-purpose': theirCertificate,
  'weak-key': theirCertificate,
  'not-a-ca': theirCertificate,
  'path-length': theirCertificate,
  'name-constraint': theirCertificate,
  'name-mismatch': notTheirs,
  'unknown-critical': theirCertificate,
};

const stranger: Advice = {
  hint: 'a stranger, or somebody who looks for open ports: nothing to do',
  fix: 'xgw get-eventlog -Level warn',
};

export function adviceForRefusal({ partner, domain, code }: RefusedStream): Advice {
  const name = partner ?? domain;
  // The word may come from a log of another version.
  const rules = partner === undefined ? forStrangers : byRefusal;
  const rule = Object.hasOwn(rules, code) ? rules[code as RefusalCode] : undefined;
  if (partner === undefined) return (name !== undefined && rule?.(name)) || stranger;
  return (rule ?? breaksRules)(partner);
}
