/** tls-alpn-01: a certificate with the proof in it, for those who ask for the protocol `acme-tls/1` on port 443. [RFC 8737 §3] */
import { createSecureContext, createServer, type SecureContext } from 'node:tls';

import { acmeIdentifierCertificate } from '../../../certificates/acme-identifier-certificate.ts';
import { printPrivateKey } from '../../../certificates/key-pair.ts';
import { printCertificates } from '../../../certificates/pem.ts';
import { openListener } from './challenge-listener.ts';
import type { ChallengeAnswer, ChallengeSolver } from './challenge-solver.ts';

/** Milliseconds. */
const handshakeTimeout = 10_000;

/** @param port - Where connections arrive that were made to port 443 of the names. */
export function tlsAlpnSolver(port: number, now: () => Date): ChallengeSolver {
  return {
    type: 'tls-alpn-01',
    async present(answers) {
      const asked = new Set<string>();
      const contexts = new Map<string, SecureContext>();
      for (const answer of answers) contexts.set(answer.domain, await contextOf(answer, now()));
      const server = createServer(
        {
          ALPNProtocols: ['acme-tls/1'],
          handshakeTimeout,
          minVersion: 'TLSv1.2',
          // Without a context for the name, and there is none of the server, the handshake fails.
          SNICallback(name, choose) {
            const domain = name.toLowerCase();
            const context = contexts.get(domain);
            if (context !== undefined) asked.add(domain);
            choose(null, context);
          },
        },
        // The handshake was all: nothing is to be said. [RFC 8737 §4]
        (socket) => socket.on('error', () => undefined).end(),
      );
      server.on('tlsClientError', () => undefined);
      const withdraw = await openListener(server, { challenge: 'tls-alpn-01', port, parameter: 'AcmeTlsPort' });
      return { wasAskedFor: (domain) => asked.has(domain), withdraw };
    },
  };
}

async function contextOf({ domain, keyAuthorization }: ChallengeAnswer, now: Date): Promise<SecureContext> {
  const { key, certificate } = await acmeIdentifierCertificate(domain, keyAuthorization, now);
  return createSecureContext({ key: printPrivateKey(key).reveal(), cert: printCertificates([certificate.der]) });
}
