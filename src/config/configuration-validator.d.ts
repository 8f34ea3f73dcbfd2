/** What the build compiles from `configuration-schema.ts` into `dist/configuration-validator.cjs`. */
import type { Configuration } from './configuration.ts';

export interface SchemaFault {
  /** JSON Pointer to the value. [RFC 6901] */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Validator {
  (value: unknown): value is Configuration;
  /** All faults of the last call, or null. */
  errors?: readonly SchemaFault[] | null;
  /** Digest of all rules for a configuration, those of configuration-invariants.ts too. */
  readonly rules: string;
}

declare const validate: Validator;
export default validate;
