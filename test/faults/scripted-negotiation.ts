/** How a scripted peer comes to a stream that takes stanzas: STARTTLS, EXTERNAL, and what it offers beside them, in both roles. */
import { namespaces } from '../../src/gateway/xmpp/namespaces.ts';
import { childElements, type Element } from '../../src/gateway/xmpp/xml/element.ts';
import type { TestCertificate } from '../support/pki.ts';
import { auth, bidi, enable, header, proceed, startTls } from '../support/raw-stream.ts';
import type { ScriptedStream } from './scripted-stream.ts';
import { domain, gatewayDomain } from './xmpp-peer.ts';

export interface Offer {
  readonly certificate: TestCertificate;
  /** XEP-0198. */
  readonly counts: boolean;
  /** XEP-0288. */
  readonly bidi: boolean;
}

export interface Negotiated {
  readonly isCounted: boolean;
  /** Stanzas of both sides go here. */
  readonly isBidi: boolean;
}

const ends = { from: domain, to: gatewayDomain };
const features = (...offered: readonly string[]): string => `<stream:features>${offered.join('')}</stream:features>`;
const mechanisms = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism></mechanisms>";
const offersBidi = "<bidi xmlns='urn:xmpp:features:bidi'/>";
const offersCounting = "<sm xmlns='urn:xmpp:sm:3'/>";
const success = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

/** The gateway has dialled us. Whether it counts shows later: it asks for that when it likes. @throws When it does otherwise. */
export async function asReceiver(stream: ScriptedStream, offer: Offer): Promise<Negotiated> {
  const greet = async (offered: string): Promise<void> => {
    await stream.take('stream');
    stream.send(header({ ...ends, id: 'scripted' }) + offered);
  };
  await greet(features("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"));
  await stream.take('starttls');
  stream.send(proceed);
  await stream.secure(offer.certificate);
  await greet(features(mechanisms, ...(offer.bidi ? [offersBidi] : [])));
  const first = await stream.next();
  if (first?.name === 'bidi') await stream.take('auth');
  else if (first?.name !== 'auth') throw new Error(`no auth, but ${first?.name ?? 'the end'}`);
  stream.restart();
  stream.send(success);
  await greet(features(...(offer.counts ? [offersCounting] : [])));
  return { isCounted: false, isBidi: first?.name === 'bidi' };
}

/**
 * We have dialled the gateway.
 *
 * @param early - Takes the stanzas that come before it has agreed to count.
 * @throws When it refuses us.
 */
export async function asInitiator(
  stream: ScriptedStream,
  offer: Offer,
  early: (stanza: Element) => void,
): Promise<Negotiated> {
  const greet = async (): Promise<Element> => {
    stream.send(header(ends));
    await stream.take('stream');
    return stream.take('features');
  };
  await greet();
  stream.send(startTls);
  await stream.take('proceed');
  await stream.secure(offer.certificate);
  const isBidi = offers(await greet(), 'bidi', namespaces.bidiFeature) && offer.bidi;
  stream.send((isBidi ? bidi : '') + auth());
  await stream.take('success');
  stream.restart();
  const isCounted = offers(await greet(), 'sm', namespaces.streamManagement) && offer.counts;
  if (isCounted) {
    stream.send(enable);
    for (let heard = await stream.next(); heard?.name !== 'enabled'; heard = await stream.next()) {
      if (heard === undefined) throw new Error('no enabled, but the end');
      early(heard);
    }
  }
  return { isCounted, isBidi };
}

const offers = (offered: Element, name: string, namespace: string): boolean =>
  childElements(offered).some((child) => child.name === name && child.namespace === namespace);
