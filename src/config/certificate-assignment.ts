/**
 * Which certificate serves what at a moment. A usage has one certificate at a time, one that is planned to follow, and the one
 * before; a planned certificate takes over when its time has come, and nobody has to write that into the store.
 */
import type { CertificateRecord, CertificateUsage, Configuration } from './configuration.ts';

/** Usages in the order in which a certificate serves XMPP and SIP: the most specific first. */
const servingUsages = ['XmppServer', 'ExternalEdge', 'Default'] as const;

export function certificateInForce(
  configuration: Configuration,
  usage: CertificateUsage,
  now: Date,
): CertificateRecord | undefined {
  const records = Object.values(configuration.certificates);
  const due = records.filter(({ planned }) => planned?.usages.includes(usage) && isDue(planned.from, now));
  return due[0] ?? records.find(({ assignedTo }) => assignedTo.includes(usage));
}

/** The one that partners and SIP clients are shown. */
export const servingCertificate = (configuration: Configuration, now: Date): CertificateRecord | undefined =>
  servingUsages.map((usage) => certificateInForce(configuration, usage, now)).find((record) => record !== undefined);

/** The next moment at which a planned certificate takes over; undefined when none is planned. */
export function nextTakeover(configuration: Configuration, now: Date): Date | undefined {
  const times = Object.values(configuration.certificates)
    .flatMap(({ planned }) => (planned === undefined ? [] : [Date.parse(planned.from)]))
    .filter((time) => time > now.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

export interface PlannedSuccessor {
  readonly record: CertificateRecord;
  readonly from: Date;
}

/** Who follows the certificate that partners are shown; undefined: what is planned changes nothing for them. */
export function plannedSuccessor(configuration: Configuration, now: Date): PlannedSuccessor | undefined {
  const present = servingCertificate(configuration, now)?.thumbprint;
  for (let from = nextTakeover(configuration, now); from !== undefined; from = nextTakeover(configuration, from)) {
    const record = servingCertificate(configuration, from);
    if (record !== undefined && record.thumbprint !== present) return { record, from };
  }
  return undefined;
}

const isDue = (from: string, now: Date): boolean => Date.parse(from) <= now.getTime();

/** The same configuration with every planned assignment that has come due written out as an assignment. */
export function withDueAssignments(configuration: Configuration, now: Date): Configuration {
  return Object.values(configuration.certificates).reduce((current, { thumbprint, planned }) => {
    if (planned === undefined || !isDue(planned.from, now)) return current;
    return withAssignment(current, thumbprint, planned.usages);
  }, configuration);
}

/** At once. Who served before is remembered as the previous one; what was planned for these usages is dropped. */
export function withAssignment(
  configuration: Configuration,
  thumbprint: string,
  usages: readonly CertificateUsage[],
): Configuration {
  const present = configuration.certificates[thumbprint]?.assignedTo ?? [];
  const taken = without(usages, present);
  return eachCertificate(withoutPlans(configuration, usages), (record) => {
    if (record.thumbprint === thumbprint)
      return { ...record, assignedTo: [...present, ...taken], previousFor: without(record.previousFor ?? [], usages) };
    const lost = record.assignedTo.filter((usage) => taken.includes(usage));
    const previousFor = [...without(record.previousFor ?? [], taken), ...lost];
    return { ...record, assignedTo: without(record.assignedTo, taken), previousFor };
  });
}

/** Later. What serves now goes on until then; another plan for these usages is dropped, and so is another plan of this certificate. */
export const withPlan = (
  configuration: Configuration,
  thumbprint: string,
  { usages, from }: { readonly usages: readonly CertificateUsage[]; readonly from: Date },
): Configuration =>
  eachCertificate(withoutPlans(configuration, usages), (record) =>
    record.thumbprint === thumbprint ? { ...record, planned: { usages, from: from.toISOString() } } : record,
  );

export interface Unassignment {
  /** Undefined: every certificate. */
  readonly thumbprint: string | undefined;
  readonly usages: readonly CertificateUsage[];
  /** What is taken away: present and planned service, or only the memory of having been the previous one. */
  readonly what: 'service' | 'previous';
}

/** The certificates stay in the store. */
export const withoutAssignment = (configuration: Configuration, order: Unassignment): Configuration =>
  eachCertificate(configuration, (record) => {
    const { thumbprint, usages, what } = order;
    if (thumbprint !== undefined && record.thumbprint !== thumbprint) return record;
    if (what === 'previous') return { ...record, previousFor: without(record.previousFor ?? [], usages) };
    return { ...withoutPlan(record, usages), assignedTo: without(record.assignedTo, usages) };
  });

const withoutPlans = (configuration: Configuration, usages: readonly CertificateUsage[]): Configuration =>
  eachCertificate(configuration, (record) => withoutPlan(record, usages));

function withoutPlan(record: CertificateRecord, usages: readonly CertificateUsage[]): CertificateRecord {
  const { planned, ...rest } = record;
  if (planned === undefined) return record;
  const left = without(planned.usages, usages);
  return left.length === 0 ? rest : { ...rest, planned: { ...planned, usages: left } };
}

/** An empty memory is left out of the file. */
function eachCertificate(
  configuration: Configuration,
  change: (record: CertificateRecord) => CertificateRecord,
): Configuration {
  const certificates = Object.entries(configuration.certificates).map(([name, record]) => {
    const { previousFor, ...rest } = change(record);
    return [name, previousFor === undefined || previousFor.length === 0 ? rest : { ...rest, previousFor }] as const;
  });
  return { ...configuration, certificates: Object.fromEntries(certificates) };
}

const without = (list: readonly CertificateUsage[], dropped: readonly CertificateUsage[]): CertificateUsage[] =>
  list.filter((usage) => !dropped.includes(usage));
