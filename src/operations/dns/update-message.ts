/**
 * A DNS UPDATE [RFC 2136] of one zone: it demands that each set is as it was seen, and takes away and adds what differs from what
 * it should be. So nothing is overwritten that nobody looked at. Pure: bytes out.
 */
import { nameBytes, recordClass, recordData, recordType, resourceRecord, words } from './dns-bytes.ts';
import type { RecordSet } from './record-sets.ts';

/** Opcode 5 [RFC 2136 §2.2]. */
export const updateOpcode = 5;

/** `data` is what there shall be. */
export interface SetChange extends RecordSet {
  /** What was seen, in the same form. */
  readonly before: readonly string[];
}

export interface Update {
  /** 0 to 65535, not to be guessed. */
  readonly id: number;
  readonly zone: string;
  readonly changes: readonly SetChange[];
  /** Seconds, of what is added. */
  readonly ttl: number;
}

export const isChanged = ({ before, data }: SetChange): boolean =>
  before.length !== data.length || before.some((each) => !data.includes(each));

export function updateMessage({ id, zone, changes, ttl }: Update): Buffer {
  const demanded = changes.flatMap(demands);
  const updates = changes.flatMap((change) => differences(change, ttl));
  const header = words(id, updateOpcode << 11, 1, demanded.length, updates.length, 0);
  const zoneSection = [nameBytes(zone), words(recordType.SOA, recordClass.IN)];
  return Buffer.concat([header, ...zoneSection, ...demanded, ...updates]);
}

const nothing = Buffer.alloc(0);

/** That there is no such set [RFC 2136 §2.4.3], or exactly this one [§2.4.2]. */
function demands({ name, type, before }: SetChange): readonly Buffer[] {
  const kind = recordType[type];
  if (before.length === 0)
    return [resourceRecord(name, { type: kind, class: recordClass.NONE, ttl: 0, data: nothing })];
  return before.map((each) =>
    resourceRecord(name, { type: kind, class: recordClass.IN, ttl: 0, data: recordData(type, each) }),
  );
}

/** [RFC 2136 §2.5.4, §2.5.1] */
function differences({ name, type, before, data }: SetChange, ttl: number): readonly Buffer[] {
  const kind = recordType[type];
  const gone = before.filter((each) => !data.includes(each));
  const added = data.filter((each) => !before.includes(each));
  return [
    ...gone.map((each) =>
      resourceRecord(name, { type: kind, class: recordClass.NONE, ttl: 0, data: recordData(type, each) }),
    ),
    ...added.map((each) =>
      resourceRecord(name, { type: kind, class: recordClass.IN, ttl, data: recordData(type, each) }),
    ),
  ];
}
