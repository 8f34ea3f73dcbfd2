/** dns-01 by a person: the records are shown, and the authority is let loose when somebody says that they are there. */
import { CodedError } from '../../../primitives/errors.ts';
import type { ChallengeSolver } from './challenge-solver.ts';
import { type DnsRecord, dnsRecordOf } from './dns-record.ts';

export interface Person {
  say(line: string): void;
  /** Resolves when Enter was pressed. @throws CodedError `Interrupted` */
  wait(question: string): Promise<void>;
}

/** @param person - Undefined: nobody can be asked, so nothing is tried. */
export function dnsByHand(person: Person | undefined): ChallengeSolver {
  return {
    type: 'dns-01',
    async present(answers) {
      const records = answers.map(dnsRecordOf);
      if (person === undefined) throw nobodyThere(records);
      person.say('These records have to be in DNS before the authority looks for them:');
      for (const record of records) person.say(`  ${zoneLine(record)}`);
      await person.wait('Press Enter when the name servers of the domains answer with them');
      return {
        wasAskedFor: () => undefined,
        async withdraw() {
          person.say('The authority has looked: the TXT records can be removed.');
        },
      };
    },
  };
}

const zoneLine = ({ name, value }: DnsRecord): string => `${name}. 60 IN TXT "${value}"`;

const nobodyThere = (records: readonly DnsRecord[]): CodedError =>
  new CodedError('MandatoryParameterMissing', 'dns-01 needs records in DNS, and nobody is there to make them.', {
    reason: `neither a terminal nor -AcmeDnsHook is there for ${records.map(({ name }) => name).join(', ')}`,
    fix: 'xgw get-help request-certificate -Parameter AcmeDnsHook',
    target: 'AcmeDnsHook',
  });
