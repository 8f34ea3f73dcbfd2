/** Transcripts of the receiving server: XML in, XML and effects out. */
import { describe, expect, it } from '@jest/globals';

import type { PeerVerdict } from '../../../src/certificates/peer-validation.ts';
import {
  type InboundContext,
  type InboundEffect,
  type InboundEvent,
  initialInbound,
} from '../../../src/gateway/xmpp/inbound-state.ts';
import { stepInbound } from '../../../src/gateway/xmpp/inbound-stream-machine.ts';
import type { StreamSecurity } from '../../../src/gateway/xmpp/s2s-options.ts';
import type { StreamLimits } from '../../../src/gateway/xmpp/stream-limits.ts';
import { XmlParser } from '../../../src/gateway/xmpp/xml/xml-parser.ts';
import { printElement } from '../../../src/gateway/xmpp/xml/xml-writer.ts';
import { row } from '../../support/xmpp-federation.ts';

const valid: PeerVerdict = { ok: true, identity: 'DNS:fabrikam.example', path: [] };
const invalid: PeerVerdict = { ok: false, reason: 'untrusted-root', detail: 'Nobody known issued it.' };

interface Setting {
  readonly partners?: Record<string, StreamSecurity>;
  /** Domains that the peer's certificate speaks for. */
  readonly certified?: readonly string[];
  readonly genuineKeys?: readonly string[];
  readonly hasRoom?: boolean;
  readonly limits?: (authenticated: boolean) => StreamLimits;
  readonly hasCertificate?: boolean;
}

const required = row('required', 'required', true);
const flexible = row('required', 'optional', true);
const plain = row('not-supported', 'not-supported', true);

/** Plays the peer's part against the machine and writes down what the machine does, one line each. */
class Play {
  readonly lines: string[] = [];
  readonly #context: InboundContext;
  readonly #partners: Record<string, StreamSecurity>;
  #state = initialInbound(false);
  #parser = this.#newParser();
  #streams = 0;
  #requests: Extract<InboundEffect, { do: 'verify-key' }>[] = [];

  constructor(setting: Setting = {}) {
    const { certified = ['fabrikam.example'], genuineKeys = [] } = setting;
    this.#partners = setting.partners ?? { 'fabrikam.example': required };
    this.#context = {
      newStreamId: () => `s${(this.#streams += 1)}`,
      isLocalDomain: (domain) => domain === 'contoso.example' || domain === 'eu.contoso.example',
      securityFor: (domain) => this.#partners[domain],
      verdictFor: (domain) => (certified.includes(domain) ? valid : invalid),
      hasCertificate: () => setting.hasCertificate ?? true,
      isGenuineKey: (claim, key) =>
        genuineKeys.includes(`${claim.receiving} ${claim.originating} ${claim.streamId} ${key}`),
      hasRoomFor: () => setting.hasRoom ?? true,
      advertisedLimits: (authenticated) => setting.limits?.(authenticated) ?? {},
    };
  }

  get state(): string {
    return this.#state.name;
  }

  /** What came out since the last look. */
  take(): string[] {
    return this.lines.splice(0);
  }

  hears(...xml: readonly string[]): this {
    for (const text of xml) this.#parser.feed(Buffer.from(text));
    return this;
  }

  opens(attributes = "to='contoso.example' from='fabrikam.example' version='1.0'"): this {
    return this.hears(
      `<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='http://etherx.jabber.org/streams' ${attributes}>`,
    );
  }

  /** The whole way to an encrypted stream that waits for authentication; its output is dropped. */
  secures(attributes?: string): this {
    this.opens(attributes)
      .hears("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
      .tells({ type: 'tls-established' })
      .opens(attributes);
    return this;
  }

  authenticates(): this {
    this.secures().hears(auth('ZmFicmlrYW0uZXhhbXBsZQ==')).opens();
    this.take();
    return this;
  }

  verifies(outcome: Extract<InboundEvent, { type: 'key-verified' }>['outcome']): this {
    const { request } = this.#requests.shift() ?? {};
    return request === undefined ? this : this.tells({ type: 'key-verified', request, outcome });
  }

  forgets(domain: string): this {
    delete this.#partners[domain];
    return this.tells({ type: 'policy-changed' });
  }

  tells(event: InboundEvent): this {
    const step = stepInbound(this.#state, event, this.#context);
    this.#state = step.state;
    for (const effect of step.effects) this.#write(effect);
    return this;
  }

  #write(effect: InboundEffect): void {
    if (effect.do === 'verify-key') this.#requests.push(effect);
    if (effect.do === 'restart' || effect.do === 'start-tls') this.#parser = this.#newParser();
    if (effect.do !== 'report-refusal') this.lines.push(describeEffect(effect));
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

function describeEffect(effect: InboundEffect): string {
  switch (effect.do) {
    case 'send-header':
      return `header ${effect.id} from ${effect.from} to ${effect.to}`;
    case 'send':
      return printElement(effect.element);
    case 'verify-key':
      return `ask ${effect.request.from} about ${effect.streamId} ${effect.request.key}`;
    case 'authenticated':
      return `believe ${effect.pair.remote} for ${effect.pair.local} by ${effect.pair.method}`;
    case 'deliver':
      return `deliver ${printElement(effect.stanza)}${effect.number === undefined ? '' : ` as ${effect.number}`}`;
    case 'return':
      return `return ${effect.error.condition}`;
    case 'report-ignored':
      return `ignore ${effect.reason}`;
    case 'close':
      return `close ${effect.error?.condition ?? ''}`.trim();
    default:
      return effect.do;
  }
}

const auth = (response: string): string =>
  `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>${response}</auth>`;
const failure = (condition: string): string =>
  `<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><${condition}/></failure>`;
const dbResult = (from: string, key: string, to = 'contoso.example'): string =>
  `<db:result from='${from}' to='${to}'>${key}</db:result>`;
const message = (from: string, to: string): string => `<message from='${from}' to='${to}'><body>x</body></message>`;
const good = message('bob@fabrikam.example/a', 'alice@contoso.example');
const externalOffer =
  '<stream:features><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>EXTERNAL</mechanism></mechanisms></stream:features>';
const dialbackOffer =
  '<stream:features><dialback xmlns="urn:xmpp:features:dialback"><errors/></dialback></stream:features>';

describe('inbound stream: STARTTLS and SASL EXTERNAL', () => {
  it('goes from header to delivered stanza', () => {
    const play = new Play().opens();
    expect(play.take()).toEqual([
      'header s1 from contoso.example to fabrikam.example',
      '<stream:features><starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"><required/></starttls></stream:features>',
    ]);
    expect(play.hears("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").take()).toEqual(['start-tls']);
    expect(play.tells({ type: 'tls-established' }).opens().take()).toEqual([
      'header s2 from contoso.example to fabrikam.example',
      externalOffer,
    ]);
    expect(play.hears(auth('ZmFicmlrYW0uZXhhbXBsZQ==')).take()).toEqual([
      '<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>',
      'restart',
      'believe fabrikam.example for contoso.example by SASL over TLS',
    ]);
    expect(play.opens().take()).toEqual([
      'header s3 from contoso.example to fabrikam.example',
      '<stream:features><sm xmlns="urn:xmpp:sm:3"/></stream:features>',
    ]);
    expect(play.hears(good).take()).toEqual([
      'deliver <message from="bob@fabrikam.example/a" to="alice@contoso.example"><body>x</body></message>',
    ]);
  });

  it.each([
    ['=', 'believe fabrikam.example for contoso.example by SASL over TLS'],
    ['ZmFicmlrYW0uZXhhbXBsZQ==', 'believe fabrikam.example for contoso.example by SASL over TLS'],
    ['RmFicmlrYW0uRXhhbXBsZQ==', 'believe fabrikam.example for contoso.example by SASL over TLS'],
    ['Y29udG9zby5leGFtcGxl', failure('invalid-authzid')],
    ['Ym9iQGZhYnJpa2FtLmV4YW1wbGU=', failure('invalid-authzid')],
    ['***', failure('incorrect-encoding')],
  ])('answers the authorization identity %s', (response, expected) => {
    const play = new Play().secures();
    play.take();
    expect(play.hears(auth(response)).take()).toContain(expected);
  });

  it('asks for the response that the peer left out', () => {
    const play = new Play().secures();
    play.take();
    expect(play.hears(auth('')).take()).toEqual(['<challenge xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>']);
    expect(play.hears("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>=</response>").take()[0]).toContain(
      'success',
    );
  });

  it('closes after three failed authentications', () => {
    const play = new Play().secures();
    play.take();
    const lines = play.hears(auth('***'), auth('***'), auth('***')).take();
    expect(lines).toEqual([
      failure('incorrect-encoding'),
      failure('incorrect-encoding'),
      failure('incorrect-encoding'),
      'close policy-violation',
    ]);
  });

  it('refuses with not-authorized where only EXTERNAL is permitted and the certificate is not accepted', () => {
    const play = new Play({ certified: [] }).secures();
    expect(play.take().at(-1)).toBe('close not-authorized');
  });

  it('never offers EXTERNAL in clear, and refuses it with encryption-required', () => {
    const play = new Play().opens();
    play.take();
    expect(play.hears(auth('=')).take()).toEqual([failure('encryption-required')]);
  });

  it('looks at the certificate again when the peer authenticates', () => {
    const certified = ['fabrikam.example'];
    const play = new Play({ certified }).secures();
    play.take();
    certified.length = 0;
    expect(play.hears(auth('=')).take()[0]).toMatch(/<not-authorized\/>.*Nobody known issued it/);
  });

  it('refuses one more stream than the partner may have', () => {
    const play = new Play({ hasRoom: false }).secures();
    play.take();
    expect(play.hears(auth('=')).take()).toEqual(['close resource-constraint']);
  });

  it('has nothing to offer where TLS is required and no certificate is assigned', () => {
    expect(new Play({ hasCertificate: false }).opens().take().at(-1)).toBe('close internal-server-error');
  });
});

describe('inbound stream: headers [RFC 6120 §4.7]', () => {
  it.each([
    ["from='fabrikam.example' version='1.0'", 'improper-addressing'],
    ["to='contoso..example' from='fabrikam.example' version='1.0'", 'improper-addressing'],
    ["to='other.example' from='fabrikam.example' version='1.0'", 'host-unknown'],
    ["to='contoso.example' from='stranger.example' version='1.0'", 'policy-violation'],
    ["to='contoso.example' from='eu.contoso.example' version='1.0'", 'invalid-from'],
    ["to='contoso.example' from='fabrikam.example'", 'unsupported-version'],
    ["to='contoso.example' from='fabrikam.example:80' version='1.0'", 'improper-addressing'],
  ])('refuses %s with %s, after a header of its own', (attributes, condition) => {
    const lines = new Play().opens(attributes).take();
    expect(lines[0]).toMatch(/^header s1/);
    expect(lines.at(-1)).toBe(`close ${condition}`);
  });

  it('refuses other streams with invalid-namespace', () => {
    const client =
      "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='contoso.example' version='1.0'>";
    expect(new Play().hears(client).take().at(-1)).toBe('close invalid-namespace');
    expect(new Play().hears("<stream xmlns='jabber:server'>").take().at(-1)).toBe('close invalid-namespace');
  });

  it.each([
    ["to='eu.contoso.example' from='fabrikam.example' version='1.0'"],
    ["to='contoso.example' from='northwind.example' version='1.0'"],
    ["to='contoso.example' version='1.0'"],
  ])('refuses a stream that changes its ends after TLS: %s', (attributes) => {
    const partners = { 'fabrikam.example': required, 'northwind.example': required };
    const play = new Play({ partners })
      .opens()
      .hears("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
      .tells({ type: 'tls-established' });
    expect(play.opens(attributes).take().at(-1)).toBe('close improper-addressing');
  });
});

describe('inbound stream: nothing but TLS before TLS', () => {
  it.each([
    [good],
    [dbResult('fabrikam.example', 'k')],
    ["<db:verify from='fabrikam.example' to='contoso.example' id='x'>k</db:verify>"],
    ["<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>"],
  ])('closes on %s', (xml) => {
    const play = new Play().opens();
    play.take();
    expect(play.hears(xml).take()).toEqual(['close policy-violation']);
    expect(play.hears(good).take()).toEqual([]);
  });

  it('holds a sender that the header did not name to its own row', () => {
    const play = new Play().opens("to='contoso.example' version='1.0'");
    play.take();
    expect(play.hears(dbResult('fabrikam.example', 'k')).take()).toEqual(['close policy-violation']);
  });

  it('answers STARTTLS with failure where the row has no TLS', () => {
    const play = new Play({ partners: { 'fabrikam.example': plain } }).opens();
    expect(play.take().at(-1)).toBe(dialbackOffer);
    expect(play.hears("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").take()).toEqual([
      '<failure xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>',
      'close',
    ]);
  });
});

describe('inbound stream: dialback as receiving server [XEP-0220]', () => {
  const dialbackPlay = (setting: Setting = {}): Play => {
    const play = new Play({
      partners: { 'fabrikam.example': flexible, 'northwind.example': flexible },
      certified: [],
      ...setting,
    }).secures();
    play.take();
    return play;
  };

  it('asks the authoritative server and believes it', () => {
    const play = dialbackPlay().hears(dbResult('fabrikam.example', 'k'));
    expect(play.take()).toEqual(['ask fabrikam.example about s2 k']);
    expect(play.hears(good).take()).toEqual(['close not-authorized']);
  });

  it('lets the pair send once it is valid, and no other', () => {
    const play = dialbackPlay().hears(dbResult('fabrikam.example', 'k')).verifies({ type: 'valid' });
    expect(play.take()).toEqual([
      'ask fabrikam.example about s2 k',
      '<db:result from="contoso.example" to="fabrikam.example" type="valid"/>',
      'believe fabrikam.example for contoso.example by TLS Dialback',
    ]);
    expect(play.hears(good).take()[0]).toMatch(/^deliver/);
    expect(play.hears(message('bob@fabrikam.example', 'alice@eu.contoso.example')).take()).toEqual([
      'close invalid-from',
    ]);
  });

  it('answers invalid and closes when nobody else uses the stream', () => {
    const play = dialbackPlay().hears(dbResult('fabrikam.example', 'k'));
    play.take();
    expect(play.verifies({ type: 'invalid' }).take()).toEqual([
      '<db:result from="contoso.example" to="fabrikam.example" type="invalid"/>',
      'close',
    ]);
  });

  it('answers forbidden and stays when another pair uses the stream', () => {
    const play = dialbackPlay()
      .hears(dbResult('fabrikam.example', 'k'))
      .verifies({ type: 'valid' })
      .hears(dbResult('northwind.example', 'j'));
    play.take();
    expect(play.verifies({ type: 'invalid' }).take()[0]).toMatch(
      /northwind.example" type="error"><error type="auth"><forbidden/,
    );
    expect(play.hears(good).take()[0]).toMatch(/^deliver/);
  });

  it('takes several pairs on one stream, each for itself', () => {
    const play = dialbackPlay().hears(
      dbResult('fabrikam.example', 'k'),
      dbResult('northwind.example', 'j'),
      dbResult('fabrikam.example', 'i', 'eu.contoso.example'),
    );
    expect(play.take()).toHaveLength(3);
    play.verifies({ type: 'valid' }).verifies({ type: 'valid' }).verifies({ type: 'valid' });
    expect(play.take().filter((line) => line.startsWith('believe'))).toEqual([
      'believe fabrikam.example for contoso.example by TLS Dialback',
      'believe northwind.example for contoso.example by TLS Dialback',
      'believe fabrikam.example for eu.contoso.example by TLS Dialback',
    ]);
  });

  it('believes a certificate without asking [XEP-0344]', () => {
    const play = dialbackPlay({ certified: ['northwind.example'] }).hears(dbResult('northwind.example', 'j'));
    expect(play.take()).toContain('believe northwind.example for contoso.example by TLS Dialback');
  });

  it('believes a certificate for a second domain where the row permits SASL only [XEP-0344]', () => {
    const partners = { 'fabrikam.example': required, 'northwind.example': required };
    const certified = ['fabrikam.example', 'northwind.example'];
    const play = new Play({ partners, certified }).authenticates();
    expect(play.hears(dbResult('northwind.example', 'j')).take()).toEqual([
      '<db:result from="contoso.example" to="northwind.example" type="valid"/>',
      'believe northwind.example for contoso.example by SASL over TLS',
    ]);
    expect(play.hears(message('bob@northwind.example', 'alice@contoso.example')).take()[0]).toMatch(/^deliver/);
  });

  it('is not satisfied by a certificate alone where the row permits SASL only, on whatever stream', () => {
    const partners = { 'fabrikam.example': flexible, 'northwind.example': required };
    const play = dialbackPlay({ partners, certified: ['northwind.example'] });
    const refused = [expect.stringMatching('type="error".*policy-violation')];
    expect(play.hears(dbResult('northwind.example', 'j')).take()).toEqual(refused);
    play.hears(dbResult('fabrikam.example', 'k')).verifies({ type: 'valid' }).take();
    expect(play.hears(dbResult('northwind.example', 'j')).take()).toEqual(refused);
  });

  it('looks at the certificate when dialback is asked for, not only at the handshake [XEP-0344 §2.2]', () => {
    const certified = ['fabrikam.example', 'northwind.example'];
    const partners = { 'fabrikam.example': required, 'northwind.example': flexible };
    const play = new Play({ partners, certified }).authenticates();
    certified.pop();
    expect(play.hears(dbResult('northwind.example', 'j')).take()).toEqual(['ask northwind.example about s3 j']);
  });

  it('believes no certificate for a partner that may use neither SASL nor dialback over TLS', () => {
    const neither = { ...flexible, saslExternal: false, tlsDialback: false };
    const partners = { 'fabrikam.example': flexible, 'northwind.example': neither };
    const play = dialbackPlay({ partners, certified: ['northwind.example'] }).hears(dbResult('northwind.example', 'j'));
    expect(play.take()).toEqual([expect.stringMatching('type="error".*policy-violation')]);
  });

  it.each([
    ['a domain that is not served', dbResult('fabrikam.example', 'k', 'other.example'), 'item-not-found'],
    ['a sender that is no partner', dbResult('stranger.example', 'k'), 'policy-violation'],
    ['our own domain as sender', dbResult('eu.contoso.example', 'k'), 'policy-violation'],
  ])('answers %s with a dialback error and keeps the stream', (_, xml, condition) => {
    const play = dialbackPlay().hears(xml);
    expect(play.take()).toEqual([
      expect.stringMatching(`^<db:result .*type="error"><error type="[a-z]+"><${condition} `),
    ]);
    expect(play.hears(dbResult('fabrikam.example', 'k')).take()).toEqual(['ask fabrikam.example about s2 k']);
  });

  it('answers with a dialback error where the row forbids dialback and the certificate proves nothing', () => {
    const partners = { 'fabrikam.example': required, 'northwind.example': required };
    const play = new Play({ partners }).authenticates();
    expect(play.hears(dbResult('northwind.example', 'k')).take()[0]).toMatch(/type="error".*policy-violation/);
  });

  it('believes nobody without a pinned key, by dialback neither', () => {
    const pinned = { ...flexible, pinnedSpkiSha256: ['AAAA'] };
    const play = dialbackPlay({ partners: { 'fabrikam.example': pinned } }).hears(dbResult('fabrikam.example', 'k'));
    expect(play.take()[0]).toMatch(/type="error".*not-authorized/);
  });

  it.each([
    ["<db:result from='fabrikam.example' to='contoso.example' type='valid'/>"],
    ["<db:verify from='fabrikam.example' to='contoso.example' id='s2' type='valid'/>"],
  ])('ignores an answer to nothing, and authorises nobody: %s', (xml) => {
    const play = dialbackPlay().hears(xml);
    expect(play.take()).toEqual([expect.stringMatching('^ignore an unsolicited')]);
    expect(play.hears(good).take()).toEqual(['close not-authorized']);
  });

  it('bounds the keys of one stream that are being verified', () => {
    const domains = Array.from({ length: 6 }, (_, index) => `d${index}.example`);
    const play = dialbackPlay({
      partners: { 'fabrikam.example': flexible, ...Object.fromEntries(domains.map((domain) => [domain, flexible])) },
    });
    const lines = play.hears(...domains.map((domain) => dbResult(domain, 'k'))).take();
    expect(lines.filter((line) => line.startsWith('ask'))).toHaveLength(5);
    expect(lines.at(-1)).toMatch(/resource-constraint/);
  });

  it('asks again whether the partner is allowed when the answer comes', () => {
    const partners: Record<string, StreamSecurity> = { 'fabrikam.example': flexible, 'northwind.example': flexible };
    const play = dialbackPlay({ partners }).hears(dbResult('northwind.example', 'k'));
    play.take();
    delete partners['northwind.example'];
    expect(play.verifies({ type: 'valid' }).take()).toEqual([expect.stringMatching('policy-violation')]);
    play.hears(dbResult('fabrikam.example', 'k')).take();
    partners['fabrikam.example'] = required;
    expect(play.verifies({ type: 'valid' }).take()).toEqual([expect.stringMatching('policy-violation')]);
  });
});

describe('inbound stream: dialback as authoritative server [XEP-0220 §2.2.2]', () => {
  it('answers valid for its own key and invalid for any other, to peers that are not authenticated', () => {
    const play = new Play({
      partners: { 'fabrikam.example': flexible },
      certified: [],
      genuineKeys: ['fabrikam.example contoso.example x k'],
    }).secures();
    play.take();
    expect(play.hears("<db:verify from='fabrikam.example' to='contoso.example' id='x'>k</db:verify>").take()).toEqual([
      '<db:verify from="contoso.example" to="fabrikam.example" id="x" type="valid"/>',
    ]);
    expect(play.hears("<db:verify from='fabrikam.example' to='contoso.example' id='y'>k</db:verify>").take()).toEqual([
      '<db:verify from="contoso.example" to="fabrikam.example" id="y" type="invalid"/>',
    ]);
    expect(play.hears("<db:verify from='fabrikam.example' to='other.example' id='x'>k</db:verify>").take()[0]).toMatch(
      /item-not-found/,
    );
  });
});

describe('inbound stream: stanzas [RFC 6120 §8.1]', () => {
  it.each([
    [message('bob@northwind.example', 'alice@contoso.example'), 'close invalid-from'],
    [message('bob@sub.fabrikam.example', 'alice@contoso.example'), 'close invalid-from'],
    [message('bob@fabrikam.example', 'alice@other.example'), 'close host-unknown'],
    ["<message to='alice@contoso.example'/>", 'close improper-addressing'],
    ["<message from='bob@fabrikam.example'/>", 'close improper-addressing'],
    [
      "<message xmlns='jabber:client' from='bob@fabrikam.example' to='alice@contoso.example'/>",
      'close unsupported-stanza-type',
    ],
    ['<nonsense/>', 'close unsupported-stanza-type'],
  ])('refuses %s', (xml, expected) => {
    expect(new Play().authenticates().hears(xml).take()).toEqual([expected]);
  });

  it('returns a malformed address without ending the stream for everybody else', () => {
    const play = new Play().authenticates();
    expect(play.hears(message('bob@fabrikam.example', 'al"ice@contoso.example')).take()).toEqual([
      'return jid-malformed',
    ]);
    expect(play.hears(good).take()[0]).toMatch(/^deliver/);
  });

  it('still delivers what was under way when we close, until the peer closes', () => {
    const play = new Play().authenticates().tells({ type: 'close', reason: 'stopping' });
    expect(play.take()).toEqual(['close']);
    expect(play.hears(good).take()[0]).toMatch(/^deliver/);
    play.hears('</stream:stream>');
    expect(play.state).toBe('ended');
  });
});

describe('inbound stream: policy and time', () => {
  it('closes the stream of a partner that was removed', () => {
    expect(new Play().authenticates().forgets('fabrikam.example').take()).toEqual(['close policy-violation']);
  });

  it('closes a stream that nobody authenticated in time, and only such', () => {
    expect(new Play().opens().tells({ type: 'establishment-timed-out' }).take().at(-1)).toBe(
      'close connection-timeout',
    );
    expect(new Play().authenticates().tells({ type: 'establishment-timed-out' }).take()).toEqual([]);
  });
});

const sm = (name: string, attributes = ''): string => `<${name} xmlns='urn:xmpp:sm:3'${attributes}/>`;
const acknowledgement = (h: number): string => `<a xmlns="urn:xmpp:sm:3" h="${h}"/>`;

describe('inbound stream: acknowledgements [XEP-0198]', () => {
  const managed = (): Play => {
    const play = new Play().authenticates().hears(sm('enable', " resume='true'"));
    expect(play.take()).toEqual(['<enabled xmlns="urn:xmpp:sm:3"/>']);
    return play;
  };
  const handles = (play: Play, ...numbers: readonly number[]): string[] => {
    for (const number of numbers) play.tells({ type: 'handled', number });
    return play.take();
  };

  it('are offered to authenticated peers only, and refused to others', () => {
    const play = new Play({ partners: { 'fabrikam.example': flexible } }).secures();
    expect(play.take().join('')).not.toContain('urn:xmpp:sm');
    expect(play.hears(sm('enable')).take()).toEqual([
      '<failed xmlns="urn:xmpp:sm:3"><unexpected-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>',
    ]);
    expect(play.hears(sm('r')).take()[0]).toMatch(/^ignore/);
  });

  it('are enabled once, and never resumed', () => {
    const play = managed();
    expect(play.hears(sm('enable')).take()[0]).toContain('<unexpected-request');
    expect(play.hears(sm('resume', " previd='x' h='0'")).take()[0]).toContain('<feature-not-implemented');
  });

  it('count a stanza when its consumer is done with it, and answer a request at once', () => {
    const play = managed().hears(good, sm('r'));
    expect(play.take()).toEqual([expect.stringMatching(/ as 1$/), acknowledgement(0)]);
    expect(handles(play, 1)).toEqual([acknowledgement(1)]);
    expect(play.hears(sm('r')).take()).toEqual([acknowledgement(1)]);
  });

  it('count nothing behind a stanza that is not done', () => {
    const play = managed().hears(good, good, good, sm('r'));
    play.take();
    expect(handles(play, 3, 2)).toEqual([]);
    expect(handles(play, 1)).toEqual([acknowledgement(3)]);
  });

  it('are not sent unasked for', () => {
    const play = managed().hears(good);
    play.take();
    expect(handles(play, 1)).toEqual([]);
  });

  it('count a stanza that was returned', () => {
    const play = managed().hears(message('bob@fabrikam.example', 'a b@contoso.example'));
    expect(play.take()).toEqual(['return jid-malformed']);
    expect(handles(play, 1)).toEqual([]);
    expect(play.hears(sm('r')).take()).toEqual([acknowledgement(1)]);
  });

  it('tell before the stream ends what is done, whoever ends it', () => {
    const ended = managed().hears(good, good);
    handles(ended, 1);
    expect(ended.tells({ type: 'stream-ended' }).take()).toEqual([acknowledgement(1), 'close']);
    const closed = managed().hears(good);
    handles(closed, 1);
    expect(closed.tells({ type: 'close', reason: 'maintenance' }).take()).toEqual([acknowledgement(1), 'close']);
  });
});

it('tells strangers and authenticated peers what it takes [XEP-0478]', () => {
  const limits = (authenticated: boolean): StreamLimits =>
    authenticated ? { maxBytes: 262_144, idleSeconds: 600 } : { maxBytes: 8_192, idleSeconds: 30 };
  const printed = (maxBytes: number, idle: number): string =>
    `<limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>${maxBytes}</max-bytes><idle-seconds>${idle}</idle-seconds></limits>`;
  const play = new Play({ limits }).secures();
  expect(play.take().filter((line) => line.includes(printed(8_192, 30)))).toHaveLength(2);
  expect(play.hears(auth('=')).opens().take().at(-1)).toContain(printed(262_144, 600));
});

describe('inbound stream: both directions [XEP-0288]', () => {
  const both = { ...required, bidi: true };
  const offer = '<bidi xmlns="urn:xmpp:features:bidi"/>';
  const request = "<bidi xmlns='urn:xmpp:bidi'/>";
  const enable = "<enable xmlns='urn:xmpp:sm:3'/>";
  const acknowledging = (h: number): string => `<a xmlns='urn:xmpp:sm:3' h='${h}'/>`;
  const requesting = '<r xmlns="urn:xmpp:sm:3"/>';
  const acknowledgement = (h: number): string => `<a xmlns="urn:xmpp:sm:3" h="${h}"/>`;

  /** Asked for, authenticated, counting. */
  const counting = (): Play => {
    const play = new Play({ partners: { 'fabrikam.example': both } }).secures();
    play.hears(request, auth('=')).opens().hears(enable).take();
    return play;
  };

  it('are offered under TLS, to a partner that has it, until it is authenticated', () => {
    const play = new Play({ partners: { 'fabrikam.example': both } }).opens();
    expect(play.take().join()).not.toContain(offer);
    play.hears("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").tells({ type: 'tls-established' }).opens();
    expect(play.take().join()).toContain(offer);
    expect(play.hears(auth('=')).opens().take().join()).not.toContain(offer);
  });

  it.each([
    ['whose partner does not have it', new Play().secures()],
    [
      'that does not say who it is',
      new Play({ partners: { 'fabrikam.example': both } }).secures("to='contoso.example' version='1.0'"),
    ],
  ])('are not offered to a peer %s, which loses the stream for asking', (_, play) => {
    expect(play.take().join()).not.toContain(offer);
    expect(play.hears(request).take()).toEqual(['close unsupported-stanza-type']);
  });

  it('are not agreed on in clear', () => {
    const optional = { ...row('optional', 'optional', true), bidi: true };
    const play = new Play({ partners: { 'fabrikam.example': optional } }).opens();
    play.take();
    expect(play.hears(request).take()).toEqual(['close unsupported-stanza-type']);
  });

  it.each([
    ['a second time', request, [request]],
    ['in the namespace of the offer', '', ["<bidi xmlns='urn:xmpp:features:bidi'/>"]],
  ])('asked for %s change nothing and cost nothing', (_, first, again) => {
    const play = new Play({ partners: { 'fabrikam.example': both } }).secures();
    if (first !== '') play.hears(first);
    play.take();
    expect(play.hears(...again).take()).toEqual([expect.stringMatching('^ignore a request')]);
  });

  it('count our stanzas too once the peer wants them counted [XEP-0198 §4]', () => {
    const play = counting();
    expect(play.tells({ type: 'stanza-sent' }).take()).toEqual([requesting, 'expect']);
    expect(play.hears(acknowledging(1)).take()).toEqual(['acknowledged', 'expect']);
    expect(play.hears(good, '<r xmlns="urn:xmpp:sm:3"/>').tells({ type: 'handled', number: 1 }).take()).toEqual([
      expect.stringMatching(/^deliver .* as 1$/),
      acknowledgement(0),
      acknowledgement(1),
    ]);
  });

  it('end with a peer that acknowledges nothing, or what it was not sent', () => {
    expect(counting().tells({ type: 'acknowledgement-overdue' }).take()).toEqual(['close connection-timeout']);
    expect(counting().hears(acknowledging(1)).take()).toEqual(['close undefined-condition']);
  });

  it('ask once more before we say goodbye, and hear the answer and what was on its way', () => {
    const play = counting().tells({ type: 'stanza-sent' });
    play.take();
    expect(play.tells({ type: 'close', reason: 'maintenance' }).take()).toEqual([requesting, 'close']);
    expect(play.hears(acknowledging(1)).take()).toEqual(['acknowledged']);
    expect(play.hears(good).take()).toEqual([expect.stringMatching('^deliver ')]);
  });

  it('hear of nothing but acknowledgements behind an error of ours', () => {
    const play = counting().tells({ type: 'stanza-sent' });
    play.tells({ type: 'close', reason: 'over', error: { condition: 'system-shutdown' } }).take();
    expect(play.hears(good).take()).toEqual([]);
    expect(play.hears(acknowledging(1)).take()).toEqual(['acknowledged']);
  });

  it('do not make an acknowledgement mean anything on a stream for one direction', () => {
    const play = new Play().authenticates().hears(enable);
    play.take();
    expect(play.hears(acknowledging(1)).take()).toEqual([expect.stringMatching('^ignore <a/>')]);
  });

  it('end when the partner does not have them any more', () => {
    const partners: Record<string, StreamSecurity> = { 'fabrikam.example': both };
    const play = new Play({ partners }).secures().hears(request, auth('=')).opens();
    play.take();
    partners['fabrikam.example'] = required;
    expect(play.tells({ type: 'policy-changed' }).take()).toEqual(['close reset']);
  });
});
