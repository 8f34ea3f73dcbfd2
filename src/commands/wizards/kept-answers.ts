/** The answers of a wizard over a crash: kept after every answer, offered at the next start, forgotten when the work is done. */

import { isCodedError } from '../../primitives/errors.ts';
import { wizardDraft } from '../../store/wizard-draft.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { filledIn } from '../host/localized-text.ts';
import { phrases } from '../host/phrases.ts';
import type { Answers } from './step-driver.ts';

export interface KeptAnswers {
  keep(answers: Answers): void;
  forget(): void;
  /** What was left unfinished, if the person wants to go on with it; what they do not want is forgotten. */
  offered(): Promise<Answers | undefined>;
}

const nowhere: KeptAnswers = {
  keep: () => undefined,
  forget: () => undefined,
  offered: async () => undefined,
};

/** With -WhatIf no file is made. A store that cannot be written costs the safety net, and not the wizard. */
export function keptAnswers(wizard: string, context: CmdletContext): KeptAnswers {
  if (context.whatIf) return nowhere;
  const draft = wizardDraft(context.store.folder, wizard);
  let isBroken = false;
  const attempt = (action: () => void): void => {
    if (isBroken) return;
    try {
      action();
    } catch (error) {
      if (!isCodedError(error)) throw error;
      isBroken = true;
      context.warn(`Your answers would not survive a crash: ${error.message} ${error.reason ?? ''}`.trimEnd());
    }
  };
  return {
    keep: (answers) => attempt(() => draft.write(answers)),
    forget: () => attempt(() => draft.discard()),
    async offered() {
      const answers = draft.read();
      if (answers === undefined) return undefined;
      const notFinished = context.localize(phrases.notFinished);
      context.say(`  ${filledIn(notFinished, { count: Object.keys(answers).length })}`);
      const wanted = await context.ask({
        message: phrases.continueWhereLeft,
        choices: [
          { value: 'Continue', meaning: phrases.answersAreThere },
          { value: 'Start anew', meaning: phrases.answersForgotten },
        ],
        initial: 'Continue',
      });
      if (wanted === 'Continue') return answers;
      attempt(() => draft.discard());
      return undefined;
    },
  };
}
