/** Remove-Certificate: takes a certificate out of service; it stays in the store, with its key. Or clears away what is out of use. */
import { servingCertificate } from '../config/certificate-assignment.ts';
import { certificateObject } from '../operations/certificates/certificate-object.ts';
import { chainOf } from '../operations/certificates/certificates.ts';
import { ownAnchors } from '../operations/certificates/own-anchors.ts';
import { certificatesToUnassign, unassignCertificates } from '../operations/certificates/unassign-certificate.ts';
import { discardFiles, unusedCertificates, withoutUnused } from '../operations/certificates/unused-certificates.ts';
import { CodedError } from '../primitives/errors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { certificateUsage } from './certificate/certificate-values.ts';
import { certificateOutput } from './get-certificate.ts';
import { type CmdletContext, type Committed, defineCmdlet } from './host/cmdlet.ts';
import { listOf, optional, pattern, switchType } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Remove-Certificate',
  aliases: ['Remove-CsCertificate', 'rcert'],
  synopsis: 'Un-assigns a certificate; it stays in the store.',
  description:
    'What the certificate serves now and what it was planned for is taken away. With -Previous only the memory of the one before is dropped, as after a roll that has gone well. With -Unused certificates that serve nothing, are not planned and are no previous ones leave the store: they pile up with every renewal.',
  parameters: {
    Thumbprint: optional(pattern, 'Thumbprint; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
    }),
    Type: optional(listOf(certificateUsage), 'Only what it serves here.', { defaultText: 'everything it serves' }),
    Previous: optional(switchType, 'The certificate before the present one, in place of the present one.'),
    Unused: optional(
      switchType,
      'Clears certificates that are out of use away, all or those of -Thumbprint; files and keys go to the trash folder of the key store.',
    ),
  },
  examples: [
    { command: 'remove-certificate -Type InternalEdge', shows: 'Nothing serves the internal edge any more.' },
    {
      command: 'remove-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2',
      shows: 'Takes it out of service, and drops what was planned for it.',
    },
    { command: 'remove-certificate -Type ExternalEdge -Previous', shows: 'The roll is over.' },
    {
      command: 'remove-certificate -Unused',
      shows: 'What renewals have left behind goes to the trash, after a question.',
    },
  ],
  impact: 'Medium',
  output: certificateOutput,

  async run({ Thumbprint, Type, Previous, Unused }, context) {
    if (Unused === true) {
      if (Type !== undefined || Previous === true) throw unusedAlone();
      return await clearAway(Thumbprint, context);
    }
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

const unusedAlone = (): CodedError =>
  new CodedError('ParameterConflict', '-Unused goes with neither -Type nor -Previous.', {
    reason: 'what is out of use serves nothing, and is not remembered for anything',
    fix: 'xgw remove-certificate -Unused',
  });

async function clearAway(thumbprint: string | undefined, context: CmdletContext): Promise<void> {
  const now = context.now();
  const gone = unusedCertificates(context.store.read(), thumbprint, now);
  const committed = await context.commit({
    target: gone.map((record) => record.thumbprint).join(', '),
    impact: 'High',
    apply: (current) => withoutUnused(current, thumbprint, now),
    consequences: () => gone.map((record) => `"${record.friendlyName}" ${record.thumbprint} leaves the store`),
  });
  if (committed.withheld) return;
  const { after, before } = committed;
  const dropped = Object.values(before.certificates).filter(
    (record) => !Object.hasOwn(after.certificates, record.thumbprint),
  );
  const keys = openKeyStore(context.store.folder);
  discardFiles(dropped, after, keys);
  for (const { thumbprint: each } of dropped)
    context.done(`certificate ${each} is in ${keys.folder}/trash. Revision ${after.revision}.`);
}

function writeCertificate(thumbprint: string, { after, changed }: Committed, context: CmdletContext): void {
  const record = after.certificates[thumbprint];
  if (record === undefined) return;
  const keys = openKeyStore(context.store.folder);
  const hasPrivateKey = keys.keyNames().includes(record.publicKeySha256);
  const view = { now: context.now(), anchors: ownAnchors(after), hasPrivateKey };
  context.write({ ...certificateObject(record, chainOf(record, keys), view), Changed: changed });
}
