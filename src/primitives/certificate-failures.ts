/** Failures of certificates, and of the authorities that answer over the network: a part of the table in `failures.ts`. */
export const certificateFailures = {
  CertificateUnreadable: {
    category: 'invalid',
    meaning: 'The file holds no certificate in a form this program knows.',
  },
  KeyMismatch: {
    category: 'invalid',
    meaning: 'The certificate belongs to none of the private keys in the store.',
    next: 'xgw get-certificaterequest',
  },
  CertificateUnsuitable: {
    category: 'invalid',
    meaning: 'The certificate cannot be used: it has expired, is not yet valid, is too weak, or is not for servers.',
    next: 'xgw test-certificateconfiguration',
  },
  CertificateNotExportable: {
    category: 'denied',
    meaning: 'The private key was requested or imported as not exportable. The certificate itself can be exported.',
    next: 'xgw get-help export-certificate',
  },
  CertificateMissing: {
    category: 'unavailable',
    meaning: 'No certificate is assigned, so no TLS stream can be accepted or opened.',
    next: 'xgw get-certificate',
  },
  TrustFileForeign: {
    category: 'conflict',
    meaning:
      'TrustedRootsPath of the gateway names a file of yours, which this program does not write into. Add the root to that file; it is read again at the next change of the configuration.',
    next: 'xgw get-xmppgatewayconfiguration',
  },
  PasswordMissing: {
    category: 'needsinput',
    meaning:
      'A file or a private key is encrypted and nobody gave its password. Files take -PasswordFile; the service finds the passphrase of stored keys in the file that XGW_KEY_PASSPHRASE_FILE names, or in the systemd credential xgw-key-pass.',
    next: 'xgw get-help about_settings',
  },
  PasswordWrong: {
    category: 'invalid',
    meaning: 'The password or passphrase does not open the file or the private key. Nothing was changed.',
  },
  KeyTooWeak: {
    category: 'invalid',
    meaning: 'RSA keys below 2048 bits are refused: certificate authorities and peers do not accept them any more.',
  },
  RequestInvalid: { category: 'invalid', meaning: 'The certificate request cannot be built from these values.' },
  // Authorities that answer over the network
  AuthorityUnreachable: {
    category: 'unavailable',
    meaning: 'The server of the certificate authority does not answer, or the connection broke. Nothing was changed.',
  },
  AuthorityUntrusted: {
    category: 'denied',
    meaning:
      "The server of the authority showed a certificate that the given roots do not vouch for, or that is for another name. A private authority's root goes into a file that -EstRootsPath or -AcmeRootsPath names.",
    next: 'xgw get-help request-certificate -Parameter AcmeRootsPath',
  },
  AuthorityRefused: {
    category: 'denied',
    meaning: 'The authority answered, and will not issue the certificate. Its own words are the reason.',
  },
  AuthorityAnswerUnusable: {
    category: 'unavailable',
    meaning:
      'The authority answered with something that its protocol does not allow, or that does not fit the request.',
  },
  AuthorityPending: {
    category: 'busy',
    meaning:
      'The authority has taken the request and not decided yet; somebody may have to approve it there. request-certificate -Retrieve asks again, with the same key.',
    next: 'xgw get-certificaterequest',
  },
  AuthorityChallengeFailed: {
    category: 'denied',
    meaning:
      'The authority looked for the proof that a name is ours and did not find it. With http-01 it asks port 80 of the address that the name has in DNS, with tls-alpn-01 port 443; with dns-01 it looks for a TXT record. A name whose address is another machine needs dns-01.',
    next: 'xgw test-dnsrecord',
  },
  AuthorityChallengeUnanswerable: {
    category: 'unavailable',
    meaning:
      'The proof that the names are ours cannot be given from here: the port is taken or not allowed, or the program that changes DNS failed. The authority has not looked.',
    next: 'xgw get-help request-certificate -Parameter Challenge',
  },
  AuthorityLimited: {
    category: 'busy',
    meaning:
      'The authority has had too many requests from us, or for these names, and says when it takes the next one.',
    next: 'xgw get-certificate',
  },
  RenewalBusy: {
    category: 'busy',
    meaning: 'Another process, mostly the running gateway, is renewing certificates of this store at this moment.',
    next: 'xgw get-service',
  },
} as const;
