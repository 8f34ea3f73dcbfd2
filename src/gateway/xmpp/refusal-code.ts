/** Why a stream of a peer was refused, by a stable name: the log, cmdlets and their advice go by it, never by the words beside it. */
import type { PeerRefusal } from '../../certificates/peer-validation.ts';

export type RefusalCode =
  /** No partner, or a suspended one. */
  | 'not-allowed'
  /** It wants a domain that is none of ours. */
  | 'not-served'
  /** It says that it is one of our domains. */
  | 'own-domain'
  | 'bad-header'
  | 'unsupported-version'
  /** XML that no stream may be made of, more of it than is taken, or something behind a last element. */
  | 'bad-xml'
  | 'unsupported-element'
  | 'tls-required'
  | 'tls-not-offered'
  | 'no-own-certificate'
  | 'external-not-permitted'
  /** It does not speak SASL as it should, or claims another domain in it. */
  | 'sasl-malformed'
  | 'dialback-not-permitted'
  | 'dialback-malformed'
  /** Its authoritative server does not know the key. */
  | 'dialback-key-refused'
  /** Its authoritative server could not be asked. */
  | 'dialback-unverified'
  /** It asked about a key that was not made here. */
  | 'key-not-ours'
  | 'not-authenticated'
  /** It acknowledged more than it was sent, or no number. */
  | 'bad-acknowledgement'
  | 'bad-address'
  /** It speaks for a domain that it has not authenticated. */
  | 'sender-not-authenticated'
  | 'timed-out'
  | 'too-many-streams'
  | 'too-many-domains'
  | 'requirements-changed'
  /** What its certificate lacks. */
  | PeerRefusal;
