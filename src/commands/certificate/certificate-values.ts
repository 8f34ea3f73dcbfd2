/** Types of values that only the certificate cmdlets have. */
import { parseCertificateName } from '../../certificates/subject-alternative-name.ts';
import { type CertificateUsage, certificateUsages } from '../../config/configuration.ts';
import { parseAuthorityName, printAuthorityName } from '../../operations/online-authority/authority-name.ts';
import { ok, refuse } from '../../primitives/result.ts';
import type { ValueType } from '../host/cmdlet.ts';
import { oneOf } from '../host/parameters.ts';

/** Lync's names for parts of the one certificate that the external edge has. */
const externalParts = ['AccessEdgeExternal', 'DataEdgeExternal', 'AudioVideoAuthentication'] as const;
const usageWord = oneOf([...certificateUsages, ...externalParts], 'CertificateType');

/** What a certificate is for. */
export const certificateUsage: ValueType<CertificateUsage> = {
  ...usageWord,
  parse(given) {
    const word = usageWord.parse(given);
    if (!word.ok) return word;
    return ok(certificateUsages.find((usage) => usage === word.value) ?? 'ExternalEdge');
  },
};

/** A domain name, or a wildcard for one level below it. */
export const certificateName: ValueType<string> = {
  name: 'Domain',
  kind: 'value',
  refusal: () => 'InvalidDomain',
  parse: parseCertificateName,
};

/** Bits of an RSA key. */
export const rsaKeySize: ValueType<2048 | 3072 | 4096> = {
  name: 'UInt',
  kind: 'value',
  values: ['2048', '3072', '4096'],
  refusal: (given) => (Number(given) < 2048 ? 'KeyTooWeak' : 'InvalidValue'),
  parse(given) {
    if (given === '2048' || given === '3072' || given === '4096') return ok(Number(given) as 2048 | 3072 | 4096);
    const isWeak = Number(given) < 2048;
    return refuse(
      isWeak
        ? `${given} bits are too few: no authority signs such a key. Use 2048, 3072 or 4096.`
        : `"${given}" is not 2048, 3072 or 4096.`,
    );
  },
};

const keyWords = oneOf(['RSA', 'ECDSA_P256', 'ECDSA_P384', 'ECDH_P256', 'ECDH_P384'], 'KeyAlgorithm');

/** Lync calls elliptic curve keys ECDH; a certificate's key signs. */
export const keyAlgorithm: ValueType<'RSA' | 'ECDSA_P256' | 'ECDSA_P384'> = {
  ...keyWords,
  parse(given) {
    const word = keyWords.parse(given);
    if (!word.ok) return word;
    if (word.value === 'ECDH_P256') return ok('ECDSA_P256');
    return ok(word.value === 'ECDH_P384' ? 'ECDSA_P384' : word.value);
  },
};

/** The test CA of this store, or an authority that answers over the network, as the store keeps its name. */
export const onlineAuthority: ValueType<string> = {
  name: 'Authority',
  kind: 'value',
  refusal: () => 'InvalidValue',
  parse(given) {
    if (given.toLowerCase() === 'local') return ok('local');
    if (given.includes('\\'))
      return refuse(
        `"${given}" is a Windows authority, which is not reached from here: use -Output, then certreq -submit, then import-certificate.`,
      );
    const name = parseAuthorityName(given);
    return name.ok
      ? ok(printAuthorityName(name.value))
      : refuse(`${name.error} -CA takes local, acme:<URL> or est:<URL>.`);
  },
};

/** Which authority signs at once. */
export const certificateAuthority: ValueType<'local'> = {
  name: 'local',
  kind: 'value',
  values: ['local'],
  refusal: () => 'InvalidValue',
  parse(given) {
    if (given.toLowerCase() === 'local') return ok('local');
    const advice = given.includes('\\')
      ? 'A Windows authority is not reached from here: use -Output, then certreq -submit, then import-certificate.'
      : 'local is the one authority that signs at once; for any other use -Output, then import-certificate.';
    return refuse(`"${given}" cannot sign. ${advice}`);
  },
};
