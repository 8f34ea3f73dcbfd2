/**
 * Ids of the messages that go to partners: each proves that it was given here, to a message of that user for that contact. So a
 * bounce is believed although nothing of its message is remembered any more, after a restart or when too many have followed;
 * and nobody can make one up for a message that was never sent.
 */
import { createHmac } from 'node:crypto';

import type { Ids } from '../../primitives/ids.ts';
import { equalInConstantTime, type Secret } from '../../primitives/secret.ts';

/** Bits of the proof. Source: own choice: who guesses has to send a stanza each time. */
const proofBits = 96;
const proofLength = proofBits / 6;

export interface MessageEnds {
  /** Bare JIDs. */
  readonly user: string;
  readonly contact: string;
}

export class MessageIds {
  readonly #ids: Ids;
  readonly #secrets: () => readonly Secret[];

  /** @param secrets - The one in force first; those before it still count. They outlive the process. */
  constructor(ids: Ids, secrets: () => readonly Secret[]) {
    this.#ids = ids;
    this.#secrets = secrets;
  }

  make(ends: MessageEnds): string {
    const random = this.#ids.token(64);
    const [secret] = this.#secrets();
    return secret === undefined ? random : `${random}.${proofOf(secret, random, ends)}`;
  }

  /** Whether a message of the user for the contact was given this id. */
  proves(id: string, ends: MessageEnds): boolean {
    const [random = '', proof = ''] = id.split('.');
    return this.#secrets().some((secret) => equalInConstantTime(proof, proofOf(secret, random, ends)));
  }
}

const proofOf = (secret: Secret, random: string, { user, contact }: MessageEnds): string =>
  createHmac('sha256', secret.reveal())
    .update(`message id\0${random}\0${user}\0${contact}`)
    .digest('base64url')
    .slice(0, proofLength);
