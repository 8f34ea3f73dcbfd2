/**
 * dns-01 by a program of the administrator: called once to add each record and once to remove it, without a shell and without
 * arguments. What it is to do stands in XGW_ACME_ACTION (add, remove), XGW_ACME_DOMAIN, XGW_ACME_RECORD, XGW_ACME_TOKEN and
 * XGW_ACME_VALUE. It ends with 0 when the name servers answer so.
 */
import { execFile } from 'node:child_process';

import { CodedError, systemErrorCode } from '../../../primitives/errors.ts';
import { shellWord } from '../../../primitives/shell-word.ts';
import { visibleText } from '../../../primitives/visible-text.ts';
import { interrupted } from './acme-session.ts';
import type { ChallengeAnswer, ChallengeSolver } from './challenge-solver.ts';
import { dnsRecordOf } from './dns-record.ts';

export interface HookOptions {
  /** Absolute path. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  /** One sentence about what was left behind. */
  warn(sentence: string): void;
}

/** Milliseconds for one record, until all name servers have it. */
const timeout = 600_000;
/** Bytes that it may write; more of them are no message. */
const maxBuffer = 1_048_576;
/** Characters of its words that are shown. */
const maxWords = 300;

type Action = 'add' | 'remove';

export function dnsHook(options: HookOptions): ChallengeSolver {
  return {
    type: 'dns-01',
    async present(answers, signal) {
      const added: ChallengeAnswer[] = [];
      const withdraw = async (): Promise<void> => {
        for (const answer of added) await removeOrTell(answer, options);
      };
      try {
        for (const answer of answers) {
          // Half an addition is one that has to be removed.
          added.push(answer);
          await call(options, 'add', answer, signal);
        }
      } catch (error) {
        await withdraw();
        throw error;
      }
      return { wasAskedFor: () => undefined, withdraw };
    },
  };
}

async function removeOrTell(answer: ChallengeAnswer, options: HookOptions): Promise<void> {
  try {
    await call(options, 'remove', answer, undefined);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    options.warn(`The TXT record ${dnsRecordOf(answer).name} may still be there: ${error.reason ?? error.message}.`);
  }
}

async function call(
  { program, environment }: HookOptions,
  action: Action,
  answer: ChallengeAnswer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name, value } = dnsRecordOf(answer);
  const given = {
    XGW_ACME_ACTION: action,
    XGW_ACME_DOMAIN: answer.domain,
    XGW_ACME_RECORD: name,
    XGW_ACME_TOKEN: answer.token,
    XGW_ACME_VALUE: value,
  };
  if (signal?.aborted) throw interrupted();
  const options = { env: { ...environment, ...given }, timeout, maxBuffer, ...(signal && { signal }) };
  const failure = await new Promise<string | undefined>((resolve) => {
    execFile(program, [], options, (error, _, stderr) => resolve(error === null ? undefined : reasonOf(error, stderr)));
  });
  if (signal?.aborted) throw interrupted();
  if (failure === undefined) return;
  const words = Object.entries(given).map(([variable, text]) => `${variable}=${shellWord(text)}`);
  throw new CodedError('AuthorityChallengeUnanswerable', `${program} could not ${action} the TXT record ${name}.`, {
    reason: failure,
    fix: [...words, shellWord(program)].join(' '),
    target: program,
  });
}

type HookError = Error & { readonly code?: number | string | null; readonly killed?: boolean };

function reasonOf(error: HookError, stderr: string): string {
  const code = systemErrorCode(error);
  if (code === 'ENOENT') return 'there is no such program';
  if (code === 'EACCES') return 'it is not executable';
  const last = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  const words = last === '' ? '' : `: ${visibleText(last.slice(0, maxWords))}`;
  if (error.killed === true) return `it did not end within ${timeout / 1000} s${words}`;
  return typeof error.code === 'number' ? `it ended with code ${error.code}${words}` : `it was ended${words}`;
}
