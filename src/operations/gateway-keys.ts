/**
 * The gateway's keys and anchors, from the store that is in force: read once for each configuration, so that a new
 * certificate or a new trust anchor serves the next stream and the disk is not read for every stream.
 */
import { fileAnchors, trustAnchors } from '../certificates/trust-anchors.ts';
import { servingCertificate } from '../config/certificate-assignment.ts';
import type { Configuration, User } from '../config/configuration.ts';
import type { DigestSecrets, GatewayPorts, ServedCertificate } from '../gateway/gateway-ports.ts';
import { isCodedError } from '../primitives/errors.ts';
import type { LogEvent, OnLogEvent } from '../primitives/log-event.ts';
import { Secret } from '../primitives/secret.ts';
import type { KeyStore } from '../store/key-store.ts';
import { type DialbackSecrets, dialbackSecrets } from './dialback-secrets.ts';
import { readServedCertificate } from './served-certificate.ts';

type KeyPorts = Pick<GatewayPorts, 'certificate' | 'anchors' | 'readAnchors' | 'digestSecrets'> &
  Omit<DialbackSecrets, 'reload'>;

export interface GatewayKeys extends KeyPorts {
  /**
   * Takes over what the configuration names. What cannot be read is reported, and what was there before stays.
   *
   * @returns The failures, one sentence each.
   */
  load(configuration: Configuration): readonly string[];
  /** When the present certificate took over; undefined without one. */
  certificateSince(): Date | undefined;
}

/** @param now - Decides which of several planned certificates is in force. */
export function gatewayKeys(keys: KeyStore, onEvent: OnLogEvent, now: () => Date): GatewayKeys {
  let certificate: ServedCertificate | undefined;
  let since: Date | undefined;
  let anchors: readonly Buffer[] = [];
  const { reload, ...secrets } = dialbackSecrets(() => keys.dialbackSecret(), now);
  const partnerAnchors = new Map<string, readonly Buffer[]>();
  const digests = new Map<string, DigestSecrets | undefined>();

  return {
    certificate: () => certificate,
    certificateSince: () => since,
    anchors: () => anchors,
    ...secrets,
    readAnchors: (file) => partnerAnchors.get(file) ?? [],
    digestSecrets(user) {
      const name = user.credential;
      if (name === undefined) return undefined;
      if (!digests.has(name)) digests.set(name, digestSecretsOf(keys, user));
      return digests.get(name);
    },
    load(configuration) {
      const problems: string[] = [];
      const attempt = (take: () => void): void => {
        try {
          take();
        } catch (error) {
          if (!isCodedError(error)) throw error;
          problems.push(`${error.message}${error.reason === undefined ? '' : ` ${error.reason}.`}`);
          onEvent({
            id: 'KeyMaterialFailed',
            level: 'error',
            component: 'store',
            message: error.message,
            facts: { reason: error.reason, fix: error.fix },
          });
        }
      };
      digests.clear();
      attempt(reload);
      attempt(() => {
        const next = readServedCertificate(servingCertificate(configuration, now()), keys);
        if (next?.thumbprint !== certificate?.thumbprint) {
          onEvent(takeover(next));
          since = next === undefined ? undefined : now();
        }
        certificate = next;
      });
      const { useSystemRoots, trustedRootsPath } = configuration.gateway;
      attempt(() => {
        const paths = trustedRootsPath === undefined ? [] : [trustedRootsPath];
        anchors = trustAnchors({ useSystemRoots, paths }).ders;
      });
      partnerAnchors.clear();
      for (const { trustedRootsPath: file } of Object.values(configuration.federatedPartners)) {
        if (file !== undefined) attempt(() => partnerAnchors.set(file, fileAnchors(file).ders));
      }
      return problems;
    },
  };
}

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

function digestSecretsOf(keys: KeyStore, { credential }: User): DigestSecrets | undefined {
  const digest = keys.readCredential(credential ?? '');
  return digest === undefined ? undefined : { md5: new Secret(digest.md5), sha256: new Secret(digest.sha256) };
}
