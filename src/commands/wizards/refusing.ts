/** The sentence of a wizard for an answer that its type refuses: what is wrong, and an answer that would do. */
import type { ValueType } from '../host/cmdlet.ts';

export const refusing =
  (type: ValueType<unknown>, example: string, mayBeEmpty = false) =>
  (answer: string): string | undefined => {
    if (answer === '') return mayBeEmpty ? undefined : `A value is needed, such as ${example}.`;
    const parsed = type.parse(answer);
    return parsed.ok ? undefined : `${parsed.error} Example: ${example}`;
  };
