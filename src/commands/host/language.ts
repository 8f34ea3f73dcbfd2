/**
 * Which language help, questions and errors are in. What programs read is English always: names, ids, objects, the audit log. So
 * is everything where no person sits at a terminal, and in CI.
 */
import { type HostProcess, isContinuousIntegration } from './surroundings.ts';

export const languages = ['en', 'zh-TW'] as const;
export type Language = (typeof languages)[number];

type Surroundings = Pick<HostProcess, 'env' | 'stdout' | 'stderr'>;

/**
 * -Language, then XGW_LANG, LC_ALL, LC_MESSAGES, LANG, then what the system is set to. All but the first count on a terminal only.
 *
 * @param given - Of -Language.
 * @param system - Asks the system for its language tag.
 */
export function chooseLanguage(
  given: Language | undefined,
  { env, stdout, stderr }: Surroundings,
  system: () => string,
): Language {
  if (given !== undefined) return given;
  if (stdout.isTTY !== true || stderr.isTTY !== true || isContinuousIntegration(env)) return 'en';
  const named = [env['XGW_LANG'], env['LC_ALL'], env['LC_MESSAGES'], env['LANG']];
  return languageOf(named.find((each) => each !== undefined && each !== '') ?? system());
}

/** Traditional characters: Taiwan, Hong Kong, Macao, or said so. `zh_TW.UTF-8`, `zh-Hant-HK`. [BCP 47] */
const languageOf = (tag: string): Language => (/^zh[-_](?:Hant\b|(?:TW|HK|MO)\b)/i.test(tag) ? 'zh-TW' : 'en');
