/** The root document of the store: everything an administrator has said. Key files and run-time state are elsewhere. */
import type { DomainName } from '../primitives/domain-name.ts';
import type { CertificateRenewal } from './certificate-renewal.ts';
import type { FederatedPartner } from './federated-partner.ts';
import type { GatewayConfiguration } from './gateway-configuration.ts';
import type { ObjectStamp } from './object-stamp.ts';
import type { Owned } from './owned.ts';
import type { SipRoute } from './sip-route.ts';

export const formatVersion = 1;

export interface SipDomain extends Owned {
  readonly identity: DomainName;
  readonly isDefault: boolean;
  readonly changed?: ObjectStamp;
}

export const deployments = ['Current', 'Legacy'] as const;
export type Deployment = (typeof deployments)[number];

/** An account of the home server. Its digest credentials are a file in the key store, named by `credential`. */
export interface User extends Owned {
  /** `sip:user@domain` in lower case; the user part as written. */
  readonly identity: string;
  readonly displayName: string;
  /** Name of the credential file in the key store; absent: the user cannot register. */
  readonly credential?: string;
  /** A user on a survivable branch appliance has no XMPP, in either direction. */
  readonly survivableBranch: boolean;
  /** Name of a per-user policy (`tag:name` without the `tag:`); absent: site or Global. */
  readonly externalAccessPolicy?: string;
  /** The site whose `site:` policy applies to the user; absent: none. */
  readonly site?: string;
  /** The pool or gateway that is the user's home; absent: this gateway. */
  readonly homeServer?: string;
  /** `Legacy` while the user is still on the pool that is migrated from; absent: `Current`. */
  readonly deployment?: Deployment;
  readonly changed?: ObjectStamp;
}

export interface ExternalAccessPolicy extends Owned {
  /** `Global`, `site:name` or `tag:name`. */
  readonly identity: string;
  readonly description: string;
  readonly enableFederationAccess: boolean;
  readonly enableXmppAccess: boolean;
  readonly enablePublicCloudAccess: boolean;
  readonly enableOutsideAccess: boolean;
  readonly changed?: ObjectStamp;
}

export interface AccessEdgeConfiguration extends Owned {
  readonly allowFederatedUsers: boolean;
}

export const certificateUsages = ['ExternalEdge', 'InternalEdge', 'XmppServer', 'Default'] as const;
export type CertificateUsage = (typeof certificateUsages)[number];

/** A certificate in the store. Chain and key are files in the key store. */
export interface CertificateRecord {
  /** SHA-1 of the DER as 40 upper-case hexadecimal digits: what Windows calls the thumbprint. */
  readonly thumbprint: string;
  readonly friendlyName: string;
  /** SHA-256 of the SubjectPublicKeyInfo, hexadecimal: names the key file too. */
  readonly publicKeySha256: string;
  readonly privateKeyExportable: boolean;
  /** Whether the key file needs a passphrase; absent: it does not. */
  readonly keyEncrypted?: boolean;
  /** Issued by this store's own test CA. */
  readonly localTestCa: boolean;
  /** What it serves now, unless a planned assignment has come due since: ask `certificateInForce`. */
  readonly assignedTo: readonly CertificateUsage[];
  /** What it takes over later, by itself; absent: nothing. */
  readonly planned?: PlannedAssignment;
  /** What it served before another certificate took over; absent: nothing. */
  readonly previousFor?: readonly CertificateUsage[];
  /** How its successor is had without anybody; absent: an administrator sees to it. */
  readonly renewal?: CertificateRenewal;
}

export interface PlannedAssignment {
  readonly usages: readonly CertificateUsage[];
  /** ISO 8601, UTC. */
  readonly from: string;
}

export interface CertificateRequestRecord {
  readonly requestId: number;
  readonly usages: readonly CertificateUsage[];
  readonly friendlyName: string;
  readonly subject: string;
  readonly subjectAlternativeNames: readonly { readonly name: string; readonly reason: string }[];
  readonly keyAlgorithm: string;
  readonly publicKeySha256: string;
  readonly privateKeyExportable: boolean;
  readonly created: string;
  readonly status: 'Pending' | 'Completed' | 'Cleared';
  /** The authority that was asked over the network; absent: the request was carried by hand. */
  readonly renewal?: CertificateRenewal;
}

/** Who made a revision, when and how. */
export interface RevisionStamp {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly user: string;
  readonly host: string;
  /** The cmdlet, in PascalCase. */
  readonly cmdlet: string;
  /** The object that was changed. */
  readonly target: string;
  /** The end of the audit log when the revision was made, `line:hash`; absent: there was no log. */
  readonly audit?: string;
}

export interface Configuration {
  readonly formatVersion: typeof formatVersion;
  /** 0 before the first change. */
  readonly revision: number;
  readonly changed?: RevisionStamp;
  /** All maps are keyed by identity. */
  readonly sipDomains: Readonly<Record<string, SipDomain>>;
  /** Keyed by SIP domain. */
  readonly sipRoutes: Readonly<Record<string, SipRoute>>;
  readonly federatedPartners: Readonly<Record<string, FederatedPartner>>;
  readonly users: Readonly<Record<string, User>>;
  readonly externalAccessPolicies: Readonly<Record<string, ExternalAccessPolicy>>;
  readonly accessEdge: AccessEdgeConfiguration;
  readonly gateway: GatewayConfiguration;
  readonly certificates: Readonly<Record<string, CertificateRecord>>;
  readonly certificateRequests: Readonly<Record<string, CertificateRequestRecord>>;
}
