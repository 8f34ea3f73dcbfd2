/** http-01: the key authorization under a well-known path of port 80, by a listener of our own. [RFC 8555 §8.3] */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { openListener } from './challenge-listener.ts';
import type { ChallengeAnswer, ChallengeSolver } from './challenge-solver.ts';

const pathPrefix = '/.well-known/acme-challenge/';

/** Milliseconds for a request to arrive whole. */
const requestTimeout = 10_000;
/** Bytes of a request's head. */
const maxHeaderSize = 8192;

/** @param port - Where requests arrive that were made to port 80 of the names. */
export function httpSolver(port: number): ChallengeSolver {
  return {
    type: 'http-01',
    async present(answers) {
      const asked = new Set<string>();
      const byToken = new Map(answers.map((answer) => [answer.token, answer]));
      const server = createServer(
        { requestTimeout, headersTimeout: requestTimeout, maxHeaderSize },
        (request, response) => reply(request, response, byToken, asked),
      );
      const withdraw = await openListener(server, { challenge: 'http-01', port, parameter: 'AcmeHttpPort' });
      return { wasAskedFor: (domain) => asked.has(domain), withdraw };
    },
  };
}

/** Whatever else is asked for is not here. */
function reply(
  { method = '', url = '' }: IncomingMessage,
  response: ServerResponse,
  byToken: ReadonlyMap<string, ChallengeAnswer>,
  asked: Set<string>,
): void {
  const answer = url.startsWith(pathPrefix) ? byToken.get(url.slice(pathPrefix.length)) : undefined;
  response.shouldKeepAlive = false;
  if (answer === undefined) return void response.writeHead(404).end();
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { Allow: 'GET, HEAD' }).end();
  asked.add(answer.domain);
  response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(answer.keyAuthorization);
}
