/** Remove-Certificate: takes a certificate out of service. It stays in the store, with its key. */
import { servingCertificate } from '../config/certificate-assignment.ts';
import { certificateObject, chainOf } from '../operations/certificates.ts';
import { ownAnchors } from '../operations/own-anchors.ts';
import { certificatesToUnassign, unassignCertificates } from '../operations/unassign-certificate.ts';
import { CodedError } from '../primitives/errors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { certificateOutput } from './get-certificate.ts';
import { type CmdletContext, type Committed, defineCmdlet } from './host/cmdlet.ts';
import { listOf, optional, pattern, switchType } from './host/parameters.ts';
import { certificateUsage } from './settings/certificate-values.ts';

export default defineCmdlet({
  name: 'Remove-Certificate',
  aliases: ['Remove-CsCertificate', 'rcert'],
  synopsis: 'Un-assigns a certificate; it stays in the store.',
  description:
    'What the certificate serves now and what it was planned for is taken away. With -Previous only the memory of the one before is dropped, as after a roll that has gone well.',
  parameters: {
    Thumbprint: optional(pattern, 'Thumbprint; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
    }),
    Type: optional(listOf(certificateUsage), 'Only what it serves here.', { defaultText: 'everything it serves' }),
    Previous: optional(switchType, 'The certificate before the present one, in place of the present one.'),
  },
  examples: [
    { command: 'remove-certificate -Type InternalEdge', shows: 'Nothing serves the internal edge any more.' },
    {
      command: 'remove-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2',
      shows: 'Takes it out of service, and drops what was planned for it.',
    },
    { command: 'remove-certificate -Type ExternalEdge -Previous', shows: 'The roll is over.' },
  ],
  impact: 'Medium',
  output: certificateOutput,

  async run({ Thumbprint, Type, Previous }, context) {
    if (Thumbprint === undefined && Type === undefined)
      throw new CodedError('MandatoryParameterMissing', 'Which certificate? Give -Thumbprint or -Type.', {
        reason: 'neither was given',
        fix: ['xgw get-certificate', 'xgw remove-certificate -Type ExternalEdge'],
      });
    const now = context.now();
    const order = { thumbprint: Thumbprint, usages: Type, previous: Previous === true, now };
    const found = certificatesToUnassign(context.store.read(), order);
    const committed = await context.commit({
      target: found.map(({ record }) => record.thumbprint).join(', '),
      ...(order.previous ? {} : { impact: 'High' }),
      apply: (current) => unassignCertificates(current, order),
      consequences: (before, after) =>
        servingCertificate(before, now) !== undefined && servingCertificate(after, now) === undefined
          ? ['nothing serves XMPP and SIP then: new streams are not encrypted, and most partners refuse them']
          : [],
    });
    if (committed.withheld) return;
    for (const { record, usages } of found) {
      const what = order.previous ? 'is no longer remembered for' : 'no longer serves';
      context.done(
        `certificate ${record.thumbprint} ${what} ${usages.join(', ')}. Revision ${committed.after.revision}.`,
      );
      if (context.passThru) writeCertificate(record.thumbprint, committed, context);
    }
  },
});

function writeCertificate(thumbprint: string, { after, changed }: Committed, context: CmdletContext): void {
  const record = after.certificates[thumbprint];
  if (record === undefined) return;
  const keys = openKeyStore(context.store.folder);
  const hasPrivateKey = keys.keyNames().includes(record.publicKeySha256);
  const view = { now: context.now(), anchors: ownAnchors(after), hasPrivateKey };
  context.write({ ...certificateObject(record, chainOf(record, keys), view), Changed: changed });
}
