/** The one table of exit codes. Stable; 1 is what Node.js ends with on a crash, and is never chosen. */
import type { Category } from '../../primitives/failures.ts';

interface Outcome {
  readonly code: number;
  /** What PowerShell calls this kind of failure in CategoryInfo. */
  readonly category: string;
  readonly meaning: string;
  /** Whether the same command may succeed later without anything being changed. */
  readonly retryable?: true;
}

export const outcomes: Readonly<Record<Category, Outcome>> = {
  usage: {
    code: 2,
    category: 'InvalidArgument',
    meaning: 'unknown cmdlet or parameter, ambiguous name, wrong type, parameters that exclude each other',
  },
  notfound: { code: 3, category: 'ObjectNotFound', meaning: 'the named object or file does not exist' },
  needsinput: {
    code: 4,
    category: 'InvalidOperation',
    meaning: 'a value, secret or confirmation is needed and nobody is there to ask',
  },
  invalid: { code: 5, category: 'InvalidData', meaning: 'the value is understood but not allowed' },
  conflict: {
    code: 6,
    category: 'ResourceExists',
    meaning: 'it exists already, somebody else changed it, or others depend on it',
  },
  busy: {
    code: 7,
    category: 'ResourceBusy',
    meaning: 'the configuration lock was not obtained in time',
    retryable: true,
  },
  denied: { code: 8, category: 'PermissionDenied', meaning: 'file permission, exposed key file, privileged port' },
  unavailable: {
    code: 9,
    category: 'ResourceUnavailable',
    meaning: 'the gateway, a DNS server or a peer cannot be reached where the act needs it',
    retryable: true,
  },
  timeout: { code: 10, category: 'OperationTimeout', meaning: 'a time limit was exceeded', retryable: true },
  partial: { code: 11, category: 'NotSpecified', meaning: 'some of the objects failed, some succeeded' },
  different: { code: 20, category: 'InvalidResult', meaning: 'differences were found (only with -DetailedExitCode)' },
  failedtest: { code: 21, category: 'InvalidResult', meaning: "a test-* cmdlet's answer is no" },
  interrupted: { code: 130, category: 'OperationStopped', meaning: 'stopped by Ctrl-C; the state is consistent' },
};

/** A crash; never chosen. */
export const bugExitCode = 1;
/** 128 + 15: stopped by SIGTERM. */
export const terminatedExitCode = 143;

export const exitCodeOf = (category: Category): number => outcomes[category].code;
