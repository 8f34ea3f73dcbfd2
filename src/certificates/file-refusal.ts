/** Why a file with certificates or keys is not taken, so that a caller can ask for a password where one would help, and say what does. */
import { type Result, refuse } from '../primitives/result.ts';

export interface FileRefusal {
  readonly kind: 'password-missing' | 'password-wrong' | 'without-mac' | 'request' | 'unreadable';
  /** One sentence. */
  readonly text: string;
}

export const unreadable = (text: string): Result<never, FileRefusal> => refuse({ kind: 'unreadable', text });
