/**
 * TLS for streams between servers, RFC 6120 §5, RFC 7590 and RFC 9325: a socket becomes a TLS socket, in both roles.
 * TLS encrypts and shows certificates here; whether they are believed is decided by the stream, never by the TLS library.
 */
import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';

import type { DomainName } from '../../primitives/domain-name.ts';
import type { TlsIdentity } from './s2s-options.ts';
import type { StreamError } from './stream-error.ts';

/** Somebody put something behind the last element in clear, to be taken for a part of what is encrypted [RFC 6120 §5.3.3]. */
export const smuggled: StreamError = {
  condition: 'policy-violation',
  text: 'There was more behind an element that must be the last one.',
};

/** Forward secrecy and authenticated encryption only. Source: RFC 9325 §4.2. */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

/** The protocol name of direct TLS between servers [XEP-0368 §5]. */
const alpn = 'xmpp-server';

/**
 * One for each identity, while it is in use: OpenSSL reads key and chain once, and all streams share the memory that they take.
 * No session is remembered in it.
 */
const contexts = new WeakMap<TlsIdentity | typeof nobody, SecureContext>();
const nobody = {};

/** @throws When key and certificate do not fit each other. */
function secureContext(identity: TlsIdentity | undefined): SecureContext {
  const known = contexts.get(identity ?? nobody);
  if (known !== undefined) return known;
  const made = makeContext(identity);
  contexts.set(identity ?? nobody, made);
  return made;
}

/**
 * `ca: []`: no CA names are asked for, which some servers take as a reason to send no certificate, and the chain stays whole.
 * No tickets: a resumed session carries no certificate.
 */
function makeContext(identity: TlsIdentity | undefined): SecureContext {
  return createSecureContext({
    ...(identity && { key: identity.key.reveal(), cert: identity.chain }),
    ca: [],
    ciphers,
    honorCipherOrder: true,
    minVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  });
}

/** Our end of a stream that the peer opened. Emits `secure` when TLS is up. */
export const acceptTls = (raw: Socket, identity: TlsIdentity): TLSSocket =>
  new TLSSocket(raw, {
    isServer: true,
    requestCert: true,
    rejectUnauthorized: false,
    secureContext: secureContext(identity),
  });

/** As `acceptTls`, from the first byte: the certificate is chosen by the name that the peer asks for. */
export const acceptDirectTls = (raw: Socket, identityFor: (serverName: string) => TlsIdentity | undefined): TLSSocket =>
  new TLSSocket(raw, {
    isServer: true,
    requestCert: true,
    rejectUnauthorized: false,
    secureContext: secureContext(undefined),
    ALPNProtocols: [alpn],
    SNICallback: (serverName, answer) => {
      try {
        const identity = identityFor(serverName);
        if (identity === undefined) answer(new Error(`no certificate for ${serverName}`));
        else answer(null, secureContext(identity));
      } catch (error) {
        answer(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });

export interface TlsRequest {
  readonly remote: DomainName;
  /** Shown when the peer asks for a certificate. */
  readonly identity: TlsIdentity | undefined;
  readonly direct: boolean;
}

/** Our end of a stream that we opened. Emits `secureConnect` when TLS is up. */
export const requestTls = (raw: Socket, { remote, identity, direct }: TlsRequest): TLSSocket =>
  connect({
    socket: raw,
    servername: remote,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    secureContext: secureContext(identity),
    ...(direct && { ALPNProtocols: [alpn] }),
  });
