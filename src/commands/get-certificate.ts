/** Get-Certificate: the certificates of the store, their names in full, what they serve and how long they last. */
import type { Certificate } from '../certificates/certificate.ts';
import { withDueAssignments } from '../config/certificate-assignment.ts';
import type { CertificateRecord } from '../config/configuration.ts';
import { scaleOf, timelineObject, timelineText } from '../operations/certificate-timeline.ts';
import { certificateObject, chainOf, selectCertificates } from '../operations/certificates.ts';
import { ownAnchors } from '../operations/own-anchors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, switchType, wholeNumber } from './host/parameters.ts';
import { certificateUsage } from './settings/certificate-values.ts';

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
      .map((record) => ({ record, chain: chainOf(record, keys) }))
      .filter(({ chain }) => ExpiringInDays === undefined || daysLeft(chain, now) <= ExpiringInDays);
    if (Timeline === true) return drawTimeline(chosen, context);
    const held = new Set(keys.keyNames());
    const anchors = ownAnchors(configuration);
    for (const { record, chain } of chosen) {
      const hasPrivateKey = held.has(record.publicKeySha256);
      context.write(certificateObject(record, chain, { now, anchors, hasPrivateKey }));
    }
  },
});

interface Chosen {
  readonly record: CertificateRecord;
  readonly chain: readonly Certificate[];
}

const daysLeft = ([leaf]: readonly Certificate[], now: Date): number =>
  leaf === undefined ? 0 : Math.floor((leaf.notAfter.getTime() - now.getTime()) / 86_400_000);

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
