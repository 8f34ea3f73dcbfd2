/** With which password each user came in: whoever had the old one must not stay when it is changed. */
import { equalInConstantTime, Secret } from '../../../primitives/secret.ts';
import type { LocalUser } from './admission.ts';

export class KnownPasswords {
  readonly #userOf: (aor: string) => LocalUser | undefined;
  /** The digest value, or '' of a user without a password, for whom a trusted peer speaks. */
  readonly #used = new Map<string, Secret>();

  constructor(userOf: (aor: string) => LocalUser | undefined) {
    this.#userOf = userOf;
  }

  /** The user has come in. */
  note(aor: string): void {
    if (this.#userOf(aor) !== undefined) this.#used.set(aor, new Secret(this.#present(aor)));
  }

  /** Whose password is another one now, or who is no user any more; they are told once. */
  takeChanged(): ReadonlySet<string> {
    const changed = [...this.#used].filter(([aor, used]) => !equalInConstantTime(used.reveal(), this.#present(aor)));
    for (const [aor] of changed) this.#used.delete(aor);
    return new Set(changed.map(([aor]) => aor));
  }

  #present(aor: string): string {
    return this.#userOf(aor)?.credentials?.md5.reveal() ?? '';
  }
}
