/** What answers challenges of one kind: shown to the world for as long as an authority looks, and not a moment longer. */
import type { AcmeChallenge } from '../../../config/certificate-renewal.ts';

export interface ChallengeAnswer {
  /** A-labels; of a wildcard name what follows `*.`. */
  readonly domain: string;
  /** base64url. */
  readonly token: string;
  /** `token.thumbprint`. [RFC 8555 §8.1] */
  readonly keyAuthorization: string;
}

export interface Presented {
  /** Whether somebody has looked for the answer of this domain; undefined: that cannot be seen from here. */
  wasAskedFor(domain: string): boolean | undefined;
  /** Never fails: what cannot be taken back is told. */
  withdraw(): Promise<void>;
}

export interface ChallengeSolver {
  readonly type: AcmeChallenge;
  /**
   * Resolves when the authority may look for all of them.
   *
   * @throws CodedError `AuthorityChallengeUnanswerable`, `MandatoryParameterMissing`, `Interrupted`; then nothing is left behind
   */
  present(answers: readonly ChallengeAnswer[], signal: AbortSignal | undefined): Promise<Presented>;
}
