/** Get-XmppPeerCertificate: the certificates that a partner shows, and why they are believed or not. */
import { peerCertificateObjects, peerChains } from '../operations/certificates/peer-certificates.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, pattern } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Get-XmppPeerCertificate',
  synopsis: 'Shows the certificate chain of an XMPP domain as its live streams show it, and what it is worth.',
  description:
    'One object a certificate, position 0 is that of the server. Its Verdict is Valid, with the identifier that matched, or the reason of the refusal: untrusted-root, self-signed, incomplete-chain, bad-signature, expired, name-mismatch and so on. PinSha256 is what -PinnedSpkiSha256 of a partner takes.',
  parameters: {
    Domain: mandatory(pattern, 'Domain at the other end; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Remote', 'Identity'],
      wildcard: true,
    }),
  },
  examples: [
    { command: 'get-xmpppeercertificate fabrikam.com', shows: 'Its chain, names, dates and purposes.' },
    {
      command: "get-xmpppeercertificate '*' -Property Domain,Position,NotAfter,Verdict",
      shows: 'How long the certificates of all partners last.',
    },
  ],
  output: {
    kind: 'XmppPeerCertificate',
    table: ['Domain', 'Position', 'Subject', 'Issuer', 'NotAfter', 'Verdict', 'MatchedIdentifier'],
  },
  accepts: ['XmppPeerCertificate', 'XmppSession', 'XmppFederatedPartner'],

  async run({ Domain }, context) {
    for (const chain of await peerChains(context.store.folder, Domain)) {
      for (const certificate of peerCertificateObjects(chain)) context.write(certificate);
    }
  },
});
