/**
 * The gateway's keys and anchors, from the store that is in force: read once for each configuration, so that a new
 * certificate or a new trust anchor serves the next stream and the disk is not read for every stream.
 */
import { fileAnchors, trustAnchors } from '../../certificates/trust-anchors.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { GatewayPorts, ServedCertificate } from '../../gateway/gateway-ports.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import { type CodedError, isCodedError } from '../../primitives/errors.ts';
import type { LogEvent, OnLogEvent } from '../../primitives/log-event.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { type DialbackSecrets, dialbackSecrets } from '../dialback-secrets.ts';
import { DigestFiles } from './digest-files.ts';
import { shownCertificates } from './shown-certificates.ts';

type KeyPorts = Pick<GatewayPorts, 'certificate' | 'sipCertificate' | 'anchors' | 'readAnchors' | 'digestSecrets'> &
  Omit<DialbackSecrets, 'reload'>;

export interface GatewayKeys extends KeyPorts {
  /**
   * Takes over what the configuration names. What cannot be read is reported, and what was there before stays.
   *
   * @returns The failures, one sentence each.
   */
  load(configuration: Configuration): readonly string[];
  /** All that some stream may see. */
  certificates(): readonly ServedCertificate[];
  /** Domains of the configuration that none of them names. */
  unnamedDomains(): readonly DomainName[];
  /** When the present certificate took over; undefined without one. */
  certificateSince(): Date | undefined;
}

/** @param now - Decides which of several planned certificates is in force. */
export function gatewayKeys(keys: KeyStore, onEvent: OnLogEvent, now: () => Date): GatewayKeys {
  const shown = shownCertificates(keys);
  let since: Date | undefined;
  let anchors: readonly Buffer[] = [];
  const { reload, ...secrets } = dialbackSecrets(() => keys.dialbackSecret(), now);
  const partnerAnchors = new Map<string, readonly Buffer[]>();
  const digests = new DigestFiles(keys, (error) => onEvent(failedEvent(error)));

  return {
    certificate: shown.forPartners,
    sipCertificate: shown.forSip,
    certificates: shown.all,
    unnamedDomains: shown.unnamed,
    certificateSince: () => since,
    anchors: () => anchors,
    ...secrets,
    readAnchors: (file) => partnerAnchors.get(file) ?? [],
    digestSecrets: (user) => digests.of(user),
    load(configuration) {
      const problems: string[] = [];
      const attempt = (take: () => void): void => {
        try {
          take();
        } catch (error) {
          if (!isCodedError(error)) throw error;
          problems.push(`${error.message}${error.reason === undefined ? '' : ` ${error.reason}.`}`);
          onEvent(failedEvent(error));
        }
      };
      digests.follow(configuration);
      attempt(reload);
      const [before, unnamed] = [shown.forPartners(), shown.unnamed()];
      shown.load(configuration, now(), attempt);
      const present = shown.forPartners();
      if (present?.thumbprint !== before?.thumbprint) {
        onEvent(takeover(present));
        since = present === undefined ? undefined : now();
      }
      const missing = shown.unnamed().filter((domain) => !unnamed.includes(domain));
      if (missing.length > 0) onEvent(unnamedEvent(missing));
      const { useSystemRoots, trustedRootsPath } = configuration.gateway;
      attempt(() => {
        const paths = trustedRootsPath === undefined ? [] : [trustedRootsPath];
        anchors = trustAnchors({ useSystemRoots, paths }).ders;
      });
      const files = new Set(
        Object.values(configuration.federatedPartners).flatMap((one) => one.trustedRootsPath ?? []),
      );
      for (const file of partnerAnchors.keys()) if (!files.has(file)) partnerAnchors.delete(file);
      for (const file of files) attempt(() => partnerAnchors.set(file, fileAnchors(file).ders));
      return problems;
    },
  };
}

const failedEvent = ({ message, reason, fix }: CodedError): LogEvent => ({
  id: 'KeyMaterialFailed',
  level: 'error',
  component: 'store',
  message,
  facts: { reason, fix },
});

/** Streams that are open keep what they began with. */
const takeover = (next: ServedCertificate | undefined): LogEvent => ({
  id: 'CertificateInForce',
  level: next === undefined ? 'warn' : 'info',
  component: 'service',
  message:
    next === undefined
      ? 'no certificate is assigned any more: TLS is not offered to new streams'
      : `certificate ${next.thumbprint} is shown to every new stream`,
  facts: { thumbprint: next?.thumbprint, notAfter: next?.notAfter.toISOString() },
});

/** XMPP partners compare the certificate with the domain. [RFC 6120 §13.7.1] */
export const unnamedSentence = (domains: readonly DomainName[]): string =>
  `no certificate names ${domains.join(', ')}: partners refuse the streams of ${domains.length === 1 ? 'this domain' : 'these domains'}`;

const unnamedEvent = (domains: readonly DomainName[]): LogEvent => ({
  id: 'CertificateLacksDomain',
  level: 'warn',
  component: 'service',
  message: unnamedSentence(domains),
  facts: { domains, fix: 'xgw test-certificateconfiguration' },
});
