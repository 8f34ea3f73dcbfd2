/** Get-Certificate: the certificates of the store, their names in full, what they serve and how long they last. */
import { certificateObject, chainOf, selectCertificates } from '../operations/certificates.ts';
import { ownAnchors } from '../operations/own-anchors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, wholeNumber } from './host/parameters.ts';
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
  },
  examples: [
    { command: 'get-certificate', shows: 'All certificates.' },
    { command: 'get-certificate -ExpiringInDays 30', shows: 'Those that have to be renewed this month.' },
    { command: 'get-certificate -Type ExternalEdge', shows: 'The one that partners see.' },
  ],
  output: certificateOutput,

  async run({ Thumbprint, Type, ExpiringInDays }, context) {
    const configuration = context.store.read();
    const keys = openKeyStore(context.store.folder);
    const held = new Set(keys.keyNames());
    const anchors = ownAnchors(configuration);
    for (const record of selectCertificates(configuration, Thumbprint)) {
      if (Type !== undefined && !record.assignedTo.includes(Type)) continue;
      const hasPrivateKey = held.has(record.publicKeySha256);
      const object = certificateObject(record, chainOf(record, keys), { now: context.now(), anchors, hasPrivateKey });
      if (ExpiringInDays !== undefined && (object.DaysRemaining ?? 0) > ExpiringInDays) continue;
      context.write(object);
    }
  },
});
