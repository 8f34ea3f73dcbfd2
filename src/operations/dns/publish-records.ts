/**
 * The expected records of our domains written to a name server, or taken away again. What stands there is read first and is a
 * demand of the update; records of somebody else are left alone unless forced. Each zone changes whole or not at all.
 */
import { CodedError } from '../../primitives/errors.ts';
import { type Ids, randomIds } from '../../primitives/ids.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import type { RecordSet } from './record-sets.ts';
import { type NameServer, type SendFailure, sendUpdate } from './send-update.ts';
import { signed } from './tsig.ts';
import type { TsigKey } from './tsig-key.ts';
import { readUpdateAnswer } from './update-answer.ts';
import { isChanged, type SetChange, updateMessage } from './update-message.ts';
import { updateRefused } from './update-refusals.ts';
import { canonicalAddress, serverAddress, zoneReader } from './zone-at-server.ts';

export interface PublishTarget {
  readonly server: NameServer;
  readonly key: TsigKey;
  /** For what is said of it. */
  readonly keyFile: string;
  /** Seconds. */
  readonly ttl: number;
  /** Milliseconds for each question and each update. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  now(): Date;
  readonly ids?: Ids;
}

export interface ChangeRequest {
  /** What there shall be; with `Remove`, what shall be no more. */
  readonly sets: readonly RecordSet[];
  readonly act: 'Publish' | 'Remove';
  /** The zone of `sets` was given, and is not asked for. */
  readonly hasZone: boolean;
  /** Records that are not ours may be replaced. */
  readonly force: boolean;
}

/** What would be done. Nothing is changed. @throws CodedError `DnsUnanswered`, `DnsUpdateRefused`, `DnsRecordConflict` */
export async function plannedChanges(request: ChangeRequest, target: PublishTarget): Promise<readonly SetChange[]> {
  const { sets, act, hasZone, force } = request;
  const reader = zoneReader(await serverAddress(target.server), target.timeoutMs);
  const changes: SetChange[] = [];
  for (const set of sets) {
    const zone = hasZone ? set.zone : await reader.zoneOf(set.name);
    const before = await reader.dataOf(set);
    const ours = set.data.map(canonicalAddress);
    const data = act === 'Publish' ? ours : before.filter((each) => !ours.includes(each));
    const change = { ...set, zone, before, data };
    if (act === 'Publish' && !force) refuseOthers(change, target);
    changes.push(change);
  }
  return changes;
}

/** @throws CodedError `DnsRecordConflict` */
function refuseOthers({ name, type, before, data }: SetChange, target: PublishTarget): void {
  const others = before.filter((each) => !data.includes(each));
  if (others.length === 0) return;
  throw new CodedError('DnsRecordConflict', `${name} has other ${type} records: ${others.join(', ')}.`, {
    reason: 'somebody published them; -Force replaces them, and says in Before what they were',
    fix: `xgw publish-dnsrecord -Server ${printServer(target.server)} -TsigKeyFile ${shellWord(target.keyFile)} -Force -WhatIf`,
    target: name,
  });
}

/**
 * One update for each zone in which something changes; then the server is asked whether it is so.
 *
 * @param onDone - Each zone's changes as soon as they are made: what a later failure leaves behind is known.
 * @throws CodedError `DnsUnanswered`, `DnsUpdateRefused`, `DnsUpdateFailed`, `DnsRecordConflict`
 */
export async function performChanges(
  changes: readonly SetChange[],
  target: PublishTarget,
  onDone: (changes: readonly SetChange[]) => void,
): Promise<void> {
  const server = await serverAddress(target.server);
  const zones = new Map(changes.map(({ zone }) => [zone, changes.filter((change) => change.zone === zone)]));
  for (const [zone, inside] of zones) {
    const different = inside.filter(isChanged);
    if (different.length > 0) await updateZone(zone, different, { ...target, server });
    onDone(inside);
  }
  const reader = zoneReader(server, target.timeoutMs);
  for (const change of changes) {
    const after = await reader.dataOf(change);
    if (isChanged({ ...change, before: after })) throw notThere(change, after, target);
  }
}

async function updateZone(zone: string, changes: readonly SetChange[], target: PublishTarget): Promise<void> {
  const { key, keyFile, ttl, ids = randomIds, server } = target;
  const id = Number.parseInt(ids.token(16), 16);
  const asked = signed(updateMessage({ id, zone, changes, ttl }), key, target.now());
  const sent = await sendUpdate(asked.bytes, server, target);
  if (!sent.ok) throw noAnswer(sent.error, target);
  const answer = readUpdateAnswer(sent.value, asked, key, target.now());
  if (!answer.ok) throw notBelieved(answer.error, target);
  if (answer.value !== 'NOERROR')
    throw updateRefused(answer.value, { server: printServer(server), zone, keyName: key.name, keyFile });
}

const printServer = ({ host, port }: NameServer): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

const noAnswer = ({ reason, wasSent }: SendFailure, { server }: PublishTarget): CodedError =>
  new CodedError('DnsUnanswered', `The name server ${printServer(server)} does not answer the update.`, {
    reason: `${reason}${wasSent ? '; it may have been done all the same' : '; updates go over TCP'}`,
    fix: `xgw test-dnsrecord -Server ${printServer(server)}`,
    target: printServer(server),
  });

const notBelieved = (reason: string, { server }: PublishTarget): CodedError =>
  new CodedError('DnsUpdateFailed', `What ${printServer(server)} answers to the update is not believed.`, {
    reason: `${reason}; whether it was done is not known`,
    fix: `xgw test-dnsrecord -Server ${printServer(server)}`,
    target: printServer(server),
  });

const listed = (data: readonly string[]): string => (data.length === 0 ? 'none' : data.join(', '));

const notThere = ({ name, type, data }: SetChange, after: readonly string[], { server }: PublishTarget): CodedError =>
  new CodedError('DnsUpdateFailed', `${name} is not as it was written.`, {
    reason: `the server took the update, and has the ${type} records ${listed(after)}, not ${listed(data)}; a CNAME at the name keeps others out`,
    fix: `xgw test-dnsrecord -Server ${printServer(server)}`,
    target: name,
  });
