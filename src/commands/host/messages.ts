/** What is said on standard error beside errors: warnings, confirmations, hints, verbose lines. Text, or one JSON object a line. */
import { visibleText } from '../../primitives/visible-text.ts';
import type { Palette } from './colour.ts';
import type { Localize } from './localized-text.ts';
import { phrases } from './phrases.ts';

export interface MessageRules {
  readonly write: (text: string) => void;
  readonly palette: Palette;
  readonly cmdlet: string;
  readonly localize: Localize;
  readonly asJson: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly warnings: boolean;
  /** Whether a person reads standard error: confirmations and hints are for people. */
  readonly forPerson: boolean;
  now(): Date;
}

type Tell = (sentence: string) => void;

export interface Messages {
  readonly warn: Tell;
  readonly verbose: Tell;
  readonly done: Tell;
  readonly hint: Tell;
  /** Always said. */
  readonly say: Tell;
}

export function messagesOf(rules: MessageRules): Messages {
  const { palette, quiet, forPerson, localize } = rules;
  const line = (level: string, prefix: string, sentence: string): void => {
    const text = (rules.asJson ? sentence : localizedLine(sentence, localize))
      .split('\n')
      .map(visibleText)
      .join('\n    ');
    if (!rules.asJson) return rules.write(`${prefix}${text}\n`);
    rules.write(`${JSON.stringify({ ts: rules.now().toISOString(), level, cmdlet: rules.cmdlet, msg: sentence })}\n`);
  };
  return {
    warn: (sentence) =>
      quiet || !rules.warnings ? undefined : line('warn', `${palette.doubtful(localize(phrases.warning))} `, sentence),
    verbose: (sentence) => (rules.verbose ? line('debug', `${localize(phrases.verbose)} `, sentence) : undefined),
    done: (sentence) => (quiet || !forPerson ? undefined : line('info', `${palette.good('OK')}  `, sentence)),
    hint: (text) => (quiet || !forPerson ? undefined : line('info', '    ', text)),
    say: (text) => line('info', '', text),
  };
}

/** What stands before a sentence only sets it off. */
function localizedLine(line: string, localize: Localize): string {
  const sentence = line.trimStart();
  return line.slice(0, line.length - sentence.length) + localize(sentence);
}
