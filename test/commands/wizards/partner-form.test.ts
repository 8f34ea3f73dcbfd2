/** The partner form: its questions as data, and the form on a real terminal. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { methodsLine, negotiationIn, partnerPages } from '../../../src/commands/wizards/partner-pages.ts';
import { partnerDefaults } from '../../../src/config/defaults.ts';
import { negotiations } from '../../../src/config/federated-partner.ts';
import { negotiationOutcome } from '../../../src/config/negotiation.ts';
import { openConfigStore } from '../../../src/store/open-config-store.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ctrlC, down, enter, esc, typedOn } from '../../support/typed-on-terminal.ts';
import { xgwIn } from '../../support/xgw.ts';

const empty = openConfigStore(path.join(temporaryFolder(), 'none')).read();
const questions = (answers = {}) => partnerPages(answers, empty, false).flatMap((page) => page.questions);
const question = (name: string, answers = {}) => questions(answers).find(({ parameter }) => parameter === name);

describe('the questions', () => {
  it('are seven', () => {
    expect(questions().map(({ parameter }) => parameter)).toEqual([
      'Identity',
      'Description',
      'AdditionalDomains',
      'PartnerType',
      'TlsNegotiation',
      'SaslNegotiation',
      'SupportDialbackNegotiation',
    ]);
  });

  it('each choice of the negotiation says what it would leave, given the other answers', () => {
    const answers = { TlsNegotiation: 'Optional', SaslNegotiation: 'NotSupported' };
    expect(question('SupportDialbackNegotiation', answers)?.choices).toEqual([
      { value: 'True', meaning: 'Leaves: TLS Dialback, TCP Dialback' },
      { value: 'False', meaning: expect.stringMatching(/^Leaves: NOT VALID: SASL and dialback are both off/) },
    ]);
    expect(question('TlsNegotiation', { SaslNegotiation: 'Optional' })?.choices?.[2]?.meaning).toMatch(
      /^Leaves: TCP Dialback/,
    );
  });

  it('of the 18 combinations the 5 invalid ones cannot be left, and the other 13 can', () => {
    const all = negotiations.flatMap((tls) =>
      negotiations.flatMap((sasl) => ['True', 'False'].map((dialback) => ({ tls, sasl, dialback }))),
    );
    const refused = all.filter(({ tls, sasl, dialback }) => {
      const answers = { TlsNegotiation: tls, SaslNegotiation: sasl };
      const said = question('SupportDialbackNegotiation', answers)?.refuse?.(dialback, answers);
      const settings = negotiationIn({ ...answers, SupportDialbackNegotiation: dialback });
      expect(said !== undefined).toBe(negotiationOutcome(settings).class === 'Invalid');
      expect(methodsLine(settings).startsWith('NOT VALID')).toBe(said !== undefined);
      return said !== undefined;
    });
    expect([all.length, refused.length]).toEqual([18, 5]);
  });

  it('without answers the negotiation is the default of the cmdlet', () => {
    expect(negotiationIn({})).toEqual({
      tlsNegotiation: partnerDefaults.tlsNegotiation,
      saslNegotiation: partnerDefaults.saslNegotiation,
      supportDialbackNegotiation: partnerDefaults.supportDialbackNegotiation,
    });
  });
});

describeWithPeers('New-XmppFederatedPartner without a word, on a terminal', [peers.script], () => {
  it('asks, refuses what would be refused, goes back with Esc, shows methods and line, and makes the partner', async () => {
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    await site.run('new-sipdomain', 'contoso.example');
    const { screen, code, left } = await typedOn(
      folder,
      ['new-xmppfederatedpartner'],
      [
        { when: '(-Identity)', press: `contoso.example${enter}` },
        { when: 'is one of your own SIP domains', press: `\u0015!?${enter}` },
        { when: 'the part of its addresses', press: `fabrikam.com${enter}` },
        { when: '(-Description)', press: `ERP partner${enter}` },
        { when: '(-AdditionalDomains)', press: esc },
        { when: '(-Description)', press: enter },
        { when: '(-AdditionalDomains)', press: `b2b.fabrikam.com, shop.fabrikam.com${enter}` },
        { when: '(-PartnerType)', press: '?' },
        { when: 'How far the partner is trusted.', press: '' },
        // The first choice goes back, and the default is the third type.
        { when: '(-PartnerType)', press: `\u001b[A\u001b[A${enter}` },
        { when: 'Effective methods: SASL over TLS', press: '' },
        { when: '(-TlsNegotiation)', press: down },
        { when: 'Leaves: SASL over TLS', press: enter },
        { when: '(-SaslNegotiation)', press: `${down}${down}${enter}` },
        { when: '(-SupportDialbackNegotiation)', press: `${down}${enter}` },
        { when: 'Choose another one', press: '' },
        { when: '(-SupportDialbackNegotiation)', press: enter },
        { when: 'What now', press: enter },
      ],
    );
    expect([code, left]).toEqual([0, []]);
    expect(screen).toContain('Step 3 of 4: Negotiation  (Esc back, ? help, Ctrl-C cancel)');
    expect(screen).toMatch(
      /xgw new-xmppfederatedpartner fabrikam\.com -PartnerType Federated -Description 'ERP partner' -AdditionalDomains b2b\.fabrikam\.com,shop\.fabrikam\.com -TlsNegotiation Optional -SaslNegotiation NotSupported/,
    );
    expect(await site.run('get-xmppfederatedpartner')).toMatchObject([
      {
        Identity: 'fabrikam.com',
        Description: 'ERP partner',
        AdditionalDomains: ['b2b.fabrikam.com', 'shop.fabrikam.com'],
        PartnerType: 'Federated',
        TlsNegotiation: 'Optional',
        SaslNegotiation: 'NotSupported',
        SupportDialbackNegotiation: true,
      },
    ]);
  });

  it('offers the defaults of settings.yaml, keeps those it does not ask for, and prints what differs from them', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'xgw'));
    writeFileSync(
      path.join(folder, 'xgw', 'settings.yaml'),
      'defaults:\n  new-xmppfederatedpartner:TlsNegotiation: Optional\n  new-xmppfederatedpartner:SupportDialbackNegotiation: false\n  new-xmppfederatedpartner:ConnectionLimit: 4\n',
    );
    const { screen, code, left } = await typedOn(
      folder,
      ['new-xmppfederatedpartner'],
      [
        { when: '(-Identity)', press: `fabrikam.com${enter}` },
        { when: '(-Description)', press: `-draft${enter}` },
        { when: '(-AdditionalDomains)', press: enter },
        { when: '(-PartnerType)', press: enter },
        { when: 'Effective methods: SASL over TLS', press: '' },
        { when: '(-TlsNegotiation)', press: `\u001b[A${enter}` },
        { when: '(-SaslNegotiation)', press: enter },
        { when: '(-SupportDialbackNegotiation)', press: enter },
        { when: 'What now', press: enter },
      ],
      { XDG_CONFIG_HOME: folder },
    );
    expect([code, left]).toEqual([0, []]);
    expect(screen).toContain(
      'xgw new-xmppfederatedpartner fabrikam.com -PartnerType PublicUnverified -Description:-draft -TlsNegotiation Required\r',
    );
    expect(await xgwIn(path.join(folder, 'store')).run('get-xmppfederatedpartner')).toMatchObject([
      {
        Description: '-draft',
        TlsNegotiation: 'Required',
        SupportDialbackNegotiation: false,
        ConnectionLimit: 4,
      },
    ]);
  });

  it('Ctrl-C leaves nothing', async () => {
    const folder = temporaryFolder();
    const { code, screen, left } = await typedOn(
      folder,
      ['new-xmppfederatedpartner'],
      [
        { when: '(-Identity)', press: `fabrikam.com${enter}` },
        { when: '(-Description)', press: ctrlC },
      ],
    );
    expect([code, left]).toEqual([130, []]);
    expect(screen).toContain('nothing was changed');
    expect(readdirSync(folder)).toEqual(['pid']);
  });

  it('asks in plain numbered lines where a screen reader wants them; -WhatIf makes nothing', async () => {
    const folder = temporaryFolder();
    const { code, screen, raw, left } = await typedOn(
      folder,
      ['new-xmppfederatedpartner', '-WhatIf'],
      [
        { when: 'Answer, ? for help: ', press: 'fabrikam.com\r' },
        { when: 'Answer, ? for help, < to go back: ', press: '\r' },
        { when: 'Answer, ? for help, < to go back: ', press: '\r' },
        { when: 'Number, ? for help, < to go back [3]: ', press: '1\r' },
        { when: 'Number, ? for help, < to go back [1]: ', press: '\r' },
        { when: 'Number, ? for help, < to go back [1]: ', press: '\r' },
        { when: 'Number, ? for help, < to go back [1]: ', press: '\r' },
        { when: 'Number, < to go back [1]: ', press: '\r' },
      ],
      { ACCESSIBLE: '1', TERM: 'dumb' },
    );
    expect([code, left]).toEqual([0, []]);
    expect(raw).not.toContain('\u001b[');
    expect(screen).toContain('What if: New-XmppFederatedPartner on "fabrikam.com"');
    expect(readdirSync(folder)).toEqual(['pid']);
  });
});
