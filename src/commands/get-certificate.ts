/** Get-Certificate: the certificates of the store, their names in full, what they serve and how long they last. */

import type { Certificate } from '../certificates/certificate.ts';
import { daysLeft } from '../certificates/remaining-days.ts';
import { withDueAssignments } from '../config/certificate-assignment.ts';
import type { CertificateRecord, Configuration } from '../config/configuration.ts';
import { certificateObject } from '../operations/certificates/certificate-object.ts';
import { scaleOf, timelineObject, timelineText } from '../operations/certificates/certificate-timeline.ts';
import { type ReadChain, readChainOf, selectCertificates } from '../operations/certificates/certificates.ts';
import { ownAnchors } from '../operations/certificates/own-anchors.ts';
import { servedCertificateOf } from '../operations/service/service-state.ts';
import { realClock } from '../primitives/clock.ts';
import { CodedError } from '../primitives/errors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { renewalJournal } from '../store/renewal-journal.ts';
import { certificateUsage } from './certificate/certificate-values.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, switchType, wholeNumber } from './host/parameters.ts';

export const certificateOutput = {
  kind: 'Certificate',
  table: ['Thumbprint', 'AssignedTo', 'DaysRemaining', 'SubjectAlternativeNames', 'ChainStatus', 'FriendlyName'],
} as const;

export default defineCmdlet({
  name: 'Get-Certificate',
  aliases: ['Get-CsCertificate', 'gcert'],
  synopsis: 'Shows the certificates of the store and what they are assigned to.',
  description:
    'ChainStatus is what a partner with the same trust anchors would say: Valid, incomplete-chain, untrusted-root, expired.',
  parameters: {
    Thumbprint: optional(pattern, 'Thumbprint; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
    }),
    Type: optional(certificateUsage, 'Only the certificate that is assigned to this.'),
    ExpiringInDays: optional(wholeNumber(0, 10_000), 'Only certificates that last no longer than so many days.'),
    Timeline: optional(switchType, 'Draws how long each lasts; in a pipe, objects with the same bars.'),
  },
  examples: [
    { command: 'get-certificate', shows: 'All certificates.' },
    { command: 'get-certificate -ExpiringInDays 30', shows: 'Those that have to be renewed this month.' },
    { command: 'get-certificate -Timeline', shows: 'Which one ends first.' },
    { command: 'get-certificate -Type ExternalEdge', shows: 'The one that partners see.' },
  ],
  output: certificateOutput,

  async run({ Thumbprint, Type, ExpiringInDays, Timeline }, context) {
    const now = context.now();
    const configuration = withDueAssignments(context.store.read(), now);
    const keys = openKeyStore(context.store.folder);
    const chosen = selectCertificates(configuration, Thumbprint)
      .filter((record) => Type === undefined || record.assignedTo.includes(Type))
      .map((record) => ({ record, ...readChainOf(record, keys) }))
      .filter(({ chain }) => ExpiringInDays === undefined || daysOf(chain, now) <= ExpiringInDays);
    if (Timeline === true) drawTimeline(chosen, context);
    else await show(chosen, configuration, context);
    const [problem, ...others] = chosen.flatMap((each) => each.problem ?? []);
    if (problem !== undefined) throw others.length === 0 ? problem : severalProblems([problem, ...others]);
  },
});

interface Chosen extends ReadChain {
  readonly record: CertificateRecord;
}

async function show(chosen: readonly Chosen[], configuration: Configuration, context: CmdletContext): Promise<void> {
  const keys = openKeyStore(context.store.folder);
  const held = new Set(keys.keyNames());
  const anchors = ownAnchors(configuration);
  const journal = renewalJournal(context.store.folder, realClock);
  const served = await servedCertificateOf(context.store.folder);
  for (const { record, chain } of chosen) {
    const hasPrivateKey = held.has(record.publicKeySha256);
    const attempt = journal.attemptOf(record.thumbprint);
    const servedSince = served?.thumbprint === record.thumbprint ? served.since : undefined;
    const view = { now: context.now(), anchors, hasPrivateKey, attempt, servedSince };
    context.write(certificateObject(record, chain, view));
  }
}

/** The certificates that can be read have been shown before. */
const severalProblems = (problems: readonly CodedError[]): CodedError =>
  new CodedError('CertificateMissing', `The files of ${problems.length} certificates cannot be used.`, {
    reason: problems.map(({ message, reason }) => (reason === undefined ? message : `${message} ${reason}`)).join(' '),
    fix: [...new Set(problems.flatMap(({ fix }) => fix))],
  });

const daysOf = ([leaf]: readonly Certificate[], now: Date): number => (leaf === undefined ? 0 : daysLeft(leaf, now));

function drawTimeline(chosen: readonly Chosen[], context: CmdletContext): void {
  const now = context.now();
  const entries = chosen.flatMap(({ record, chain: [leaf] }) => {
    if (leaf === undefined) return [];
    const { thumbprint, friendlyName, assignedTo, planned } = record;
    const { notBefore, notAfter } = leaf;
    const effectiveDate = planned === undefined ? undefined : new Date(planned.from);
    return [{ thumbprint, friendlyName, assignedTo, notBefore, notAfter, effectiveDate }];
  });
  if (context.forPerson && entries.length > 0) return context.writeText(timelineText(entries, now));
  const scale = scaleOf(entries, now);
  for (const entry of entries) context.write(timelineObject(entry, scale, now));
}
