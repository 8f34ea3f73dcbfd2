/** The command line that does what the answers of the certificate wizard say. The wizard performs exactly it, and shows it. */
import type { Answers } from './step-driver.ts';

/** Parameters whose answer is their value; an empty answer leaves them out. */
const plain = ['Template', 'FriendlyName'] as const;
const subject = ['Organization', 'OU', 'Country', 'State', 'City', 'ComputerFqdn'] as const;

/** @param answers - Those that count. @returns What is typed after `xgw request-certificate`. */
export function requestTokens(answers: Answers): readonly string[] {
  const given = (names: readonly string[]): string[] =>
    names.flatMap((name) => (answers[name] === undefined || answers[name] === '' ? [] : [`-${name}`, answers[name]]));
  return [
    '-New',
    ...given(['Type']),
    ...(answers['CA'] === 'local' ? ['-CA', 'local'] : given(['Output'])),
    ...given(plain),
    // The default kind of key goes without saying.
    ...(answers['KeyAlg'] === 'RSA' ? given(['KeySize']) : given(['KeyAlg'])),
    ...given(['PrivateKeyExportable']),
    ...given(subject),
    ...(answers['AllSipDomain'] === 'all' ? ['-AllSipDomain'] : list('SipDomain', answers)),
    ...list('DomainName', answers),
    ...(answers['Force'] === 'overwrite' ? ['-Force'] : []),
  ];
}

/** Lists are typed with spaces; a command line has none in them. Doubles are dropped. */
function list(name: string, answers: Answers): readonly string[] {
  const items = new Set((answers[name] ?? '').split(/[\s,]+/).filter((item) => item !== ''));
  return items.size === 0 ? [] : [`-${name}`, [...items].join(',')];
}
