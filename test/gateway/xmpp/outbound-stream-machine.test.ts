/** Transcripts of the initiating server: XML in, XML and effects out. */
import { describe, expect, it } from '@jest/globals';

import {
  initialOutbound,
  type OutboundContext,
  type OutboundEffect,
  type OutboundEvent,
  type OutboundPurpose,
} from '../../../src/gateway/xmpp/outbound-state.ts';
import { stepOutbound } from '../../../src/gateway/xmpp/outbound-stream-machine.ts';
import type { StreamSecurity } from '../../../src/gateway/xmpp/s2s-options.ts';
import { XmlParser } from '../../../src/gateway/xmpp/xml/xml-parser.ts';
import { printElement } from '../../../src/gateway/xmpp/xml/xml-writer.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { row } from '../../support/xmpp-federation.ts';

interface Setting {
  readonly security?: StreamSecurity | undefined;
  readonly certified?: boolean;
  readonly hasCertificate?: boolean;
  readonly purpose?: OutboundPurpose;
  readonly takesStanzas?: boolean;
}

const pair = { local: 'contoso.example' as DomainName, remote: 'fabrikam.example' as DomainName };

class Play {
  readonly #lines: string[] = [];
  readonly #context: OutboundContext;
  #security: StreamSecurity | undefined;
  #state;
  #parser = this.#newParser();

  constructor(setting: Setting = {}) {
    this.#security = 'security' in setting ? setting.security : row('required', 'required', true);
    this.#state = initialOutbound(pair, setting.purpose ?? { type: 'stanzas' }, false);
    this.#context = {
      securityFor: () => this.#security,
      verdictFor: () =>
        setting.certified === false
          ? { ok: false, reason: 'self-signed', detail: 'It issued itself.' }
          : { ok: true, identity: 'DNS:fabrikam.example', path: [] },
      hasCertificate: () => setting.hasCertificate ?? true,
      isLocalDomain: (domain) => domain === 'contoso.example',
      takesStanzas: setting.takesStanzas ?? true,
      advertisedLimits: () => ({}),
      dialbackKey: ({ local, remote }, id) => `key(${local},${remote},${id})`,
    };
    this.tells({ type: 'connected' });
  }

  get state(): string {
    return this.#state.name;
  }

  take(): string[] {
    return this.#lines.splice(0);
  }

  hears(...xml: readonly string[]): this {
    for (const text of xml) this.#parser.feed(Buffer.from(text));
    return this;
  }

  answers(attributes = "from='fabrikam.example' to='contoso.example' id='r1' version='1.0'"): this {
    return this.hears(
      `<stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='http://etherx.jabber.org/streams' ${attributes}>`,
    );
  }

  /** Through STARTTLS to the features of the encrypted stream; their output is kept, the rest dropped. */
  secured(features: string): this {
    this.answers()
      .hears(starttlsOffer, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
      .tells({ type: 'tls-established' });
    this.answers("from='fabrikam.example' id='r2' version='1.0'");
    this.take();
    return this.hears(features);
  }

  changesPolicy(security: StreamSecurity | undefined): this {
    this.#security = security;
    return this.tells({ type: 'policy-changed' });
  }

  tells(event: OutboundEvent): this {
    const step = stepOutbound(this.#state, event, this.#context);
    this.#state = step.state;
    for (const effect of step.effects) {
      if (effect.do === 'restart' || effect.do === 'start-tls') this.#parser = this.#newParser();
      this.#lines.push(describeEffect(effect));
    }
    return this;
  }

  #newParser(): XmlParser {
    return new XmlParser({
      onOpen: (root, contentNamespace) => this.tells({ type: 'header', root, contentNamespace }),
      onElement: (element) => this.tells({ type: 'element', element }),
      onClose: () => this.tells({ type: 'stream-ended' }),
      onFault: (fault) => this.tells({ type: 'fault', fault }),
    });
  }
}

function describeEffect(effect: OutboundEffect): string {
  switch (effect.do) {
    case 'send':
      return printElement(effect.element);
    case 'established':
      return `established by ${effect.method}`;
    case 'verified':
      return `verified ${effect.outcome.type}`;
    case 'deliver':
    case 'return':
      return `${effect.do} ${effect.stanza.name}`;
    case 'failed':
      return `failed ${[effect.failure.step, effect.failure.condition, effect.failure.code].filter(Boolean).join(' ')}: ${effect.failure.reason}`;
    case 'close':
      return `close ${effect.error?.condition ?? ''}`.trim();
    case 'report-ignored':
      return 'ignore';
    case 'report-refusal':
      return `refused ${effect.code}`;
    default:
      return describeCount(effect);
  }
}

function describeCount(
  effect: Extract<OutboundEffect, { do: 'acknowledged' | 'expect' | 'restart' | 'send-header' | 'start-tls' }>,
): string {
  if (effect.do === 'acknowledged') return `acknowledged ${effect.stanzas}`;
  return effect.do === 'expect' ? `expect ${effect.what}` : effect.do;
}

const starttlsOffer = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
const noOffer = '<stream:features/>';
const externalOffer =
  "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism></mechanisms><dialback xmlns='urn:xmpp:features:dialback'/></stream:features>";
const dialbackOffer =
  "<stream:features><dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback></stream:features>";
const starttls = '<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>';
const auth = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="EXTERNAL">Y29udG9zby5leGFtcGxl</auth>';
const saslFailure =
  "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>unsupported certificate purpose</text></failure>";
const dbRequest = (id: string): string =>
  `<db:result from="contoso.example" to="fabrikam.example">key(contoso.example,fabrikam.example,${id})</db:result>`;
const dbValid = "<db:result from='fabrikam.example' to='contoso.example' type='valid'/>";

const external = row('required', 'required', true);
const flexible = row('required', 'optional', true);

describe('outbound stream: STARTTLS and SASL EXTERNAL', () => {
  it('goes from connection to established', () => {
    const play = new Play().answers().hears(starttlsOffer);
    expect(play.take()).toEqual(['send-header', starttls]);
    expect(play.hears("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").take()).toEqual(['start-tls']);
    expect(play.tells({ type: 'tls-established' }).answers().hears(externalOffer).take()).toEqual([
      'send-header',
      auth,
    ]);
    expect(play.hears("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>").take()).toEqual([
      'restart',
      'send-header',
    ]);
    expect(play.answers().hears(noOffer).take()).toEqual(['established by SASL over TLS']);
  });

  it('asks for TLS where it is required and somebody took the offer away', () => {
    const play = new Play().answers().hears(dialbackOffer);
    expect(play.take()).toEqual(['send-header', starttls]);
    expect(play.hears("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").take()[0]).toMatch(
      /^failed tls remote-server-timeout/,
    );
  });

  it('does not go on in clear when TLS is required and the peer speaks no XMPP 1.0', () => {
    expect(new Play({ security: flexible }).answers("from='fabrikam.example' id='r1'").take().at(1)).toMatch(
      /^failed stream/,
    );
  });

  it('does not send its identity to a server whose certificate is not accepted', () => {
    expect(new Play({ certified: false }).secured(externalOffer).take()).toEqual([
      expect.stringMatching('^failed certificate .*self-signed'),
      'close',
    ]);
  });

  it('goes on with dialback on the same stream after a refused EXTERNAL, with the id of that stream [XEP-0178 §3]', () => {
    const play = new Play({ security: flexible }).secured(externalOffer);
    expect(play.take()).toEqual([auth]);
    expect(play.hears(saslFailure).take()).toEqual([dbRequest('r2')]);
    expect(play.hears(dbValid).take()).toEqual(['established by TLS Dialback']);
  });

  it('gives up after a refused EXTERNAL where dialback is not permitted, with the reason', () => {
    const play = new Play().secured(externalOffer);
    play.take();
    expect(play.hears(saslFailure).take()[0]).toMatch(
      /^failed sasl remote-server-timeout peer-rejects-certificate: .*unsupported certificate purpose/,
    );
  });

  it.each([
    [
      'answers dialback with an error',
      "<db:result from='fabrikam.example' to='contoso.example' type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></db:result>",
      'dialback',
    ],
    ['ends the stream', '</stream:stream>', 'sasl'],
  ])('keeps the refusal of the certificate as the cause when the server then %s', (_, xml, step) => {
    const play = new Play({ security: flexible }).secured(externalOffer).hears(saslFailure);
    play.take();
    expect(play.hears(xml).take()[0]).toMatch(
      new RegExp(`^failed ${step} remote-server-timeout peer-rejects-certificate: .*purpose.* Dialback in its place: `),
    );
  });

  it('blames the certificate only where the refusal does', () => {
    const temporary = saslFailure.replace('not-authorized', 'temporary-auth-failure');
    const play = new Play().secured(externalOffer).hears(temporary);
    expect(play.take().at(1)).toMatch(/^failed sasl remote-server-timeout: .*temporary-auth-failure/);
  });

  it('refuses a server that answers in another name', () => {
    expect(new Play().answers("from='evil.example' id='r1' version='1.0'").take().at(1)).toMatch(
      /answered as evil.example/,
    );
  });
});

describe('outbound stream: dialback [XEP-0220 §2.1]', () => {
  it('sends a key for the stream and waits for the answer', () => {
    const play = new Play({ security: row('not-supported', 'not-supported', true) }).answers().hears(dialbackOffer);
    expect(play.take()).toEqual(['send-header', dbRequest('r1')]);
    expect(play.hears(dbValid).take()).toEqual(['established by TCP Dialback']);
  });

  it('prefers TLS where it is optional and offered, and goes without where it is not', () => {
    const security = row('optional', 'optional', true);
    expect(new Play({ security }).answers().hears(starttlsOffer).take().at(-1)).toBe(starttls);
    expect(new Play({ security }).answers().hears(dialbackOffer).take().at(-1)).toBe(dbRequest('r1'));
  });

  it.each([
    [row('optional', 'required', false), noOffer],
    [
      row('not-supported', 'not-supported', true),
      "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>",
    ],
  ])('does not use dialback in clear where the row or the server does not want it', (security, features) => {
    expect(new Play({ security }).answers().hears(features).take().at(1)).toMatch(/^failed tls/);
  });

  it('uses TLS dialback where the server offers no EXTERNAL', () => {
    expect(new Play({ security: flexible }).secured(dialbackOffer).take()).toEqual([dbRequest('r2')]);
  });

  it('refuses a server without a pinned key, whatever its dialback says', () => {
    const security = { ...flexible, pinnedSpkiSha256: ['AAAA'] };
    expect(new Play({ security, certified: false }).secured(dialbackOffer).take()[0]).toMatch(/^failed certificate/);
  });

  it.each([
    ["<db:result from='evil.example' to='contoso.example' type='valid'/>"],
    ["<db:result from='fabrikam.example' to='eu.contoso.example' type='valid'/>"],
    ["<db:verify from='fabrikam.example' to='contoso.example' id='r2' type='valid'/>"],
    ["<db:result from='fabrikam.example' to='contoso.example'>key</db:result>"],
  ])('ignores what answers nothing it asked: %s', (xml) => {
    const play = new Play({ security: flexible }).secured(dialbackOffer);
    play.take();
    expect(play.hears(xml).take()).toEqual(['ignore']);
    expect(play.state).toBe('awaiting-result');
  });

  it('ignores an answer before it asked', () => {
    const play = new Play({ security: flexible }).answers();
    play.take();
    expect(play.hears(dbValid).take()).toEqual(['ignore']);
  });

  it('fails with internal-server-error on invalid, and with remote-server-timeout on an error', () => {
    const asked = (): Play => new Play({ security: flexible }).secured(dialbackOffer);
    expect(
      asked().hears("<db:result from='fabrikam.example' to='contoso.example' type='invalid'/>").take().at(1),
    ).toMatch(/^failed dialback internal-server-error/);
    expect(
      asked()
        .hears(
          "<db:result from='fabrikam.example' to='contoso.example' type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></db:result>",
        )
        .take()
        .at(1),
    ).toMatch(/^failed dialback remote-server-timeout: .*item-not-found/);
  });
});

describe('outbound stream: verification of a key', () => {
  const purpose: OutboundPurpose = { type: 'verify', id: 's9', key: 'k' };

  it('goes out right after TLS, before any authentication of its own', () => {
    const play = new Play({ security: flexible, purpose }).secured(externalOffer);
    expect(play.take()).toEqual(['<db:verify from="contoso.example" to="fabrikam.example" id="s9">k</db:verify>']);
    expect(
      play.hears("<db:verify from='fabrikam.example' to='contoso.example' id='other' type='valid'/>").take(),
    ).toEqual(['ignore']);
    expect(play.hears("<db:verify from='fabrikam.example' to='contoso.example' id='s9' type='valid'/>").take()).toEqual(
      ['verified valid', 'close'],
    );
  });

  it('does not go out in clear where TLS is required', () => {
    expect(new Play({ security: flexible, purpose }).answers().hears(dialbackOffer).take()).toEqual([
      'send-header',
      starttls,
    ]);
  });
});

describe('outbound stream: the established stream', () => {
  const established = (): Play => {
    const play = new Play({ security: flexible }).secured(dialbackOffer).hears(dbValid);
    play.take();
    return play;
  };

  it('takes stanza errors about what was sent, and nothing else', () => {
    expect(
      established().hears("<message from='bob@fabrikam.example' to='alice@contoso.example' type='error'/>").take(),
    ).toEqual(['deliver message']);
    expect(established().hears("<message from='bob@fabrikam.example' to='alice@contoso.example'/>").take()).toEqual([
      'ignore',
    ]);
    expect(
      established().hears("<message from='bob@evil.example' to='alice@contoso.example' type='error'/>").take(),
    ).toEqual(['ignore']);
  });

  it('takes no stanza before it is established', () => {
    const play = new Play({ security: flexible }).secured(dialbackOffer);
    play.take();
    const error = "<message from='bob@fabrikam.example' to='alice@contoso.example' type='error'/>";
    expect(play.hears(error).take()).toEqual(['ignore']);
  });

  it('stays while its requirements stay, and ends when they change or the partner goes', () => {
    expect(
      established()
        .changesPolicy({ ...flexible, connectionLimit: 3 })
        .take(),
    ).toEqual([]);
    expect(established().changesPolicy(external).take()).toEqual(['close reset']);
    expect(established().changesPolicy(undefined).take()).toEqual(['close policy-violation']);
  });

  it('ends with a stream error of the peer', () => {
    const play = established().hears(
      "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    expect(play.take()).toEqual(['close']);
    expect(play.state).toBe('ended');
  });
});

const smOffer = "<stream:features><sm xmlns='urn:xmpp:sm:3'/></stream:features>";
const sm = (name: string, attributes = ''): string => `<${name} xmlns='urn:xmpp:sm:3'${attributes}/>`;
const request = '<r xmlns="urn:xmpp:sm:3"/>';

describe('outbound stream: acknowledgements [XEP-0198]', () => {
  const authenticated = (features: string): Play => {
    const play = new Play().secured(externalOffer).hears("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    play.answers();
    play.take();
    return play.hears(features);
  };
  const managed = (): Play => {
    const play = authenticated(smOffer).hears(sm('enabled'));
    play.take();
    return play;
  };
  const sends = (play: Play, count = 1): string[] => {
    for (let sent = 0; sent < count; sent += 1) play.tells({ type: 'stanza-sent' });
    return play.take();
  };
  const hears = (play: Play, h: number): string[] => play.hears(sm('a', ` h='${h}'`)).take();

  it('are enabled where the authenticated peer offers them, before the first stanza', () => {
    const play = authenticated(smOffer);
    expect(play.take()).toEqual(['<enable xmlns="urn:xmpp:sm:3"/>']);
    expect(play.hears(sm('enabled')).take()).toEqual(['established by SASL over TLS']);
  });

  it('are done without where the peer does not offer them, or fails to enable them', () => {
    expect(authenticated(noOffer).take()).toEqual(['established by SASL over TLS']);
    const play = authenticated(smOffer);
    play.take();
    expect(play.hears(sm('failed')).take()).toEqual(['established by SASL over TLS']);
    expect(sends(play)).toEqual([]);
  });

  it('are asked for once a burst, and again for what came in the meantime', () => {
    const play = managed();
    expect(sends(play, 3)).toEqual([request, 'expect acknowledgement']);
    expect(hears(play, 1)).toEqual(['acknowledged 1', request, 'expect acknowledgement']);
    expect(hears(play, 3)).toEqual(['acknowledged 2', 'expect nothing']);
    expect(sends(play)).toEqual([request, 'expect acknowledgement']);
  });

  it('are asked for again later where the peer is not done with a stanza', () => {
    const play = managed();
    sends(play);
    expect(hears(play, 0)).toEqual(['acknowledged 0', 'expect handling']);
    expect(play.tells({ type: 'acknowledgement-due' }).take()).toEqual([request, 'expect acknowledgement']);
    expect(play.tells({ type: 'acknowledgement-due' }).take()).toEqual([]);
    expect(hears(play, 1)).toEqual(['acknowledged 1', 'expect nothing']);
  });

  it('end the stream with connection-timeout when they are overdue', () => {
    const play = managed();
    sends(play);
    expect(play.tells({ type: 'acknowledgement-overdue' }).take()).toEqual(['close connection-timeout']);
  });

  it.each([
    ['2', 'undefined-condition'],
    ['4294967295', 'undefined-condition'],
    ['4294967296', 'bad-format'],
    ['', 'bad-format'],
    ['-1', 'bad-format'],
  ])('end the stream when they count what was not sent: h=%s', (h, condition) => {
    const play = managed();
    sends(play);
    expect(play.hears(sm('a', ` h='${h}'`)).take()).toEqual([`close ${condition}`]);
  });

  it('are asked for before the stream is closed, and still count behind that', () => {
    const play = managed();
    sends(play, 2);
    hears(play, 1);
    expect(play.tells({ type: 'close', reason: 'stop', error: { condition: 'system-shutdown' } }).take()).toEqual([
      request,
      'close system-shutdown',
    ]);
    expect(hears(play, 2)).toEqual(['acknowledged 1']);
    expect(hears(play, 7)).toEqual([]);
  });

  it('mean nothing on a stream where they were not enabled', () => {
    const play = authenticated(noOffer);
    play.take();
    expect(hears(play, 1)).toEqual(['ignore']);
    expect(play.hears(sm('enabled')).take()).toEqual(['ignore']);
  });
});

describe('outbound stream: both directions [XEP-0288]', () => {
  const both = { ...external, bidi: true };
  const request = '<bidi xmlns="urn:xmpp:bidi"/>';
  const offering = (features: string): string =>
    features.replace('</stream:features>', "<bidi xmlns='urn:xmpp:features:bidi'/></stream:features>");
  const success = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
  const sm = "<stream:features><sm xmlns='urn:xmpp:sm:3'/></stream:features>";
  const message = (from = 'fabrikam.example', to = 'contoso.example'): string =>
    `<message from='bob@${from}' to='alice@${to}'><body>x</body></message>`;
  const acknowledgement = (h: number): string => `<a xmlns="urn:xmpp:sm:3" h="${h}"/>`;

  const accepted = (): Play => {
    const play = new Play({ security: both }).secured(offering(externalOffer)).hears(success).answers().hears(sm);
    play.take();
    return play;
  };
  const counting = (): Play => {
    const play = accepted().hears("<enabled xmlns='urn:xmpp:sm:3'/>");
    play.take();
    return play;
  };

  it('are asked for in front of the authentication, by whatever method', () => {
    const play = new Play({ security: both }).secured(offering(externalOffer));
    expect(play.take()).toEqual([request, auth]);
    const byDialback = { ...row('required', 'not-supported', true), bidi: true };
    const other = new Play({ security: byDialback }).secured(offering(dialbackOffer));
    expect(other.take()).toEqual([request, dbRequest('r2')]);
  });

  it.each<[string, Setting, string]>([
    ['the server does not offer it', { security: both }, externalOffer],
    ['the partner does not have it', { security: external }, offering(externalOffer)],
    ['nobody here takes stanzas', { security: both, takesStanzas: false }, offering(externalOffer)],
    [
      'the certificate of the server proves nothing',
      { security: { ...flexible, bidi: true }, certified: false },
      offering(externalOffer),
    ],
    [
      'a key is to be verified',
      { security: { ...flexible, bidi: true }, purpose: { type: 'verify', id: 'x', key: 'k' } },
      offering(dialbackOffer),
    ],
  ])('are not asked for where %s', (_, setting, features) => {
    expect(new Play(setting).secured(features).take().join()).not.toContain('bidi');
  });

  it('are not asked for in clear', () => {
    const optional = { ...row('optional', 'optional', true), bidi: true };
    const play = new Play({ security: optional }).answers().hears(offering(dialbackOffer));
    expect(play.take().join()).not.toContain('bidi');
  });

  it('bring stanzas as soon as the server has accepted us, counted from its answer on [XEP-0198 §4]', () => {
    const play = accepted();
    expect(play.hears(message()).take()).toEqual(['deliver message']);
    expect(play.hears("<enabled xmlns='urn:xmpp:sm:3'/>").take()).toEqual(['established by SASL over TLS']);
    expect(play.hears(message(), "<r xmlns='urn:xmpp:sm:3'/>").take()).toEqual(['deliver message', acknowledgement(0)]);
    expect(play.tells({ type: 'handled', number: 1 }).take()).toEqual([acknowledgement(1)]);
  });

  it.each([
    ['of another domain', message('northwind.example'), 'sender-not-authenticated', 'invalid-from'],
    ['to another domain', message('fabrikam.example', 'adatum.example'), 'not-served', 'host-unknown'],
    ['without a sender', "<message to='alice@contoso.example'/>", 'bad-address', 'improper-addressing'],
  ])('end with a stanza %s', (_, stanza, code, condition) => {
    expect(counting().hears(stanza).take()).toEqual([`refused ${code}`, `close ${condition}`]);
  });

  it('return a stanza with one bad address, and stay', () => {
    const bad = "<message from='bob@fabrikam.example' to='a b@contoso.example'/>";
    expect(counting().hears(bad, message()).take()).toEqual(['return message', 'deliver message']);
  });

  it('end with a stanza before the server has accepted us', () => {
    const play = new Play({ security: both }).secured(offering(externalOffer));
    play.take();
    expect(play.hears(message()).take()).toEqual([
      'refused not-authenticated',
      expect.stringMatching('^failed sasl'),
      'close not-authorized',
    ]);
  });

  it('take what was on its way when we said goodbye, told what is handled, and no forgeries', () => {
    const play = counting().hears(message()).tells({ type: 'handled', number: 1 });
    play.take();
    expect(play.tells({ type: 'close', reason: 'maintenance' }).take()).toEqual([acknowledgement(1), 'close']);
    expect(play.hears(message(), message('northwind.example')).take()).toEqual(['deliver message']);
    expect(play.tells({ type: 'stream-ended' }).hears(message()).take()).toEqual([]);
  });

  it('refuse a further domain: it takes a connection of its own', () => {
    const further = "<db:result from='northwind.example' to='contoso.example'>key</db:result>";
    expect(counting().hears(further).take()).toEqual([
      expect.stringMatching('^<db:result .*type="error"><error type="wait"><resource-constraint '),
      'ignore',
    ]);
  });

  it('verify no key: such a request is ignored', () => {
    const verify = "<db:verify from='fabrikam.example' to='contoso.example' id='x'>key</db:verify>";
    expect(counting().hears(verify).take()).toEqual(['ignore']);
  });

  it('end when the partner does not have them any more', () => {
    expect(counting().changesPolicy(external).take()).toEqual(['refused requirements-changed', 'close reset']);
    expect(counting().changesPolicy(both).take()).toEqual([]);
  });

  it('are not established when the partner lost them meanwhile: the server would send into the void', () => {
    const play = accepted().changesPolicy(external);
    play.take();
    expect(play.hears("<enabled xmlns='urn:xmpp:sm:3'/>").take()[0]).toMatch(/^failed policy/);
  });
});
