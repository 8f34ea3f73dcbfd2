/** The peer that a plan asks for. */
import type { PeerKind } from './fault-plan.ts';
import { startProsodyPeer } from './prosody-peer.ts';
import { startScriptedPeer } from './scripted-peer.ts';
import type { World } from './world.ts';
import type { PeerEvents, XmppPeer } from './xmpp-peer.ts';

export interface StartedPeer {
  readonly peer: XmppPeer;
  /** Where its streams are accepted. */
  readonly port: number;
}

export async function startPeerOf(world: World, kind: PeerKind, events: PeerEvents): Promise<StartedPeer> {
  const { certificate, peerPort, toGateway } = world;
  if (kind === 'counting' || kind === 'plain' || kind === 'bidi') {
    const offer = { certificate, counts: kind !== 'plain', bidi: kind === 'bidi' };
    const peer = await startScriptedPeer({ ...offer, port: peerPort, gatewayPort: toGateway.port, events });
    return { peer, port: peerPort };
  }
  const prosody = await world.prosody(kind);
  const onRestarted = (again: typeof prosody): void => world.replaced(kind, again);
  const users = world.contacts;
  // Of a stream for both directions Prosody 0.12 was seen to return nothing; the gateway had been shown nothing either.
  const returnsLost = kind === 'prosody';
  const peer = await startProsodyPeer({ prosody, users, returnsLost, events, onRestarted });
  return { peer, port: prosody.s2sPort };
}
