/** One session of the language: its variables, and its rules put together. */
import { wordsOf } from './command-words.ts';
import { evaluate } from './evaluate.ts';
import type { Interpreter, Surrounded, Surroundings } from './interpreter.ts';
import { runPipeline } from './run-pipeline.ts';
import { runBlock } from './run-statements.ts';
import { ScriptBlock } from './values.ts';

export function newInterpreter(around: Surroundings): Interpreter {
  const state = { succeeded: true, exitCode: 0, failed: [], done: 0, rounds: 0, at: 0 };
  return surrounded({ around, variables: new Map(), state }, { item: null, isTried: false });
}

type Shared = Pick<Interpreter, 'around' | 'variables' | 'state'>;

function surrounded(shared: Shared, own: Surrounded): Interpreter {
  const interpreter: Interpreter = {
    ...shared,
    ...own,
    within: (changed) => surrounded(shared, { ...own, ...changed }),
    value: (expression) => evaluate(expression, interpreter),
    pipeline: (pipeline, frame) => runPipeline(pipeline, frame, interpreter),
    block: (body, frame) => runBlock(body, frame, interpreter),
    words: (command) => wordsOf(command, interpreter),
    scriptBlock: (body, text) =>
      new ScriptBlock(text, (item, emit) => interpreter.within({ item }).block(body, { emit, isShown: false })),
  };
  return interpreter;
}
