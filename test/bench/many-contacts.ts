/** What the authorisations of a hundred thousand contacts cost a gateway that has them: at its start, for each decision, and in memory. */
import type { Configuration } from '../../src/config/configuration.ts';
import { type LinkRecord, linkRecordKey } from '../../src/gateway/link-record.ts';
import { admitContact, stranger } from '../../src/gateway/policy/contacts.ts';
import { PresenceLinkTable } from '../../src/gateway/presence-link-table.ts';
import { realClock } from '../../src/primitives/clock.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { withStateStore } from '../../src/store/state-store.ts';
import type { Xgw } from '../support/xgw.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { cheapest } from './cpu-time.ts';
import { median } from './median.ts';
import { startedGateway } from './started-gateway.ts';
import { partnerName, siteWithPartners, userAor } from './stored-partners.ts';

export interface ManyContacts {
  readonly users: number;
  readonly contactsOfEach: number;
  readonly partners: number;
  /** Of starts, with contacts and without. */
  readonly rounds: number;
}

const usual: ManyContacts = { users: 1000, contactsOfEach: 100, partners: 100, rounds: 5 };
const startMs = 3000;
const decisionUs = 50;
const memoryMiB = 200;

const mib = 1024 * 1024;

/** Every user has added contacts at all partners, and is seen by them. */
function* records({ users, contactsOfEach, partners }: ManyContacts): Generator<LinkRecord> {
  for (let user = 0; user < users; user += 1) {
    for (let contact = 0; contact < contactsOfEach; contact += 1) {
      const their = `contact${user}.${contact}@${partnerName(contact % partners)}`;
      const our = userAor(user);
      const ends = { userAor: our, userJid: our.slice('sip:'.length), contactAor: `sip:${their}`, contact: their };
      yield { ...ends, state: 'both', since: 1_767_225_600_000, listed: true, blocked: false };
    }
  }
}

async function writeContacts(home: string, order: ManyContacts): Promise<void> {
  await withStateStore(home, { clock: realClock, onEvent: () => undefined }, async (state) => {
    for (const record of records(order)) state.write('presence-link', linkRecordKey(record), record);
    await state.durable();
  });
}

interface Start {
  readonly readyMs: number;
  readonly residentBytes: number;
}

/** @throws When the gateway does not have as many contacts of a user. */
async function started(site: Xgw, contacts: number): Promise<Start> {
  const { gateway, readyMs } = await startedGateway(site.home);
  // It has answered then, with what it has.
  const found = await site.run('get-contact', userAor(0));
  const residentBytes = gateway.residentBytes();
  await gateway.stop();
  if (found.length !== contacts) throw new Error(`the gateway has ${found.length} of ${contacts} contacts of a user`);
  return { readyMs, residentBytes };
}

async function startFigures(order: ManyContacts): Promise<readonly Figure[]> {
  const { users, contactsOfEach, partners, rounds } = order;
  const sites = [await siteWithPartners(partners, users), await siteWithPartners(partners, users)] as const;
  await writeContacts(sites[1].home, order);
  const [without, having]: [Start[], Start[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    without.push(await started(sites[0], 0));
    having.push(await started(sites[1], contactsOfEach));
  }
  const of = (starts: readonly Start[], what: keyof Start): number => median(starts.map((start) => start[what]));
  const [bytes, yardstick] = [of(having, 'residentBytes'), of(without, 'residentBytes')];
  return [
    { name: 'start until ready, no contacts', value: of(without, 'readyMs'), unit: 'ms' },
    { name: 'start until ready, all contacts', value: of(having, 'readyMs'), unit: 'ms', atMost: startMs },
    { name: 'resident memory, no contacts', value: yardstick / mib, unit: 'MiB' },
    {
      name: 'resident memory, all contacts',
      value: bytes / mib,
      unit: 'MiB',
      over: (bytes - yardstick) / mib,
      atMostOver: memoryMiB,
    },
  ];
}

/** Each decision is one of another contact. */
function decisionFigure(order: ManyContacts, configuration: Configuration): Figure {
  const all = [...records(order)];
  const table = new PresenceLinkTable({
    entries: () => all.map((value) => ({ key: linkRecordKey(value), value })),
    write: () => undefined,
    durable: () => undefined,
  });
  if (table.restore() > 0) throw new Error('not all contacts were restored');
  let next = 0;
  const decision = (): number => {
    next = (next + 7919) % all.length;
    const ends = all[next] as LinkRecord;
    const standing = table.find(ends)?.standing ?? stranger;
    const act = { ...ends, standing, action: 'SeePresence', direction: 'FromContact' } as const;
    if (!admitContact(configuration, act, now).ok) throw new Error(`${ends.contact} is not authorised`);
    return 1;
  };
  const { value } = cheapest({ value: decision }, order.rounds);
  return { name: 'whether a contact is authorised', value, unit: 'µs', atMost: decisionUs };
}

const now = new Date('2026-01-01T00:00:00Z');

export async function manyContactsFigures(order: ManyContacts): Promise<readonly Figure[]> {
  const site = await siteWithPartners(order.partners, order.users);
  const decision = decisionFigure(order, openConfigStore(site.home).read());
  return [...(await startFigures(order)), decision];
}

export const manyContacts: Benchmark = {
  name: 'many-contacts',
  about: `a gateway with ${usual.users * usual.contactsOfEach} contacts of ${usual.users} users at ${usual.partners} partners, medians of ${usual.rounds} starts; the yardstick is the same without contacts`,
  run: () => manyContactsFigures(usual),
};
