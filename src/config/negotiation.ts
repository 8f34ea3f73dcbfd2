/**
 * Which authentication methods a partner's TLS, SASL and dialback settings leave, as Lync Server 2013 documents it:
 * "Negotiation settings for XMPP federated partners" (JJ552456), all 18 rows, by their closed form.
 * TLS Required never permits dialback over plain TCP, and TLS plus SASL Required permits no dialback at all.
 */
import { type FederatedPartner, negotiations } from './federated-partner.ts';

/** Strongest first. */
const authenticationMethods = ['SASL over TLS', 'TLS Dialback', 'TCP Dialback'] as const;
export type AuthenticationMethod = (typeof authenticationMethods)[number];

export type NegotiationSettings = Pick<
  FederatedPartner,
  'tlsNegotiation' | 'saslNegotiation' | 'supportDialbackNegotiation'
>;

export type NegotiationRemark = 'DialbackInert' | 'SaslNeedsTls' | 'SaslWithoutTls' | 'NoMethod';

export interface NegotiationOutcome {
  /** In the order of preference; empty means that no stream can ever be authenticated. */
  readonly methods: readonly AuthenticationMethod[];
  readonly class: 'Ok' | 'Warning' | 'Invalid';
  /** Absent when the documented row carries no warning. */
  readonly remark?: NegotiationRemark;
}

export const negotiationRemarks: Readonly<Record<NegotiationRemark, string>> = {
  DialbackInert: 'dialback is never used, since TLS and SASL are both required',
  SaslNeedsTls: 'SASL requires TLS: where TLS is not required, the negotiation may fail',
  SaslWithoutTls: 'SASL needs TLS, and dialback is off, so no authentication method is left',
  NoMethod: 'SASL and dialback are both off, so no authentication method is left',
};

export function negotiationOutcome(settings: NegotiationSettings): NegotiationOutcome {
  const methods = effectiveMethods(settings);
  const { tlsNegotiation: tls, saslNegotiation: sasl, supportDialbackNegotiation: dialback } = settings;
  if (methods.length === 0) {
    return { methods, class: 'Invalid', remark: sasl === 'NotSupported' ? 'NoMethod' : 'SaslWithoutTls' };
  }
  if (sasl !== 'NotSupported' && tls !== 'Required') return { methods, class: 'Warning', remark: 'SaslNeedsTls' };
  if (tls === 'Required' && sasl === 'Required' && dialback) {
    return { methods, class: 'Warning', remark: 'DialbackInert' };
  }
  return { methods, class: 'Ok' };
}

export function effectiveMethods(settings: NegotiationSettings): readonly AuthenticationMethod[] {
  const { tlsNegotiation: tls, saslNegotiation: sasl, supportDialbackNegotiation: dialback } = settings;
  const saslOnly = tls === 'Required' && sasl === 'Required';
  const permitted: Readonly<Record<AuthenticationMethod, boolean>> = {
    'SASL over TLS': tls !== 'NotSupported' && sasl !== 'NotSupported',
    'TLS Dialback': dialback && tls !== 'NotSupported' && !saslOnly,
    'TCP Dialback': dialback && tls !== 'Required',
  };
  return authenticationMethods.filter((method) => permitted[method]);
}

/** The valid combinations that differ from invalid settings in one value only, those with the strongest method first. */
export function nearestValid(settings: NegotiationSettings): readonly NegotiationSettings[] {
  const neighbours: readonly NegotiationSettings[] = [
    ...negotiations.map((tlsNegotiation) => ({ ...settings, tlsNegotiation })),
    ...negotiations.map((saslNegotiation) => ({ ...settings, saslNegotiation })),
    { ...settings, supportDialbackNegotiation: !settings.supportDialbackNegotiation },
  ];
  const strength = (each: NegotiationSettings): number =>
    authenticationMethods.indexOf(effectiveMethods(each)[0] ?? 'TCP Dialback');
  return neighbours.filter((each) => effectiveMethods(each).length > 0).toSorted((a, b) => strength(a) - strength(b));
}
