import { describe, expect, it } from '@jest/globals';

import { negotiations } from '../../src/config/federated-partner.ts';
import { effectiveMethods, type NegotiationSettings } from '../../src/config/negotiation.ts';
import { negotiationPicture, negotiationPlane } from '../../src/operations/negotiation-picture.ts';
import { negotiatedWith } from '../../src/operations/negotiation-with-peer.ts';

type Short = readonly [tls: string, sasl: string, dialback: boolean];

const words = { R: 'Required', O: 'Optional', N: 'NotSupported' } as const;
const settings = ([tls, sasl, dialback]: Short): NegotiationSettings => ({
  tlsNegotiation: words[tls as keyof typeof words],
  saslNegotiation: words[sasl as keyof typeof words],
  supportDialbackNegotiation: dialback,
});
const all = negotiations.flatMap((tlsNegotiation) =>
  negotiations.flatMap((saslNegotiation) =>
    [true, false].map((supportDialbackNegotiation) => ({
      tlsNegotiation,
      saslNegotiation,
      supportDialbackNegotiation,
    })),
  ),
);

describe('the way with one peer', () => {
  it.each<[ours: Short, peer: Short, method: string | undefined, steps: string]>([
    [
      ['R', 'O', true],
      ['O', 'N', true],
      'TLS Dialback',
      'STARTTLS (both) -> no SASL EXTERNAL offered -> dialback over TLS -> authenticated',
    ],
    [['R', 'R', true], ['O', 'O', true], 'SASL over TLS', 'STARTTLS (both) -> SASL EXTERNAL -> authenticated'],
    [
      ['R', 'R', true],
      ['O', 'N', true],
      undefined,
      'STARTTLS (both) -> no SASL EXTERNAL offered -> dialback not permitted -> no authentication method is left',
    ],
    [['R', 'O', true], ['N', 'N', true], undefined, 'no TLS (theirs), which the other side requires'],
    [['N', 'N', true], ['R', 'O', true], undefined, 'no TLS (ours), which the other side requires'],
    [['O', 'O', true], ['N', 'N', true], 'TCP Dialback', 'no TLS (theirs) -> dialback over TCP -> authenticated'],
    [
      ['O', 'O', true],
      ['O', 'N', false],
      undefined,
      'STARTTLS (both) -> no SASL EXTERNAL offered -> no dialback offered -> no authentication method is left',
    ],
    [
      ['R', 'N', true],
      ['R', 'O', true],
      'TLS Dialback',
      'STARTTLS (both) -> SASL EXTERNAL not taken -> dialback over TLS -> authenticated',
    ],
  ])('%j with %j is %s', (ours, peer, method, steps) => {
    const negotiated = negotiatedWith(settings(ours), settings(peer));
    expect([negotiated.method, negotiated.steps.join(' -> ')]).toEqual([method, `connect -> ${steps}`]);
  });

  it('takes what both permit and nothing else, TLS wherever both have it', () => {
    for (const ours of all) {
      for (const peer of all) {
        const { method, steps, verdict } = negotiatedWith(ours, peer);
        const common = effectiveMethods(ours).filter((each) => effectiveMethods(peer).includes(each));
        expect(method === undefined ? [] : [method]).toEqual(common.slice(0, 1));
        expect(steps.at(-1) === 'authenticated').toBe(method !== undefined);
        expect(steps.includes('STARTTLS (both)')).toBe(
          ours.tlsNegotiation !== 'NotSupported' && peer.tlsNegotiation !== 'NotSupported',
        );
        expect(method === 'TCP Dialback' && steps.includes('STARTTLS (both)')).toBe(false);
        expect(verdict).not.toBe('');
      }
    }
  });
});

describe('the picture', () => {
  it('has the nine cells of the plane, the current one in brackets', () =>
    expect(
      negotiationPicture(
        settings(['R', 'O', true]),
        negotiatedWith(settings(['R', 'O', true]), settings(['O', 'N', true])),
      ),
    ).toBe(`ours: TLS Required, SASL Optional, dialback True.  Plane "dialback True"; ! = allowed with a warning
                  SASL Required               SASL Optional               SASL NotSupported
TLS Required      SASL/TLS !                  [SASL/TLS, TLS-DB]          TLS-DB
TLS Optional      SASL/TLS, TLS-DB, TCP-DB !  SASL/TLS, TLS-DB, TCP-DB !  TLS-DB, TCP-DB
TLS NotSupported  TCP-DB !                    TCP-DB !                    TCP-DB
with this peer:  connect -> STARTTLS (both) -> no SASL EXTERNAL offered -> dialback over TLS -> authenticated
result           TLS dialback. Weaker than SASL over TLS: identity rests on DNS.
`));

  it('says what is not valid, and why the current one warns', () => {
    const picture = negotiationPicture(settings(['N', 'R', false]), undefined);
    expect(picture).toContain('TLS NotSupported  [not valid]                 not valid                   not valid\n');
    expect(picture).toContain(
      '!                SASL needs TLS, and dialback is off, so no authentication method is left\n',
    );
    expect(picture).not.toContain('with this peer');
  });

  it('keeps to 150 columns, and to one current cell', () => {
    for (const ours of all) {
      expect(negotiationPlane(ours).filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
      for (const line of negotiationPicture(ours, negotiatedWith(ours, settings(['O', 'N', false]))).split('\n'))
        expect(line.length).toBeLessThanOrEqual(150);
    }
  });
});
