/**
 * What an administrator can do about a dial that comes to nothing: a cause in plain words and one command for each code. The
 * words of the failure itself stand beside it, not here.
 */
import type { DialCode } from '../gateway/xmpp/outbound-state.ts';
import type { DialStep } from '../gateway/xmpp/s2s-event.ts';

export interface Advice {
  readonly hint: string;
  /** A complete command. */
  readonly fix: string;
}

export interface DialTrouble {
  /** The partner's identity, or the domain when there is no partner. */
  readonly partner: string;
  readonly domain: string;
  readonly localDomain: string;
  readonly step: DialStep;
  /** A `DialCode`; anything else is advised on by its step. */
  readonly code: string | undefined;
}

type Advise = (trouble: DialTrouble) => Advice;

export const setPartner = (partner: string, parameters: string): string =>
  `xgw set-xmppfederatedpartner ${partner} ${parameters}`;
export const dialbackOverTls = '-SaslNegotiation Optional -SupportDialbackNegotiation true';

/** The command looks and changes nothing: somebody else may have answered in the place of the partner. */
export const otherKey = (partner: string): Advice => ({
  hint: 'the key is none of those pinned for the partner: ask it on another way whether it has a new one, and pin that',
  fix: `xgw get-xmppfederatedpartner ${partner} -OutputFormat list`,
});

export const notTheirs = (partner: string): Advice => ({
  hint: 'the certificate is not one of this domain, or somebody has changed it: ask the partner on another way; to do without it, by dialback over TLS, would rest on DNS alone',
  fix: `xgw get-eventlog -Level warn -Filter ${partner}`,
});

export const tooLong = (partner: string): Advice => ({
  hint: 'the certificates that the server shows are more or longer than are read here: its administrator must send less',
  fix: `xgw get-eventlog -Level debug -Filter ${partner}`,
});

const nameServer: Advise = ({ partner, domain }) => ({
  hint: `_xmpp-server._tcp.${domain} or its target is not in DNS: ask the partner, or name the host of its server`,
  fix: setPartner(partner, `-ProxyFqdn xmpp.${domain}:5269`),
});

const trustRoot: Advise = ({ partner, domain }) => ({
  hint: `the authority of ${domain} is not trusted here, or an intermediate is missing: get its root from the partner`,
  fix: setPartner(partner, '-TrustedRootsPath roots.pem'),
});

const renewTheirs: Advise = ({ partner, domain }) => ({
  hint: `${domain} must renew its certificate; dialback over TLS can do without one until then`,
  fix: setPartner(partner, dialbackOverTls),
});

const showOurs: Advise = ({ domain, localDomain }) => ({
  hint: `${domain} does not accept the certificate of this gateway: it must name ${localDomain} and come from an authority that ${domain} trusts; an old server may also want the purpose clientAuth`,
  fix: 'xgw get-certificate -Type ExternalEdge -OutputFormat list',
});

const wayBack: Advise = ({ domain, localDomain }) => ({
  hint: `dialback needs the way back: ${domain} must find _xmpp-server._tcp.${localDomain} in DNS and reach a listener of this gateway`,
  fix: 'xgw get-service -ExpandProperty Listeners',
});

const notSpeaking: Advise = ({ domain }) => ({
  hint: `the server that answered does not serve ${domain}, or broke off`,
  fix: `xgw get-eventlog -Level debug -Filter ${domain}`,
});

export const notTalkedTo = (domain: string): Advice => ({
  hint: `${domain} may not be talked to`,
  fix: `xgw test-federationroute ${domain} -Offline`,
});

const noTls: Advise = ({ partner }) => ({
  hint: 'no TLS, or no version and cipher in common (TLS 1.2 is the least), or one side wants TLS and the other has none',
  fix: setPartner(partner, `-TlsNegotiation Optional ${dialbackOverTls}`),
});

const unreachable: Advise = ({ partner, domain }) => ({
  hint: 'the server does not answer: it is down, a firewall stands between, or DNS names the wrong host or port',
  fix: setPartner(partner, `-ProxyFqdn xmpp.${domain}:5269`),
});

const byCode: Partial<Record<DialCode, Advise>> = {
  'not-allowed': ({ domain }) => notTalkedTo(domain),
  'address-refused': () => ({
    hint: 'DNS of the partner points at this machine or at no server; a partner on this machine must be allowed',
    fix: 'xgw set-xmppgatewayconfiguration -AllowLoopbackPeers true',
  }),
  'private-address-refused': ({ partner, domain }) => ({
    hint: `DNS of ${domain} points into a private network, where no stranger's dialback key is verified: name the server of the partner, or allow it for all with -AllowPrivateDialback`,
    fix: setPartner(partner, `-ProxyFqdn xmpp.${domain}:5269`),
  }),
  'redirect-refused': nameServer,
  redirected: nameServer,
  'port-refused': nameServer,
  'no-own-certificate': ({ localDomain }) => ({
    hint: `${localDomain} needs a certificate`,
    fix: 'xgw request-certificate -New -Type ExternalEdge -Output edge.csr',
  }),
  'peer-rejects-certificate': showOurs,
  'external-not-offered': showOurs,
  'dialback-key-refused': wayBack,
  'untrusted-root': trustRoot,
  'self-signed': trustRoot,
  'incomplete-chain': trustRoot,
  'pin-mismatch': ({ partner }) => otherKey(partner),
  'bad-signature': ({ partner }) => notTheirs(partner),
  'name-mismatch': ({ partner }) => notTheirs(partner),
  policy: ({ partner }) => tooLong(partner),
};

const byStep: Readonly<Record<DialStep, Advise>> = {
  policy: ({ domain }) => notTalkedTo(domain),
  dns: nameServer,
  tcp: unreachable,
  stream: notSpeaking,
  tls: noTls,
  certificate: renewTheirs,
  sasl: showOurs,
  dialback: wayBack,
  established: notSpeaking,
};

export function adviceForDial(trouble: DialTrouble): Advice {
  const { code = '', step } = trouble;
  // Both words may come from a log of another version.
  const ofCode = Object.hasOwn(byCode, code) ? byCode[code as DialCode] : undefined;
  const ofStep = Object.hasOwn(byStep, step) ? byStep[step] : notSpeaking;
  return (ofCode ?? ofStep)(trouble);
}
