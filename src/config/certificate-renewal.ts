/** What is needed to ask an authority that answers over the network: for a certificate first, and for its successor later. */

export interface CertificateRenewal {
  /** `acme:<directory URL>` or `est:<URL>`, as -CA takes it. */
  readonly authority: string;
  /** PEM file with the only roots under which the authority's server is believed; absent: the roots of the system. */
  readonly rootsPath?: string;
  /** The successor keeps the key, for partners that have pinned it; absent: a new key each time. */
  readonly reuseKey?: boolean;
  readonly est?: EstSettings;
  readonly acme?: AcmeSettings;
}

/** How an EST server knows us beside the certificate we have. [RFC 7030 §3.2.3] */
export interface EstSettings {
  readonly userName?: string;
  /** A file that only its owner can read. */
  readonly passwordFile?: string;
}

/** How control over a name is proven. [RFC 8555 §8, RFC 8737] */
export const acmeChallenges = ['http-01', 'dns-01', 'tls-alpn-01'] as const;
export type AcmeChallenge = (typeof acmeChallenges)[number];

/** How an ACME server is shown that the names are ours, and who we are to it. */
export interface AcmeSettings {
  /** Absent: http-01. */
  readonly challenge?: AcmeChallenge;
  /** Where http-01 is answered; absent: 80, which is where authorities ask. Another one needs a forwarding in front. */
  readonly httpPort?: number;
  /** Where tls-alpn-01 is answered; absent: 443. */
  readonly tlsPort?: number;
  /** Absolute path of the program that adds and removes TXT records; absent: a person does. */
  readonly dnsHook?: string;
  /** The account at the authority that ours is bound to. [RFC 8555 §7.3.4] */
  readonly eabKeyId?: string;
  /** Absolute path of a file that only its owner can read: the key for it, base64url. */
  readonly eabHmacKeyFile?: string;
  /** Mail addresses. */
  readonly contact?: readonly string[];
}
