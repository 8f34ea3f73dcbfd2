/** The plane of the Lync matrix that a partner is in, with its cell marked, and the way with one peer: text that is the same for the same settings. */
import { negotiations } from '../config/federated-partner.ts';
import {
  type AuthenticationMethod,
  type NegotiationSettings,
  negotiationOutcome,
  negotiationRemarks,
} from '../config/negotiation.ts';
import type { Negotiated } from './negotiation-with-peer.ts';

export interface NegotiationCell extends NegotiationSettings {
  readonly methods: readonly AuthenticationMethod[];
  readonly class: 'Ok' | 'Warning' | 'Invalid';
  readonly isCurrent: boolean;
}

/** Nine, by TLS and then by SASL. */
export function negotiationPlane(ours: NegotiationSettings): readonly NegotiationCell[] {
  return negotiations.flatMap((tlsNegotiation) =>
    negotiations.map((saslNegotiation) => {
      const settings = { ...ours, tlsNegotiation, saslNegotiation };
      const { methods, class: kind } = negotiationOutcome(settings);
      const isCurrent = ours.tlsNegotiation === tlsNegotiation && ours.saslNegotiation === saslNegotiation;
      return { ...settings, methods, class: kind, isCurrent };
    }),
  );
}

const shortNames: Readonly<Record<AuthenticationMethod, string>> = {
  'SASL over TLS': 'SASL/TLS',
  'TLS Dialback': 'TLS-DB',
  'TCP Dialback': 'TCP-DB',
};

function cellText({ methods, class: kind, isCurrent }: NegotiationCell): string {
  const text = kind === 'Invalid' ? 'not valid' : methods.map((method) => shortNames[method]).join(', ');
  return `${isCurrent ? `[${text}]` : text}${kind === 'Warning' ? ' !' : ''}`;
}

/** @param negotiated - With a peer of which something is known. Ends with a line end. */
export function negotiationPicture(ours: NegotiationSettings, negotiated: Negotiated | undefined): string {
  const { remark } = negotiationOutcome(ours);
  const isDialback = word(ours.supportDialbackNegotiation);
  const lines = [
    `ours: TLS ${ours.tlsNegotiation}, SASL ${ours.saslNegotiation}, dialback ${isDialback}.  Plane "dialback ${isDialback}"; ! = allowed with a warning`,
    row(
      '',
      negotiations.map((sasl) => `SASL ${sasl}`),
    ),
    ...negotiations.map((tls) =>
      row(
        `TLS ${tls}`,
        negotiationPlane(ours)
          .filter(({ tlsNegotiation }) => tlsNegotiation === tls)
          .map(cellText),
      ),
    ),
    ...(remark === undefined ? [] : [`!                ${negotiationRemarks[remark]}`]),
    ...(negotiated === undefined
      ? []
      : [`with this peer:  ${negotiated.steps.join(' -> ')}`, `result           ${negotiated.verdict}`]),
  ];
  return `${lines.join('\n')}\n`;
}

const row = (name: string, cells: readonly string[]): string =>
  [name.padEnd(18), ...cells.map((cell) => cell.padEnd(28))].join('').trimEnd();

/** As Lync writes it. */
const word = (value: boolean): string => (value ? 'True' : 'False');
