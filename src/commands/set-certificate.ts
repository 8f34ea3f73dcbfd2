/** Set-Certificate: which certificate serves what, now or from a time on. The running gateway shows it to the next stream. */
import { withDueAssignments } from '../config/certificate-assignment.ts';
import type { CertificateRecord, CertificateUsage } from '../config/configuration.ts';
import { openCertificateFile } from '../operations/certificates/certificate-file.ts';
import { certificateObject } from '../operations/certificates/certificate-object.ts';
import {
  assignCertificate,
  chainOf,
  refuseUnsuitable,
  selectCertificates,
  thumbprintOf,
} from '../operations/certificates/certificates.ts';
import { ownAnchors } from '../operations/certificates/own-anchors.ts';
import { CodedError } from '../primitives/errors.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { openKeyStore } from '../store/key-store.ts';
import { checkRoll, rollParameters, warnAboutGap } from './certificate/certificate-roll.ts';
import { certificateUsage } from './certificate/certificate-values.ts';
import { certificateOutput } from './get-certificate.ts';
import { type CmdletContext, type Committed, defineCmdlet } from './host/cmdlet.ts';
import { listOf, mandatory, optional, path, text } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Set-Certificate',
  aliases: ['Set-CsCertificate', 'scert'],
  synopsis: 'Assigns a certificate of the store, at once or from a time on.',
  description:
    'The certificate that was assigned before stays in the store. Live streams keep the one they began with, the next stream gets the new one; nothing has to be restarted. With -EffectiveDate the present certificate serves until then, and the running gateway changes over by itself.',
  parameters: {
    Thumbprint: optional(text, 'Thumbprint of the certificate. It, or -Path, is needed.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Reference'],
    }),
    Path: optional(path, 'A file with the certificate, in place of its thumbprint; - reads standard input.'),
    Type: mandatory(listOf(certificateUsage), 'What it is to serve.'),
    ...rollParameters,
  },
  examples: [
    {
      command: 'set-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2 -Type ExternalEdge',
      shows: 'Partners see this certificate from now on.',
    },
    {
      command: 'set-certificate -Path edge.cer -Type ExternalEdge',
      shows: 'The same, for one that was imported before.',
    },
    {
      command:
        'set-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2 -Type ExternalEdge -Roll -EffectiveDate 2027-01-10T03:00',
      shows: 'Partners see it from three in the morning of that day on.',
    },
  ],
  impact: 'Medium',
  output: certificateOutput,

  async run({ Thumbprint, Path, Type, EffectiveDate, Roll }, context) {
    const keys = openKeyStore(context.store.folder);
    const configuration = context.store.read();
    const [wanted] = selectCertificates(configuration, Thumbprint ?? (await thumbprintIn(Path, Type, context)));
    if (wanted === undefined) return;
    const plan = {
      usages: Type,
      from: EffectiveDate,
      roll: Roll === true,
      command: `xgw set-certificate ${wanted.thumbprint}`,
    };
    const now = context.now();
    checkRoll(configuration, plan, now);
    const chain = chainOf(wanted, keys);
    const [leaf] = chain;
    if (leaf !== undefined) refuseUnsuitable(leaf, now, EffectiveDate);
    warnAboutGap(configuration, plan, context);
    const committed = await context.commit({
      target: wanted.thumbprint,
      apply: (current) => assignCertificate(current, wanted.thumbprint, Type, { now, from: EffectiveDate }),
    });
    if (committed.withheld) return;
    const after = withDueAssignments(committed.after, now);
    const record = after.certificates[wanted.thumbprint] ?? wanted;
    tell(record, committed, context);
    if (!context.passThru) return;
    const hasPrivateKey = keys.keyNames().includes(record.publicKeySha256);
    const view = { now, anchors: ownAnchors(after), hasPrivateKey };
    context.write({ ...certificateObject(record, chain, view), Changed: committed.changed });
  },
});

/** Of the certificate in the file that the store has. @throws CodedError `MandatoryParameterMissing`, `ObjectNotFound` */
async function thumbprintIn(
  file: string | undefined,
  usages: readonly CertificateUsage[],
  context: CmdletContext,
): Promise<string> {
  if (file === undefined)
    throw new CodedError('MandatoryParameterMissing', 'Which certificate?', {
      reason: 'neither -Thumbprint nor -Path was given',
      fix: 'xgw get-certificate',
      target: 'Thumbprint',
    });
  const { certificates } = await openCertificateFile(file, undefined, context);
  const found = certificates.map(thumbprintOf).find((each) => Object.hasOwn(context.store.read().certificates, each));
  if (found !== undefined) return found;
  throw new CodedError('ObjectNotFound', `${file} holds no certificate of the store.`, {
    reason: 'set-certificate assigns what import-certificate has taken in',
    fix: `xgw import-certificate ${shellWord(file)} -Type ${usages.join(',')}`,
    target: file,
  });
}

function tell(record: CertificateRecord, { after }: Committed, context: CmdletContext): void {
  const { thumbprint, assignedTo, planned, localTestCa } = record;
  if (localTestCa) context.warn('This certificate is of the LOCAL TEST CA: partners will not trust it.');
  const clauses = [
    ...(assignedTo.length === 0 ? [] : [`serves ${assignedTo.join(', ')}`]),
    ...(planned === undefined ? [] : [`will serve ${planned.usages.join(', ')} from ${planned.from}`]),
  ];
  context.done(`certificate ${thumbprint} ${clauses.join(' and ')}. Revision ${after.revision}.`);
}
