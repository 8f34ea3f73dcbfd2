/** Show-Negotiation: which authentication methods a partner's settings leave, and what would come of a peer that offers this or that. */
import { partnerDefaults } from '../config/defaults.ts';
import { negotiations } from '../config/federated-partner.ts';
import { type NegotiationSettings, negotiationOutcome, negotiationRemarks } from '../config/negotiation.ts';
import { partnerKind } from '../operations/federated-partners.ts';
import { selectNamed } from '../operations/named-objects.ts';
import { negotiationPicture, negotiationPlane } from '../operations/negotiation-picture.ts';
import { type Negotiated, negotiatedWith } from '../operations/negotiation-with-peer.ts';
import { type CmdletContext, defineCmdlet, type Values } from './host/cmdlet.ts';
import { bool, domainName, oneOf, optional } from './host/parameters.ts';

const negotiation = oneOf(negotiations, 'Negotiation');

const parameters = {
  Domain: optional(domainName, 'A partner. Its settings are the beginning; those that are given stand for them.', {
    position: 0,
    pipeline: 'both',
    aliases: ['Identity'],
    defaultText: 'a new partner with the defaults',
  }),
  TlsNegotiation: optional(negotiation, 'Ours, to try it: nothing is changed.', {
    defaultText: 'as the partner has it',
  }),
  SaslNegotiation: optional(negotiation, 'Ours, to try it.', { defaultText: 'as the partner has it' }),
  SupportDialbackNegotiation: optional(bool, 'Ours, to try it.', { defaultText: 'as the partner has it' }),
  PeerTls: optional(negotiation, 'What the server of the partner does about TLS.', { defaultText: 'Optional' }),
  PeerSasl: optional(negotiation, 'What it does about SASL EXTERNAL.', { defaultText: 'Optional' }),
  PeerDialback: optional(bool, 'Whether it knows server dialback.', { defaultText: 'True' }),
};

export default defineCmdlet({
  name: 'Show-Negotiation',
  synopsis: 'Shows which authentication methods the TLS, SASL and dialback settings of a partner leave.',
  description:
    'The nine combinations of TLS and SASL with dialback as it is set, the current one in brackets; ! marks those that are allowed with a warning. With -PeerTls, -PeerSasl or -PeerDialback also what would happen with a server that offers this. Nothing is asked of the network: test-federationroute does that.',
  parameters,
  examples: [
    { command: 'show-negotiation fabrikam.com', shows: 'The matrix, with the settings of a partner marked.' },
    {
      command: 'show-negotiation fabrikam.com -PeerSasl NotSupported',
      shows: 'What happens with a server that has no certificate of its own to show.',
    },
    {
      command: 'show-negotiation -TlsNegotiation Optional -SaslNegotiation Optional -PeerTls NotSupported',
      shows: 'A combination that no partner has yet.',
    },
    { command: 'show-negotiation fabrikam.com -OutputFormat json', shows: 'The same for a script.' },
  ],
  output: { kind: 'Negotiation', table: ['Identity', 'EffectiveMethods', 'Class', 'Method'] },
  accepts: ['XmppFederatedPartner'],
  formats: ['text'],

  async run(values, context) {
    const ours = settingsOf(values, context);
    const peer = peerOf(values);
    const negotiated = peer === undefined ? undefined : negotiatedWith(ours, peer);
    if (context.format === 'auto' || context.format === 'text')
      return context.writeText(negotiationPicture(ours, negotiated));
    context.write(negotiationObject(values.Domain, ours, negotiated));
  },
});

/** @throws CodedError `ObjectNotFound` */
function settingsOf(values: Values<typeof parameters>, { store }: CmdletContext): NegotiationSettings {
  const { Domain } = values;
  const named =
    Domain === undefined ? [] : selectNamed(store.read().federatedPartners, { Identity: Domain }, partnerKind);
  const set = named[0] ?? partnerDefaults;
  return {
    tlsNegotiation: values.TlsNegotiation ?? set.tlsNegotiation,
    saslNegotiation: values.SaslNegotiation ?? set.saslNegotiation,
    supportDialbackNegotiation: values.SupportDialbackNegotiation ?? set.supportDialbackNegotiation,
  };
}

/** Undefined: nothing was said of it. */
function peerOf({ PeerTls, PeerSasl, PeerDialback }: Values<typeof parameters>): NegotiationSettings | undefined {
  if (PeerTls === undefined && PeerSasl === undefined && PeerDialback === undefined) return undefined;
  return {
    tlsNegotiation: PeerTls ?? 'Optional',
    saslNegotiation: PeerSasl ?? 'Optional',
    supportDialbackNegotiation: PeerDialback ?? true,
  };
}

function negotiationObject(domain: string | undefined, ours: NegotiationSettings, negotiated: Negotiated | undefined) {
  const { methods, class: kind, remark } = negotiationOutcome(ours);
  return {
    Identity: domain ?? null,
    TlsNegotiation: ours.tlsNegotiation,
    SaslNegotiation: ours.saslNegotiation,
    SupportDialbackNegotiation: ours.supportDialbackNegotiation,
    EffectiveMethods: methods,
    Class: kind,
    Remark: remark === undefined ? null : negotiationRemarks[remark],
    Matrix: negotiationPlane(ours).map((cell) => ({
      TlsNegotiation: cell.tlsNegotiation,
      SaslNegotiation: cell.saslNegotiation,
      EffectiveMethods: cell.methods,
      Class: cell.class,
    })),
    Steps: negotiated?.steps ?? [],
    Method: negotiated?.method ?? null,
    Result: negotiated?.verdict ?? null,
  };
}
