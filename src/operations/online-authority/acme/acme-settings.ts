/** From what the store says of an ACME server to the authority: its account, and what answers its challenges. */
import type { AcmeSettings } from '../../../config/certificate-renewal.ts';
import type { Clock } from '../../../primitives/clock.ts';
import { CodedError } from '../../../primitives/errors.ts';
import type { Secret } from '../../../primitives/secret.ts';
import { acmeFiles } from '../../../store/acme-files.ts';
import { exchange } from '../https-exchange.ts';
import type { OnlineAuthority } from '../online-authority.ts';
import { acmeAuthority } from './acme-authority.ts';
import type { AcmeServer } from './acme-session.ts';
import type { ChallengeSolver } from './challenge-solver.ts';
import { dnsByHand, type Person } from './dns-by-hand.ts';
import { dnsHook } from './dns-hook.ts';
import { httpSolver } from './http-challenge.ts';
import { tlsAlpnSolver } from './tls-alpn-challenge.ts';

/** Where authorities knock. [RFC 8555 §8.3, RFC 8737 §3] */
const ports = { http: 80, tls: 443 } as const;

export interface AcmeSurroundings {
  /** The folder of `store.json`. */
  readonly storeFolder: string;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  /** Undefined: nobody can be asked. */
  readonly person: Person | undefined;
  /** One sentence for the administrator. */
  warn(sentence: string): void;
  readSecret(file: string): Promise<Secret>;
}

/** @throws CodedError `FileNotFound`, `KeyFileExposed` for a key that will be needed; `ParameterConflict` */
export async function acmeAuthorityOf(
  server: AcmeServer,
  settings: AcmeSettings,
  surroundings: AcmeSurroundings,
): Promise<OnlineAuthority> {
  const { eabKeyId, eabHmacKeyFile, contact = [] } = settings;
  if ((eabKeyId === undefined) !== (eabHmacKeyFile === undefined)) throw halfAnAccount();
  const files = acmeFiles(surroundings.storeFolder);
  const name = { directory: server.directoryUrl.href, eabKeyId };
  const eabKey = async (): Promise<Secret | undefined> =>
    eabHmacKeyFile === undefined ? undefined : await surroundings.readSecret(eabHmacKeyFile);
  // Once the account is there its key is needed no more, and the file may be gone.
  if (files.readAccount(name)?.url === undefined) await eabKey();
  const onTerms = (url: string): void =>
    surroundings.warn(`The account that is made at ${server.directoryUrl.host} agrees to its terms of service: ${url}`);
  const account = { name, contact: contact.map((address) => `mailto:${address}`), eabKey, onTerms };
  const solver = solverOf(settings, surroundings);
  return acmeAuthority({ server, account, solver }, { exchange, clock: surroundings.clock, files });
}

function solverOf(settings: AcmeSettings, { clock, environment, person, warn }: AcmeSurroundings): ChallengeSolver {
  const { challenge = 'http-01', httpPort = ports.http, tlsPort = ports.tls, dnsHook: program } = settings;
  if (challenge === 'http-01') return httpSolver(httpPort);
  if (challenge === 'tls-alpn-01') return tlsAlpnSolver(tlsPort, clock.wallTime);
  return program === undefined ? dnsByHand(person) : dnsHook({ program, environment, warn });
}

const halfAnAccount = (): CodedError =>
  new CodedError('ParameterConflict', '-AcmeEabKeyId and -AcmeEabHmacKeyFile go together.', {
    reason: 'the authority gives out both: a name, and the key that proves it',
    fix: 'xgw get-help request-certificate -Parameter AcmeEabKeyId',
  });
