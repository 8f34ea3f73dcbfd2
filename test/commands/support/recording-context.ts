/** What a cmdlet may touch, with a store of its own: what it says and returns is recorded, and nobody is asked. */
import { readFileSync } from 'node:fs';

import type { Cmdlet, CmdletContext, Committed, OutputObject, Parameters } from '../../../src/commands/host/cmdlet.ts';
import type { Question } from '../../../src/commands/host/question.ts';
import { openConfigStore } from '../../../src/store/open-config-store.ts';

export interface Recorded {
  readonly objects: OutputObject[];
  readonly texts: string[];
  readonly warnings: string[];
  readonly sentences: string[];
  readonly questions: string[];
  /** Lines to the person. */
  readonly said: string[];
}

export interface Surroundings {
  readonly folder: string;
  readonly whatIf?: boolean;
  readonly force?: boolean;
  readonly passThru?: boolean;
  /** The answer to every question. */
  readonly answer?: boolean;
  readonly format?: string;
  readonly forPerson?: boolean;
  readonly now?: Date;
  /** Somebody is there and answers so. */
  readonly ask?: (question: Question) => string | undefined;
}

export function recordingContext(given: Surroundings): Recorded & { readonly context: CmdletContext } {
  const store = openConfigStore(given.folder);
  const recorded: Recorded = { objects: [], texts: [], warnings: [], sentences: [], questions: [], said: [] };
  const proceeds = given.whatIf !== true && given.answer !== false;
  const context: CmdletContext = {
    store,
    cmdlet: 'Test-Cmdlet',
    whatIf: given.whatIf ?? false,
    force: given.force ?? false,
    passThru: given.passThru ?? false,
    quiet: false,
    timeoutMs: undefined,
    signal: new AbortController().signal,
    hurry: () => new AbortController().signal,
    interactive: given.ask !== undefined,
    localize: (english) => english,
    format: given.format ?? 'auto',
    forPerson: given.forPerson ?? false,
    program: [],
    now: () => given.now ?? new Date(),
    write: (object) => void recorded.objects.push(object),
    writeText: (text) => void recorded.texts.push(text),
    emit: (value) => void recorded.objects.push(value as OutputObject),
    view: () => '',
    endWith: () => undefined,
    async commit(change): Promise<Committed> {
      const { target } = change;
      recorded.questions.push(target);
      const before = store.read();
      if (!proceeds) return { before, after: change.apply(before), changed: false, withheld: true };
      return {
        ...(await store.update({
          cmdlet: 'Test',
          target,
          lockTimeoutMs: 5000,
          apply: (current) => change.apply(current),
        })),
        withheld: false,
      };
    },
    async shouldProcess(target, action) {
      recorded.questions.push(`${action}: ${target}`);
      return proceeds;
    },
    readInput: async (path) => readFileSync(path),
    done: (sentence) => void recorded.sentences.push(sentence),
    hint: () => undefined,
    say: (line) => void recorded.said.push(line),
    ask: async (question) => given.ask?.(question),
    warn: (sentence) => void recorded.warnings.push(sentence),
    verbose: () => undefined,
    askSecret: async () => '',
    openScreen: () => undefined,
    accessible: false,
    catalogue: () => [],
  };
  return { ...recorded, context };
}

/** Runs a cmdlet with the text of its parameters, as the command line would bind them. */
export async function runCmdlet(
  cmdlet: Cmdlet,
  given: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): Promise<Recorded> {
  const values = Object.entries(cmdlet.parameters as Parameters).map(([name, parameter]) => {
    const text = given[name];
    if (text === undefined) return [name, undefined];
    const parsed = parameter.type.parse(text);
    if (!parsed.ok) throw new Error(`${name}: ${parsed.error}`);
    return [name, parsed.value];
  });
  const { context, ...recorded } = recordingContext(surroundings);
  await cmdlet.run(Object.fromEntries(values), context);
  return recorded;
}
