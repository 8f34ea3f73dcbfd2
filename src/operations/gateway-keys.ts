/**
 * The gateway's keys and anchors, from the store that is in force: read once for each configuration, so that a new
 * certificate or a new trust anchor serves the next stream and the disk is not read for every stream.
 */
import { readCertificate } from '../certificates/certificate.ts';
import { printPrivateKey } from '../certificates/key-pair.ts';
import { printCertificates } from '../certificates/pem.ts';
import { fileAnchors, trustAnchors } from '../certificates/trust-anchors.ts';
import type { CertificateRecord, Configuration, User } from '../config/configuration.ts';
import type { DigestSecrets, GatewayPorts, ServedCertificate } from '../gateway/gateway-ports.ts';
import { isCodedError } from '../primitives/errors.ts';
import type { OnLogEvent } from '../primitives/log-event.ts';
import { Secret } from '../primitives/secret.ts';
import type { KeyStore } from '../store/key-store.ts';

type KeyPorts = Pick<GatewayPorts, 'certificate' | 'anchors' | 'readAnchors' | 'digestSecrets' | 'dialbackSecret'>;

export interface GatewayKeys extends KeyPorts {
  /**
   * Takes over what the configuration names. What cannot be read is reported, and what was there before stays.
   *
   * @returns The failures, one sentence each.
   */
  load(configuration: Configuration): readonly string[];
}

/** Usages in the order in which a certificate serves XMPP and SIP: the most specific first. */
const servingUsages = ['XmppServer', 'ExternalEdge', 'Default'] as const;

export function servingCertificate(configuration: Configuration): CertificateRecord | undefined {
  const records = Object.values(configuration.certificates);
  return servingUsages
    .map((usage) => records.find(({ assignedTo }) => assignedTo.includes(usage)))
    .find((record) => record !== undefined);
}

export function gatewayKeys(keys: KeyStore, onEvent: OnLogEvent): GatewayKeys {
  let certificate: ServedCertificate | undefined;
  let anchors: readonly Buffer[] = [];
  let dialbackSecret = keys.dialbackSecret();
  const partnerAnchors = new Map<string, readonly Buffer[]>();
  const digests = new Map<string, DigestSecrets | undefined>();

  return {
    certificate: () => certificate,
    anchors: () => anchors,
    dialbackSecret: () => dialbackSecret,
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
      attempt(() => {
        dialbackSecret = keys.dialbackSecret();
      });
      attempt(() => {
        certificate = readServed(configuration, keys);
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

function digestSecretsOf(keys: KeyStore, { credential }: User): DigestSecrets | undefined {
  const digest = keys.readCredential(credential ?? '');
  return digest === undefined ? undefined : { md5: new Secret(digest.md5), sha256: new Secret(digest.sha256) };
}

/** @throws CodedError when a file of the assigned certificate is exposed or damaged. */
function readServed(configuration: Configuration, keys: KeyStore): ServedCertificate | undefined {
  const record = servingCertificate(configuration);
  const chain = record === undefined ? undefined : keys.readChain(record.thumbprint);
  const key = record === undefined ? undefined : keys.readKey(record.publicKeySha256);
  if (record === undefined || chain === undefined || key === undefined) return undefined;
  const leaf = readCertificate(chain[0] ?? Buffer.alloc(0));
  if (!leaf.ok) return undefined;
  return {
    key: printPrivateKey(key),
    chain: printCertificates(chain),
    notAfter: leaf.value.notAfter,
    localTestCa: record.localTestCa,
  };
}
