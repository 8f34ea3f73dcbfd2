/** Set-Certificate: which certificate serves what. The running gateway shows it to the next stream. */
import {
  assignCertificate,
  certificateObject,
  chainOf,
  refuseUnsuitable,
  selectCertificates,
} from '../operations/certificates.ts';
import { ownAnchors } from '../operations/own-anchors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { certificateOutput } from './get-certificate.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { listOf, mandatory, text } from './host/parameters.ts';
import { certificateUsage } from './settings/certificate-values.ts';

export default defineCmdlet({
  name: 'Set-Certificate',
  aliases: ['Set-CsCertificate', 'scert'],
  synopsis: 'Assigns a certificate of the store.',
  description:
    'The certificate that was assigned before stays in the store. Live streams keep the one they began with, the next stream gets the new one; nothing has to be restarted.',
  parameters: {
    Thumbprint: mandatory(text, 'Thumbprint of the certificate.', { position: 0, pipeline: 'both' }),
    Type: mandatory(listOf(certificateUsage), 'What it is to serve.'),
  },
  examples: [
    {
      command: 'set-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2 -Type ExternalEdge',
      shows: 'Partners see this certificate from now on.',
    },
  ],
  impact: 'Medium',
  output: certificateOutput,

  async run({ Thumbprint, Type }, context) {
    const keys = openKeyStore(context.store.folder);
    const [wanted] = selectCertificates(context.store.read(), Thumbprint);
    if (wanted === undefined) return;
    const chain = chainOf(wanted, keys);
    const [leaf] = chain;
    if (leaf !== undefined) refuseUnsuitable(leaf, context.now());
    const committed = await context.commit({
      target: wanted.thumbprint,
      apply: (current) => assignCertificate(current, wanted.thumbprint, Type),
    });
    if (committed.withheld) return;
    const record = committed.after.certificates[wanted.thumbprint] ?? wanted;
    if (record.localTestCa) context.warn('This certificate is of the LOCAL TEST CA: partners will not trust it.');
    context.done(
      `certificate ${record.thumbprint} serves ${record.assignedTo.join(', ')}. Revision ${committed.after.revision}.`,
    );
    if (!context.passThru) return;
    const hasPrivateKey = keys.keyNames().includes(record.publicKeySha256);
    const view = { now: context.now(), anchors: ownAnchors(committed.after), hasPrivateKey };
    context.write({ ...certificateObject(record, chain, view), Changed: committed.changed });
  },
});
