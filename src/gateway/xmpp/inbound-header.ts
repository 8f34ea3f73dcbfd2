/** The header that the peer sends, RFC 6120 §4.7, and what we offer in return. Part of the inbound stream machine, and as pure. */
import { offersBidi } from './inbound-bidi.ts';
import { certificateProblem } from './inbound-sasl.ts';
import { type InboundContext, type InboundState, type InboundStep, refuseStream } from './inbound-state.ts';
import { external } from './sasl-external.ts';
import { printStreamFeatures, type StreamFeatures } from './stream-features.ts';
import { parseStreamHeader, type StreamHeader } from './stream-header.ts';
import { notAllowed, notServed, type StreamRefusal } from './stream-refusal.ts';
import { permits } from './stream-security.ts';
import type { Element } from './xml/element.ts';

/** An error before our header is sent after one [RFC 6120 §4.9.1.2]. */
export function withHeader(state: InboundState, step: InboundStep, context: InboundContext): InboundStep {
  if (state.name !== 'awaiting-header') return step;
  const { local, remote } = step.state;
  const header = {
    do: 'send-header',
    id: context.newStreamId(),
    ...(local && { from: local }),
    ...(remote && { to: remote }),
  } as const;
  return { state: step.state, effects: [header, ...step.effects] };
}

export function header(
  state: InboundState,
  { root, contentNamespace }: { readonly root: Element; readonly contentNamespace: string },
  context: InboundContext,
): InboundStep {
  const parsed = parseStreamHeader(root, contentNamespace);
  if (!parsed.ok) return withHeader(state, refuseStream(state, { ...parsed.error, code: 'bad-header' }), context);
  const refusal = refusalOfHeader(state, parsed.value, context);
  if (refusal !== undefined) return withHeader(state, refuseStream(asClaimed(state, parsed.value), refusal), context);
  const { from, to, hasFeatures } = parsed.value;
  const known = { ...state, ...(to && { local: to }), ...(from && { remote: from }) };
  const bidi = offersBidi(known, context) && state.bidi === 'none' ? 'offered' : state.bidi;
  const opened: InboundState = { ...known, name: 'open', streamId: context.newStreamId(), bidi };
  const reply = { do: 'send-header', id: opened.streamId, ...(to && { from: to }), ...(from && { to: from }) } as const;
  const features = featuresOf(opened, context);
  const problem = nothingToOffer(opened, features, context);
  if (problem !== undefined) {
    const refused = refuseStream(opened, problem);
    return { state: refused.state, effects: [reply, ...refused.effects] };
  }
  if (!hasFeatures) return { state: opened, effects: [reply] };
  return { state: opened, effects: [reply, { do: 'send', element: printStreamFeatures(features) }] };
}

/** Who is turned away, for the administrator; a header that changes its ends changes nothing of what is known. */
const asClaimed = (state: InboundState, { from }: StreamHeader): InboundState =>
  state.remote === undefined && from !== undefined ? { ...state, remote: from } : state;

function refusalOfHeader(
  state: InboundState,
  header: StreamHeader,
  context: InboundContext,
): StreamRefusal | undefined {
  const { from, to } = header;
  if (to === undefined) return badHeader('The stream has no to.');
  if (!context.isLocalDomain(to)) return notServed(to);
  // A stream that changed its ends after TLS or SASL would be believed for the wrong domain.
  if (state.local !== undefined && state.local !== to) return badHeader('The to of the stream changed.');
  if (state.remote !== undefined && state.remote !== from) return badHeader('The from of the stream changed.');
  return refusalOfSender(header, context);
}

const badHeader = (text: string): StreamRefusal => ({ code: 'bad-header', condition: 'improper-addressing', text });

function refusalOfSender({ from, hasFeatures }: StreamHeader, context: InboundContext): StreamRefusal | undefined {
  if (from !== undefined && context.isLocalDomain(from))
    return { code: 'own-domain', condition: 'invalid-from', text: `${from} is served here.` };
  const security = from === undefined ? undefined : context.securityFor(from);
  if (from !== undefined && security === undefined) return notAllowed(from);
  // Servers before XMPP 1.0 know plain dialback and nothing else.
  if (!hasFeatures && (security === undefined || !permits(security, 'TCP Dialback')))
    return { code: 'unsupported-version', condition: 'unsupported-version', text: 'XMPP 1.0 is required.' };
  return undefined;
}

export function featuresOf(state: InboundState, context: InboundContext): StreamFeatures {
  const { remote, local, encrypted } = state;
  const security = remote === undefined ? undefined : context.securityFor(remote);
  // Without a `from` the sender is not known yet; what it may do is decided when dialback names it.
  const dialback = security === undefined || permits(security, encrypted ? 'TLS Dialback' : 'TCP Dialback');
  const authenticated = state.pairs.length > 0;
  const limits = context.advertisedLimits(authenticated);
  const always = { dialback, bidi: offersBidi(state, context), streamManagement: authenticated, limits };
  if (!encrypted) {
    const offersTls = local !== undefined && context.hasCertificate(local) && security?.startTls !== 'not-supported';
    return {
      ...always,
      mechanisms: [],
      ...(offersTls && { startTls: { required: security?.startTls === 'required' } }),
    };
  }
  const offersExternal = state.sasl !== 'done' && certificateProblem(state, context) === undefined;
  return { ...always, mechanisms: offersExternal ? [external] : [] };
}

function nothingToOffer(
  state: InboundState,
  features: StreamFeatures,
  context: InboundContext,
): StreamRefusal | undefined {
  if (state.pairs.length > 0 || features.dialback || features.startTls || features.mechanisms.length > 0)
    return undefined;
  if (!state.encrypted)
    return {
      code: 'no-own-certificate',
      condition: 'internal-server-error',
      text: 'No certificate is assigned here, so TLS cannot be offered.',
    };
  const problem = certificateProblem(state, context);
  return problem && { ...problem, condition: 'not-authorized' };
}
