/** Update-Certificate: renews certificates of authorities that answer over the network, now instead of when the gateway would. */
import type { CertificateRecord } from '../config/configuration.ts';
import { certificateObject } from '../operations/certificates/certificate-object.ts';
import { chainOf, selectCertificates } from '../operations/certificates/certificates.ts';
import { serviceKeyPassphrase } from '../operations/certificates/key-passphrase.ts';
import { ownAnchors } from '../operations/certificates/own-anchors.ts';
import { type RenewalPorts, renewableOrThrow, renewCertificate } from '../operations/renewal/renew-certificate.ts';
import { renewalPorts } from '../operations/renewal/renewal-ports.ts';
import { noteFailure } from '../operations/renewal/renewal-round.ts';
import { nextRenewal } from '../operations/renewal/renewal-schedule.ts';
import { isPattern } from '../operations/wildcard.ts';
import { isCodedError } from '../primitives/errors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { givenKeyPassphrase, keyPassphraseFile } from './certificate/key-passwords.ts';
import { certificateOutput } from './get-certificate.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Update-Certificate',
  aliases: ['udcert'],
  synopsis: 'Renews certificates that came from an authority over the network (acme:, est:).',
  description:
    'The running gateway does this by itself after two thirds of a lifetime. Without -Force only what is due is renewed. The successor has the same names, a new key unless the certificate was requested with -ReuseKey, and takes over at once; live streams keep what they began with. While it fails, the present certificate goes on serving.',
  parameters: {
    Thumbprint: optional(pattern, 'Thumbprint; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
      defaultText: 'all that are renewed over the network',
    }),
    KeyPassphraseFile: keyPassphraseFile,
  },
  examples: [
    { command: 'update-certificate', shows: 'Renews what is due.' },
    {
      command: 'update-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2 -Force',
      shows: 'Renews this one now, due or not.',
    },
    { command: 'update-certificate -WhatIf', shows: 'What would be renewed.' },
  ],
  impact: 'Medium',
  output: certificateOutput,

  async run({ Thumbprint, KeyPassphraseFile }, context) {
    const passphrase = await givenKeyPassphrase(KeyPassphraseFile, context);
    const keyPassphrase = () => passphrase ?? serviceKeyPassphrase();
    const keys = openKeyStore(context.store.folder, keyPassphrase);
    const ports = renewalPorts({ store: context.store, keys, keyPassphrase });
    const configuration = context.store.read();
    const isOne = Thumbprint !== undefined && !isPattern(Thumbprint);
    const chosen = selectCertificates(configuration, Thumbprint).filter(
      ({ renewal }) => isOne || renewal !== undefined,
    );
    if (chosen.length === 0) context.warn('No certificate came from an authority that answers over the network.');
    for (const { thumbprint } of chosen)
      await renew(renewableOrThrow(configuration, thumbprint).record, ports, context);
  },
});

async function renew(record: CertificateRecord, ports: RenewalPorts, context: CmdletContext): Promise<void> {
  const { thumbprint, renewal } = record;
  const [leaf] = chainOf(record, ports.keys);
  if (leaf === undefined) return;
  const due = nextRenewal(thumbprint, leaf);
  if (due > context.now() && !context.force) {
    context.done(`certificate ${thumbprint} is due on ${due.toISOString()}; -Force renews it now.`);
    return show(record, false, ports, context);
  }
  if (!(await context.shouldProcess(thumbprint, `Renew at ${renewal?.authority ?? ''}`))) return;
  const work = async (): Promise<CertificateRecord> => {
    try {
      return await renewCertificate(thumbprint, ports, context.signal);
    } catch (error) {
      const isOurs = !isCodedError(error) || context.signal.aborted || error.id === 'ObjectNotFound';
      if (!isOurs) noteFailure(thumbprint, leaf, error, { ...ports, random: Math.random });
      throw error;
    }
  };
  const successor = await ports.journal.alone(context.cmdlet, work);
  context.done(`certificate ${thumbprint} renewed: ${successor.thumbprint} takes its place.`);
  show(successor, true, ports, context);
}

function show(record: CertificateRecord, changed: boolean, ports: RenewalPorts, context: CmdletContext): void {
  const view = {
    now: context.now(),
    anchors: ownAnchors(context.store.read()),
    hasPrivateKey: true,
    attempt: ports.journal.attemptOf(record.thumbprint),
  };
  context.write({ ...certificateObject(record, chainOf(record, ports.keys), view), Changed: changed });
}
