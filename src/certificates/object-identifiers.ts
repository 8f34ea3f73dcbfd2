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
  /** RFC 8737 §6.1 */
  acmeIdentifier: '1.3.6.1.5.5.7.1.31',
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
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  // Password-based encryption [RFC 8018 Appendix C, RFC 7914 §7, RFC 7292 Appendix C]
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  scrypt: '1.3.6.1.4.1.11591.4.11',
  hmacWithSha1: '1.2.840.113549.2.7',
  hmacWithSha224: '1.2.840.113549.2.8',
  hmacWithSha256: '1.2.840.113549.2.9',
  hmacWithSha384: '1.2.840.113549.2.10',
  hmacWithSha512: '1.2.840.113549.2.11',
  aes128Cbc: '2.16.840.1.101.3.4.1.2',
  aes192Cbc: '2.16.840.1.101.3.4.1.22',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  tripleDesCbc: '1.2.840.113549.3.7',
  pbeSha1TripleDes: '1.2.840.113549.1.12.1.3',
  pbeSha1TwoKeyTripleDes: '1.2.840.113549.1.12.1.4',
  pbeSha1Rc2With128Bits: '1.2.840.113549.1.12.1.5',
  pbeSha1Rc2With40Bits: '1.2.840.113549.1.12.1.6',
  // Containers [RFC 5652, RFC 7292]
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
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

/** What is met in key files and not read, and what people call it. */
const fileAlgorithmNames = new Map<string, string>([
  ['1.2.840.113549.1.7.2', 'protection by a signature (public-key integrity mode)'],
  ['1.2.840.113549.1.7.3', 'encryption to a certificate (public-key privacy mode)'],
  ['1.2.840.113549.1.5.1', 'PBE with MD2 and DES'],
  ['1.2.840.113549.1.5.3', 'PBE with MD5 and DES'],
  ['1.2.840.113549.1.5.6', 'PBE with MD5 and RC2'],
  ['1.2.840.113549.1.5.10', 'PBE with SHA-1 and DES'],
  ['1.2.840.113549.1.5.11', 'PBE with SHA-1 and RC2'],
  ['1.2.840.113549.1.5.14', 'PBMAC1'],
  ['1.2.840.113549.1.12.1.1', 'PBE with SHA-1 and 128-bit RC4'],
  ['1.2.840.113549.1.12.1.2', 'PBE with SHA-1 and 40-bit RC4'],
  ['1.2.840.113549.2.5', 'MD5'],
  ['1.2.840.113549.3.2', 'RC2-CBC'],
  ['1.2.840.113549.3.4', 'RC4'],
  ['1.3.14.3.2.7', 'DES-CBC'],
  ['1.2.392.200011.61.1.1.1.2', 'Camellia-128-CBC'],
  ['1.2.392.200011.61.1.1.1.3', 'Camellia-192-CBC'],
  ['1.2.392.200011.61.1.1.1.4', 'Camellia-256-CBC'],
  ['1.2.410.200004.1.4', 'SEED-CBC'],
  ['2.16.840.1.101.3.4.1.6', 'AES-128-GCM'],
  ['2.16.840.1.101.3.4.1.46', 'AES-256-GCM'],
]);

/** The name of an algorithm that is not read, or the identifier itself. */
export const fileAlgorithmName = (identifier: string): string => fileAlgorithmNames.get(identifier) ?? identifier;
