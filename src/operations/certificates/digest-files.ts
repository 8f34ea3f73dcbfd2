/** What is kept of the passwords of users, from files that are read when somebody logs in. One that cannot be used is told, once. */
import type { Configuration, User } from '../../config/configuration.ts';
import type { DigestSecrets } from '../../gateway/gateway-ports.ts';
import { type CodedError, isCodedError } from '../../primitives/errors.ts';
import { Secret } from '../../primitives/secret.ts';
import type { KeyStore } from '../../store/key-store.ts';

export class DigestFiles {
  readonly #keys: KeyStore;
  readonly #onProblem: (error: CodedError) => void;
  readonly #read = new Map<string, DigestSecrets | undefined>();

  constructor(keys: KeyStore, onProblem: (error: CodedError) => void) {
    this.#keys = keys;
    this.#onProblem = onProblem;
  }

  /** Undefined for a user who cannot log in: without a password, or with a file that cannot be used. */
  of({ credential: name }: User): DigestSecrets | undefined {
    if (name === undefined) return undefined;
    if (!this.#read.has(name)) this.#read.set(name, this.#secretsIn(name));
    return this.#read.get(name);
  }

  /** What could not be used is tried again. The name is another one with each password: what was read under it stays true. */
  follow({ users }: Configuration): void {
    const named = new Set(Object.values(users).map(({ credential }) => credential));
    for (const [name, secrets] of this.#read) if (secrets === undefined || !named.has(name)) this.#read.delete(name);
  }

  #secretsIn(name: string): DigestSecrets | undefined {
    try {
      const digest = this.#keys.readCredential(name);
      return digest === undefined ? undefined : { md5: new Secret(digest.md5), sha256: new Secret(digest.sha256) };
    } catch (error) {
      if (!isCodedError(error)) throw error;
      this.#onProblem(error);
      return undefined;
    }
  }
}
