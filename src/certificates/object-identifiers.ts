/** The object identifiers this program reads or writes, by their standard names, and what people call them. */

export const oid = {
  // Distinguished names [X.520, RFC 4519]
  commonName: '2.5.4.3',
  country: '2.5.4.6',
  locality: '2.5.4.7',
  stateOrProvince: '2.5.4.8',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
  emailAddress: '1.2.840.113549.1.9.1',
  // Certificate extensions [RFC 5280 §4.2]
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInformationAccess: '1.3.6.1.5.5.7.1.1',
  caIssuers: '1.3.6.1.5.5.7.48.2',
  // Purposes [RFC 5280 §4.2.1.12]
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  // Other names
  xmppAddr: '1.3.6.1.5.5.7.8.5',
  srvName: '1.3.6.1.5.5.7.8.7',
  // Requests
  extensionRequest: '1.2.840.113549.1.9.14',
  microsoftExtensionRequest: '1.3.6.1.4.1.311.2.1.14',
  certificateTemplateName: '1.3.6.1.4.1.311.20.2',
  // Signature algorithms [RFC 4055, RFC 5758, RFC 8410]
  rsaPss: '1.2.840.113549.1.1.10',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  sha384WithRsa: '1.2.840.113549.1.1.12',
  sha512WithRsa: '1.2.840.113549.1.1.13',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',
  ecdsaWithSha512: '1.2.840.10045.4.3.4',
  ed25519: '1.3.101.112',
  ed448: '1.3.101.113',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;

const purposeNames = new Map<string, string>([
  [oid.serverAuth, 'serverAuth'],
  [oid.clientAuth, 'clientAuth'],
  ['1.3.6.1.5.5.7.3.3', 'codeSigning'],
  ['1.3.6.1.5.5.7.3.4', 'emailProtection'],
  ['1.3.6.1.5.5.7.3.8', 'timeStamping'],
  ['1.3.6.1.5.5.7.3.9', 'OCSPSigning'],
  ['2.5.29.37.0', 'anyExtendedKeyUsage'],
]);

/** The purpose's name, or the identifier itself. */
export const purposeName = (identifier: string): string => purposeNames.get(identifier) ?? identifier;

const attributeNames = new Map<string, string>([
  [oid.commonName, 'CN'],
  [oid.country, 'C'],
  [oid.locality, 'L'],
  [oid.stateOrProvince, 'ST'],
  [oid.organization, 'O'],
  [oid.organizationalUnit, 'OU'],
  [oid.emailAddress, 'emailAddress'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
]);

export const attributeName = (identifier: string): string => attributeNames.get(identifier) ?? identifier;

/** KeyUsage bits by number. [RFC 5280 §4.2.1.3] */
export const keyUsageBits = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof keyUsageBits)[number];

const signatureNames = new Map<string, string>([
  [oid.rsaPss, 'RSASSA-PSS'],
  [oid.sha256WithRsa, 'sha256WithRSAEncryption'],
  [oid.sha384WithRsa, 'sha384WithRSAEncryption'],
  [oid.sha512WithRsa, 'sha512WithRSAEncryption'],
  [oid.ecdsaWithSha256, 'ecdsa-with-SHA256'],
  [oid.ecdsaWithSha384, 'ecdsa-with-SHA384'],
  [oid.ecdsaWithSha512, 'ecdsa-with-SHA512'],
  [oid.ed25519, 'Ed25519'],
  [oid.ed448, 'Ed448'],
  ['1.2.840.113549.1.1.5', 'sha1WithRSAEncryption'],
  ['1.2.840.10045.4.1', 'ecdsa-with-SHA1'],
  ['1.2.840.113549.1.1.4', 'md5WithRSAEncryption'],
]);

/** The signature algorithm's name, or the identifier itself. */
export const signatureName = (identifier: string): string => signatureNames.get(identifier) ?? identifier;
