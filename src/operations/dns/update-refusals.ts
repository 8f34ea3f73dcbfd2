/** What a name server that says no means, and what to do then [RFC 2136 §2.2, RFC 8945 §5.2]. */
import { CodedError } from '../../primitives/errors.ts';
import type { FailureId } from '../../primitives/failures.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import type { UpdateCode } from './update-answer.ts';

export interface UpdateScene {
  /** As it was typed. */
  readonly server: string;
  readonly zone: string;
  readonly keyName: string;
  readonly keyFile: string;
}

export function updateRefused(code: UpdateCode, scene: UpdateScene): CodedError {
  const [id, reason, fix] = rows.get(code) ?? faulty;
  return new CodedError(id, `${scene.server} did not update the zone ${scene.zone}: ${code}.`, {
    reason: `${reason} (key ${scene.keyName})`,
    fix: fix(scene),
    target: scene.zone,
  });
}

const keyShown = ({ keyFile }: UpdateScene): string => `ls -l ${shellWord(keyFile)}`;
const asText = (): string => 'xgw export-dnsrecord -OutputFormat nsupdate';
const whoServes = ({ zone }: UpdateScene): string => `dig ${zone} SOA +short`;
const testAgain = ({ server }: UpdateScene): string => `xgw test-dnsrecord -Server ${server}`;

type Row = readonly [id: FailureId, reason: string, fix: (scene: UpdateScene) => string];

const refused = 'DnsUpdateRefused';
const changed: Row = [
  'DnsRecordConflict',
  'the records are not as they were read a moment ago; nothing was done',
  testAgain,
];
const faulty: Row = [
  'DnsUpdateFailed',
  'the server has a fault of its own, often a journal that it cannot write; its log says more',
  testAgain,
];

const rows: ReadonlyMap<UpdateCode, Row> = new Map<UpdateCode, Row>([
  ['REFUSED', [refused, 'update-policy or allow-update of the zone does not let this key change these names', asText]],
  ['NOTAUTH', [refused, 'it is not the server of this zone', whoServes]],
  ['NOTZONE', [refused, 'a record is not in this zone; give the right one with -Zone', whoServes]],
  ['BADKEY', [refused, 'it does not know a key of this name and algorithm', keyShown]],
  ['BADSIG', [refused, 'its key of this name has another secret', keyShown]],
  ['BADTIME', [refused, 'its clock and ours differ by more than five minutes', () => 'timedatectl status']],
  ['YXRRSET', changed],
  ['NXRRSET', changed],
  ['YXDOMAIN', changed],
  ['NXDOMAIN', changed],
  ['NOTIMP', ['DnsUpdateFailed', 'it takes no updates', asText]],
  ['FORMERR', ['DnsUpdateFailed', 'it does not understand the update', asText]],
]);
